import { buffer } from 'node:stream/consumers';
import type { UploadedFile } from '#contract/generations.ts';
import { lookAt } from '#server/artifacts/incoming/look.ts';
import { FileRefused } from '#server/artifacts/incoming/refused.ts';
import { open, type Place, seal } from '#server/artifacts/seal.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { InputFile } from '#server/providers/provider.ts';
import type { Parts } from './parts.ts';
import { refuseHoard } from './unused-files.ts';

type FileParts = Pick<Parts, 'pools' | 'vault' | 'store'>;

/**
 * Takes an upload in: what it is follows from its bytes, place and camera data go unless `keepsPlace`, and it is sealed.
 * Throws `unsupported-file`, `damaged-file`, `unsafe-file` or `too-large`, before anything is stored.
 */
export async function takeUpload(
  parts: FileParts,
  memberId: string,
  given: string,
  bytes: Buffer,
  keepsPlace = false,
): Promise<UploadedFile> {
  await refuseHoard(parts, memberId, bytes.length);
  const { bytes: clean, changes, ...looked } = await lookedAt(bytes, given, keepsPlace);
  const id = newId();
  await keepFile(parts, { ...looked, memberId, id, generationId: null, role: 'input', bytes: clean });
  const { name, mediaType, width, height, durationSeconds, pages } = looked;
  return { id, name, mediaType, bytes: clean.length, width, height, durationSeconds, pages, changes };
}

const SLUGS = {
  unknown: 'unsupported-file',
  broken: 'damaged-file',
  unsafe: 'unsafe-file',
  'too-large': 'too-large',
} as const;

async function lookedAt(bytes: Buffer, name: string, keepsPlace: boolean) {
  try {
    return await lookAt(bytes, name, keepsPlace);
  } catch (cause) {
    if (cause instanceof FileRefused) throw new ProblemError(SLUGS[cause.why], { detail: cause.message });
    throw cause;
  }
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
  durationSeconds?: number | null;
  framesPerSecond?: number | null;
  pages?: number | null;
  textBytes?: number | null;
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
        durationMs: milliseconds(file.durationSeconds),
        framesPerSecond: file.framesPerSecond ?? null,
        pages: file.pages ?? null,
        textBytes: file.textBytes == null ? null : BigInt(file.textBytes),
        nameSealed: seal(key, namePlace(file.memberId, file.id), file.name),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

const milliseconds = (seconds: number | null | undefined): bigint | null =>
  seconds == null ? null : BigInt(Math.ceil(seconds * 1000));

export function namePlace(memberId: string, id: string): Place {
  return { column: 'artifacts.file.name_sealed', memberId, rowId: id };
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
        framesPerSecond: row.framesPerSecond ?? undefined,
        pages: row.pages ?? undefined,
        size: Number(row.bytes),
        textBytes: row.textBytes === null ? undefined : Number(row.textBytes),
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
