import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { derivedId } from '#server/ledger/transfer.ts';
import { type Artifact, ProviderFault, type Send } from '#server/providers/provider.ts';
import { extensionOf, keepFile } from './files.ts';
import type { Parts } from './parts.ts';
import type { Running } from './record.ts';
import type { StoredOutput } from './settle.ts';

/** The address of a result leads nowhere: it has ended, or its host has lost it. */
export class ResultGone extends ProviderFault {}

/** Largest output that is taken from a provider. */
const OUTPUT_MOST_BYTES = 1024 * 1024 * 1024;

/**
 * Fetches what the provider made (its addresses expire within minutes), looks at what it really is, and stores it
 * sealed. File ids follow from the generation's id: a repeat after a crash overwrites, and leaves no second copy.
 */
export async function deliver(
  parts: Parts,
  running: Running,
  artifacts: Artifact[],
  send: Send,
): Promise<StoredOutput[]> {
  const outputs: StoredOutput[] = [];
  for (const [index, artifact] of artifacts.entries()) {
    const bytes = 'bytes' in artifact ? artifact.bytes : await fetchResult(artifact, send);
    const mediaType = await mediaTypeOf(bytes, artifact.mediaType);
    const kind = kindOf(mediaType);
    const { width, height } =
      kind === 'image' ? await sharp(bytes).metadata() : { width: null, height: null };
    const fileId = derivedId(running.id, `output ${index}`);
    await keepFile(parts, {
      memberId: running.memberId,
      id: fileId,
      generationId: running.id,
      role: 'output',
      name: `${running.id}-${index + 1}.${extensionOf(mediaType)}`,
      mediaType,
      bytes,
      width,
      height,
    });
    outputs.push({ index, fileId, kind, mediaType, bytes: bytes.length, width, height });
  }
  return outputs;
}

async function fetchResult(artifact: Extract<Artifact, { url: string }>, send: Send): Promise<Buffer> {
  const answer = await send({
    method: 'GET',
    url: artifact.url,
    headers: artifact.headers,
    kinds: ['none'],
    maxBytes: OUTPUT_MOST_BYTES,
  });
  if (answer.status === 403 || answer.status === 404 || answer.status === 410)
    throw new ResultGone('unknown', `the result is not there: ${answer.status}`, { accepted: 'yes' });
  if (answer.status !== 200)
    throw new ProviderFault('unknown', `the result could not be fetched: ${answer.status}`, {
      accepted: 'yes',
    });
  return answer.bytes();
}

/** What the bytes say they are; formats without a signature (raw PCM) as the provider says. */
async function mediaTypeOf(bytes: Buffer, told: string | undefined): Promise<string> {
  return (await fileTypeFromBuffer(bytes))?.mime ?? told ?? 'application/octet-stream';
}

function kindOf(mediaType: string): StoredOutput['kind'] {
  const family = mediaType.split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
}
