import { closeSync, fdatasync, mkdirSync, openSync, writev as writevOf } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '#server/database/ids.ts';

const writev = promisify(writevOf);
const flush = promisify(fdatasync);

/**
 * Sealed prompts and answers, appended to segment files. Inside PostgreSQL they would be four fifths of all WAL
 * and cost a third of the throughput (docs/decisions/bodies-in-segments.md).
 */
export interface Bodies {
  /** Durable when it returns. Each value's address, in order. Concurrent callers share one write and one flush. */
  append(values: Buffer[]): Promise<string[]>;
  read(address: string): Promise<Buffer>;
  /** Overwrites the value on disk: deletion that does not wait for anything. */
  wipe(addresses: string[]): Promise<void>;
  close(): Promise<void>;
}

const SEGMENT_BYTES = 256 * 1024 * 1024;

interface Waiting {
  values: Buffer[];
  resolve(addresses: string[]): void;
  reject(cause: unknown): void;
}

export function openBodies(dir: string): Bodies {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let segment = newSegment(dir);
  let waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;

  const drain = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await write(batch);
      } catch (cause) {
        // A torn write leaves bytes that nothing points at; a new segment keeps offsets true.
        segment = newSegment(dir);
        for (const waiter of batch) waiter.reject(cause);
      }
    }
    writing = null;
  };

  const write = async (batch: Waiting[]) => {
    const values = batch.flatMap((waiter) => waiter.values);
    const { fd, id } = segment;
    let offset = segment.bytes;
    const addresses = values.map((value) => {
      offset += value.length;
      return `${id}:${offset - value.length}:${value.length}`;
    });
    const { bytesWritten } = await writev(fd, values);
    if (bytesWritten !== offset - segment.bytes) throw new Error('the disk took only a part of a body');
    await flush(fd);
    segment.bytes = offset;
    if (offset > SEGMENT_BYTES) {
      closeSync(fd);
      segment = newSegment(dir);
    }
    let at = 0;
    for (const waiter of batch) {
      waiter.resolve(addresses.slice(at, at + waiter.values.length));
      at += waiter.values.length;
    }
  };

  return {
    append: (values) => {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>();
      waiting.push({ values, resolve, reject });
      writing ??= drain();
      return promise;
    },
    read: (address) =>
      within(dir, address, 'r', async (file, offset, length) => {
        const value = Buffer.alloc(length);
        const { bytesRead } = await file.read(value, 0, length, offset);
        if (bytesRead !== length) throw new Error('a body is cut short on disk');
        return value;
      }),
    wipe: async (addresses) => {
      for (const address of addresses) {
        await within(dir, address, 'r+', async (file, offset, length) => {
          await file.write(Buffer.alloc(length), 0, length, offset);
          await file.datasync();
        });
      }
    },
    close: async () => {
      await writing;
      closeSync(segment.fd);
    },
  };
}

function newSegment(dir: string) {
  const id = newId();
  return { id, fd: openSync(join(dir, id), 'a', 0o600), bytes: 0 };
}

async function within<T>(
  dir: string,
  address: string,
  mode: string,
  work: (file: FileHandle, offset: number, length: number) => Promise<T>,
): Promise<T> {
  const parts = /^([0-9a-f-]{36}):(\d+):(\d+)$/.exec(address);
  if (parts === null) throw new Error('not the address of a body');
  const file = await openFile(join(dir, parts[1]!), mode);
  try {
    return await work(file, Number(parts[2]), Number(parts[3]));
  } finally {
    await file.close();
  }
}
