import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { formOf } from '../kit/form.ts';
import { headersOf, newRequestId, refuse } from './refusals.ts';

interface StoredFile {
  id: string;
  filename: string;
  type: string;
  bytes: Buffer;
  createdAt: number;
  expiresAt: number | null;
}

export type StoredFiles = Map<string, StoredFile>;

let files = 0;
const timeOf = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** `/v1/files` and below it. Without an expiry a file stays until it is deleted. */
export async function serveFiles(exchange: Exchange, world: World, stored: StoredFiles): Promise<void> {
  const { method, path } = exchange;
  const [, id, content] = /^\/v1\/files(?:\/([^/]+))?(\/content)?$/.exec(path) ?? [];
  for (const file of stored.values())
    if (file.expiresAt !== null && file.expiresAt <= world.clock.now()) stored.delete(file.id);
  if (id === undefined && method === 'POST') {
    await take(exchange, world, stored);
    return;
  }
  const headers = headersOf(newRequestId());
  if (id === undefined) {
    const data = [...stored.values()].map(describe);
    const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
    sendJson(exchange, 200, { data, has_more: false, ...ends }, headers);
    return;
  }
  const file = stored.get(id);
  if (file === undefined) refuse(exchange, 404, `File not found: ${id}`);
  else if (content !== undefined) {
    // What a person uploaded cannot be fetched back.
    refuse(exchange, 400, `File ${id} is not downloadable.`);
  } else if (method === 'DELETE') {
    stored.delete(id);
    sendJson(exchange, 200, { id, type: 'file_deleted' }, headers);
  } else sendJson(exchange, 200, describe(file), headers);
}

async function take(exchange: Exchange, world: World, stored: StoredFiles): Promise<void> {
  const form = await formOf(exchange);
  const file = form?.files.find(({ field }) => field === 'file');
  if (file === undefined) {
    refuse(exchange, 400, 'file: Field required');
    return;
  }
  const seconds = form?.fields.expires_in_seconds;
  if (seconds !== undefined && !(Number(seconds) >= 3600 && Number(seconds) <= 7_776_000)) {
    refuse(exchange, 400, 'expires_in_seconds: Input should be between 3600 and 7776000');
    return;
  }
  files += 1;
  const now = world.clock.now();
  const made: StoredFile = {
    id: `file_${files.toString(36).padStart(22, '0')}`,
    filename: file.name,
    type: file.type || 'application/octet-stream',
    bytes: file.bytes,
    createdAt: now,
    expiresAt: seconds === undefined ? null : now + Number(seconds) * 1000,
  };
  stored.set(made.id, made);
  sendJson(exchange, 200, describe(made), headersOf(newRequestId()));
}

function describe({ id, filename, type, bytes, createdAt, expiresAt }: StoredFile) {
  return {
    id,
    type: 'file',
    filename,
    mime_type: type,
    size_bytes: bytes.length,
    created_at: timeOf(createdAt),
    downloadable: false,
    expires_at: expiresAt === null ? null : timeOf(expiresAt),
  };
}

/** The first file that a message names and that is not there. */
export function missingFile(messages: unknown, stored: StoredFiles): string | null {
  const named = [...JSON.stringify(messages ?? []).matchAll(/"type":"file","file_id":"([^"]+)"/g)];
  return named.map(([, id]) => id!).find((id) => !stored.has(id)) ?? null;
}
