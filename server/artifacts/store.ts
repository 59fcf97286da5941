import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { mkdir, open as openFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { newId } from '#server/database/ids.ts';
import type { ContentKey } from './seal.ts';

/** Files (uploads, outputs, exports), sealed in chunks so that a range opens without the rest. */
export interface Store {
  /** Writes a file whole or not at all, durable when it returns. */
  put(
    content: ContentKey,
    id: string,
    source: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): Promise<{ bytes: number }>;
  /** Plain bytes from `start` to `end` (inclusive), as they verify. Throws at the first altered chunk. */
  read(content: ContentKey, id: string, bytes: number, range?: { start: number; end: number }): Readable;
  remove(ids: string[]): Promise<void>;
}

const CHUNK = 64 * 1024;
const TAG = 16;
const MAGIC = Buffer.from('MLU1');
const PREFIX = 7;
const HEADER = MAGIC.length + PREFIX;

export function openStore(dir: string): Store {
  const pathOf = (id: string) => join(dir, id.slice(-2), id);
  return {
    async put(content, id, source) {
      const path = pathOf(id);
      await mkdir(join(dir, id.slice(-2)), { recursive: true, mode: 0o700 });
      const partial = `${path}.${newId()}.part`;
      const file = await openFile(partial, 'wx', 0o600);
      try {
        const key = fileKey(content, id);
        const prefix = randomBytes(PREFIX);
        await file.write(Buffer.concat([MAGIC, prefix]));
        let bytes = 0;
        let index = 0;
        for await (const { chunk, last } of inChunks(source)) {
          await file.write(sealChunk(key, prefix, id, index, last, chunk));
          bytes += chunk.length;
          index += 1;
        }
        await file.datasync();
        await file.close();
        await rename(partial, path);
        return { bytes };
      } catch (cause) {
        await file.close().catch(() => undefined);
        await rm(partial, { force: true });
        throw cause;
      }
    },
    read: (content, id, bytes, range) =>
      Readable.from(plainChunks(pathOf(id), fileKey(content, id), id, bytes, range), { objectMode: false }),
    async remove(ids) {
      for (const id of ids) await rm(pathOf(id), { force: true });
    },
  };
}

/** Each file has its own key, derived from the member's: chunks of two files can never be exchanged. */
function fileKey(content: ContentKey, id: string): KeyObject {
  return createSecretKey(
    Buffer.from(hkdfSync('sha256', content.key, Buffer.alloc(0), `file ${content.version} ${id}`, 32)),
  );
}

/** Cuts any source into chunks of 64 KiB; the last one (which may be empty) says so. */
async function* inChunks(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<{ chunk: Buffer; last: boolean }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let at = 0;
    for (; rest.length - at > CHUNK; at += CHUNK) yield { chunk: rest.subarray(at, at + CHUNK), last: false };
    rest = rest.subarray(at);
  }
  yield { chunk: rest, last: true };
}

function nonce(prefix: Buffer, index: number, last: boolean): Buffer {
  const value = Buffer.alloc(12);
  prefix.copy(value);
  value.writeUInt32BE(index, PREFIX);
  value[11] = last ? 1 : 0;
  return value;
}

function sealChunk(
  key: KeyObject,
  prefix: Buffer,
  id: string,
  index: number,
  last: boolean,
  chunk: Buffer,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(prefix, index, last)).setAAD(Buffer.from(id));
  return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
}

async function* plainChunks(
  path: string,
  key: KeyObject,
  id: string,
  bytes: number,
  range?: { start: number; end: number },
): AsyncGenerator<Buffer> {
  const file = await openFile(path, 'r');
  try {
    const header = Buffer.alloc(HEADER);
    await file.read(header, 0, HEADER, 0);
    if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('not a sealed file');
    const prefix = header.subarray(MAGIC.length);
    const lastIndex = Math.max(0, Math.ceil(bytes / CHUNK) - 1);
    const start = range?.start ?? 0;
    const end = range?.end ?? bytes - 1;
    for (
      let index = Math.floor(start / CHUNK);
      index <= Math.min(lastIndex, Math.floor(Math.max(end, 0) / CHUNK));
      index++
    ) {
      const size = Math.min(CHUNK, bytes - index * CHUNK);
      const sealed = Buffer.alloc(size + TAG);
      const { bytesRead } = await file.read(sealed, 0, sealed.length, HEADER + index * (CHUNK + TAG));
      if (bytesRead !== sealed.length) throw new Error('a sealed file is cut short');
      const decipher = createDecipheriv('aes-256-gcm', key, nonce(prefix, index, index === lastIndex)).setAAD(
        Buffer.from(id),
      );
      decipher.setAuthTag(sealed.subarray(size));
      const chunk = Buffer.concat([decipher.update(sealed.subarray(0, size)), decipher.final()]);
      const from = Math.max(0, start - index * CHUNK);
      const to = Math.min(chunk.length, end + 1 - index * CHUNK);
      if (to > from) yield chunk.subarray(from, to);
    }
  } finally {
    await file.close();
  }
}
