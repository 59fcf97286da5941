import { buffer } from 'node:stream/consumers';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import type { UploadedFile } from '#contract/generations.ts';
import { open, type Place, seal } from '#server/artifacts/seal.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { InputFile } from '#server/providers/provider.ts';
import type { Parts } from './parts.ts';

/** More pixels than this are refused before they are decoded: 100 megapixels. */
const PIXELS_MOST = 100_000_000;
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif']);
const OTHERS = new Set([
  'application/pdf',
  'audio/mpeg',
  'audio/wav',
  'audio/x-m4a',
  'audio/ogg',
  'audio/flac',
  'audio/webm',
  'video/mp4',
  'video/webm',
  'video/quicktime',
]);

type FileParts = Pick<Parts, 'pools' | 'vault' | 'store'>;

/** Takes an upload in: what it is follows from its bytes, place and camera data go, and it is sealed. */
export async function takeUpload(
  parts: FileParts,
  memberId: string,
  name: string,
  bytes: Buffer,
): Promise<UploadedFile> {
  const { clean, mediaType, width, height, changes } = await inspect(bytes, name);
  const id = newId();
  await keepFile(parts, {
    memberId,
    id,
    generationId: null,
    role: 'input',
    name,
    mediaType,
    bytes: clean,
    width,
    height,
  });
  return { id, name, mediaType, bytes: clean.length, width, height, changes };
}

interface NewFile {
  memberId: string;
  id: string;
  generationId: string | null;
  role: 'input' | 'output';
  name: string;
  mediaType: string;
  bytes: Buffer;
  width: number | null;
  height: number | null;
}

/** Seals and stores the bytes first, then writes the row: a crash between leaves bytes that nobody points at, never a row without bytes. */
export async function keepFile(parts: FileParts, file: NewFile): Promise<void> {
  const key = await parts.vault.keyOf(file.memberId);
  await parts.store.put(key, file.id, [file.bytes]);
  await asService(parts.pools, (tx) =>
    tx
      .insertInto('artifacts.file')
      .values({
        userId: file.memberId,
        id: file.id,
        generationId: file.generationId,
        role: file.role,
        mediaType: file.mediaType,
        bytes: BigInt(file.bytes.length),
        width: file.width,
        height: file.height,
        nameSealed: seal(key, namePlace(file.memberId, file.id), file.name),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

export function namePlace(memberId: string, id: string): Place {
  return { column: 'artifacts.file.name_sealed', memberId, rowId: id };
}

async function inspect(bytes: Buffer, name: string) {
  const sniffed = await fileTypeFromBuffer(bytes);
  if (sniffed === undefined) return inspectText(bytes, name);
  const mediaType = sniffed.mime as string;
  if (IMAGES.has(mediaType)) return inspectImage(bytes, mediaType);
  if (!OTHERS.has(mediaType))
    throw new ProblemError('unsupported-file', { detail: `Files of type ${mediaType} are not accepted.` });
  return { clean: bytes, mediaType, width: null, height: null, changes: [] };
}

async function inspectImage(bytes: Buffer, mediaType: string) {
  try {
    const image = sharp(bytes, {
      limitInputPixels: PIXELS_MOST,
      failOn: 'error',
      animated: mediaType === 'image/gif',
    });
    const { width, height, exif, xmp, iptc, orientation } = await image.metadata();
    const carriesPlace = exif !== undefined || xmp !== undefined || iptc !== undefined;
    if (!carriesPlace) return { clean: bytes, mediaType, width, height, changes: [] };
    // Encoding again drops EXIF (place, camera); turning it upright first keeps what the orientation said.
    const clean = await image.autoOrient().toBuffer();
    const turned = (orientation ?? 1) >= 5;
    return {
      clean,
      mediaType,
      width: turned ? height : width,
      height: turned ? width : height,
      changes: ['camera and location data removed'],
    };
  } catch (cause) {
    throw new ProblemError('unsupported-file', {
      detail:
        cause instanceof Error && cause.message.includes('pixel limit')
          ? 'This image has more than 100 million pixels.'
          : 'This image cannot be read.',
    });
  }
}

/** What no signature tells is text when it is valid UTF-8 without control characters; markup that can run scripts is not taken. */
function inspectText(bytes: Buffer, name: string) {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ProblemError('unsupported-file', { detail: 'This kind of file is not known.' });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the point
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text) || /^\s*<(svg|html|!doctype|\?xml)/i.test(text)) {
    throw new ProblemError('unsupported-file', { detail: 'SVG, HTML and XML files are not accepted.' });
  }
  return {
    clean: bytes,
    mediaType: name.endsWith('.md') ? 'text/markdown' : 'text/plain',
    width: null,
    height: null,
    changes: [],
  };
}

/** The member's own files by id, in the order asked. `withBytes` opens them; else only what they are. Throws `not-found`. */
export async function loadFiles(
  parts: FileParts,
  memberId: string,
  ids: readonly string[],
  withBytes: boolean,
): Promise<InputFile[]> {
  if (ids.length === 0) return [];
  const rows = await asMember(parts.pools, memberId, (tx) =>
    tx
      .selectFrom('artifacts.file')
      .selectAll()
      .where('userId', '=', memberId)
      .where('id', 'in', [...ids])
      .execute(),
  );
  const key = await parts.vault.keyOf(memberId);
  return Promise.all(
    ids.map(async (id) => {
      const row = rows.find((each) => each.id === id);
      if (row === undefined)
        throw new ProblemError('not-found', { detail: 'A file of this request is gone. Upload it again.' });
      const bytes = withBytes ? await buffer(parts.store.read(key, id, Number(row.bytes))) : Buffer.alloc(0);
      return {
        id,
        bytes,
        mediaType: row.mediaType,
        name: open(key, namePlace(memberId, id), row.nameSealed).toString(),
        width: row.width ?? undefined,
        height: row.height ?? undefined,
        durationSeconds: row.durationMs === null ? undefined : Number(row.durationMs) / 1000,
      };
    }),
  );
}

/** The usual ending of a file of this type: `jpg` for image/jpeg. */
export function extensionOf(mediaType: string): string {
  return mediaType
    .split('/')[1]!
    .replace('jpeg', 'jpg')
    .replace('mpeg', 'mp3')
    .replace(/^x-/, '')
    .replace('plain', 'txt')
    .replace('markdown', 'md')
    .replace('quicktime', 'mov');
}
