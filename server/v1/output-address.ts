import type { FastifyInstance, FastifyRequest } from 'fastify';
import { KeyDestroyed } from '#server/artifacts/vault.ts';
import { openAddress, sealAddress } from '#server/generations/file-address.ts';
import { extensionOf } from '#server/generations/files.ts';
import { findFile } from '#server/generations/history.ts';
import type { Parts } from '#server/generations/parts.ts';

/** So long an address of a result opens it, for whoever has it: as long as OpenAI's did. */
const HOLDS_MS = 60 * 60_000;
/** In the place of the provider: the address is for the caller. */
const CALLER = 'caller';

export interface OutputAt {
  memberId: string;
  generationId: string;
  fileId: string;
  mediaType: string;
}

/** An address of one result, sealed: it tells neither whose it is nor what. */
export function outputAddress(
  { config }: Pick<Parts, 'config'>,
  request: FastifyRequest,
  { mediaType, ...output }: OutputAt,
  now = Date.now(),
): string {
  const until = new Date(now + HOLDS_MS);
  const token = sealAddress(config.secrets.app, { ...output, providerId: CALLER, until });
  const base = config.PUBLIC_URL ?? `${request.protocol}://${request.host}`;
  return `${base}/files/out/${token}.${extensionOf(mediaType)}`;
}

/** `GET /files/out/<token>.<ending>`: 404 for what we did not make, 410 for what is over or erased. */
export function outputRoutes(app: FastifyInstance, parts: Parts): void {
  app.get<{ Params: { name: string } }>('/files/out/:name', async (request, reply) => {
    reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex');
    const [token = ''] = request.params.name.split('.');
    const address = openAddress(parts.config.secrets.app, token);
    if (address === null || address.providerId !== CALLER) return reply.code(404).send();
    if (address.until < new Date()) return reply.code(410).send();
    const { memberId, fileId } = address;
    const file = await findFile(parts, memberId, fileId);
    if (file === null) return reply.code(410).send();
    try {
      const key = await parts.vault.keyOf(memberId);
      return reply
        .type(file.mediaType)
        .header('content-length', file.bytes)
        .header('content-disposition', 'attachment')
        .send(parts.store.read(key, fileId, file.bytes));
    } catch (error) {
      if (!(error instanceof KeyDestroyed)) throw error;
      return reply.removeHeader('content-length').code(410).send();
    }
  });
}
