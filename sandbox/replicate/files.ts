import { createHash, randomBytes } from 'node:crypto';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { formOf } from '../kit/form.ts';

interface KeptFile {
  type: string;
  name: string;
  bytes: Buffer;
  createdAt: number;
  expiresAt: number;
}

/** By id. Files are sent up to be named as inputs, and are gone after a day. */
export type ReplicateFiles = Map<string, KeptFile>;

const LIFETIME_MS = 24 * 3_600_000;
const MAX_BYTES = 100 * 1024 * 1024;

/** `POST /v1/files`: a form with `content`. */
export async function takeFile(exchange: Exchange, world: World, files: ReplicateFiles): Promise<void> {
  const form = await formOf(exchange);
  const content = form?.files.find(({ field }) => field === 'content');
  if (content === undefined) {
    sendJson(exchange, 422, { title: 'Unprocessable Entity', detail: 'content is required', status: 422 });
    return;
  }
  if (content.bytes.length > MAX_BYTES) {
    sendJson(exchange, 413, { title: 'Content Too Large', detail: 'Content too large', status: 413 });
    return;
  }
  const id = randomBytes(18).toString('base64url').toLowerCase().replaceAll(/[_-]/g, 'x');
  const createdAt = world.clock.now();
  const file: KeptFile = {
    type: form?.fields.type ?? content.type,
    name: content.name,
    bytes: content.bytes,
    createdAt,
    expiresAt: createdAt + LIFETIME_MS,
  };
  files.set(id, file);
  sendJson(exchange, 201, describe(id, file, exchange.origin));
}

/** `GET`, `DELETE /v1/files/{id}`. */
export function serveFile(exchange: Exchange, world: World, files: ReplicateFiles): void {
  const id = exchange.path.split('/')[3] ?? '';
  const file = files.get(id);
  if (file === undefined || file.expiresAt < world.clock.now())
    sendJson(exchange, 404, { title: 'Not found', detail: 'The file could not be found.', status: 404 });
  else if (exchange.method === 'DELETE') {
    files.delete(id);
    exchange.response.writeHead(204).end();
  } else sendJson(exchange, 200, describe(id, file, exchange.origin));
}

function describe(id: string, { type, name, bytes, createdAt, expiresAt }: KeptFile, origin: string) {
  return {
    id,
    name,
    content_type: type,
    size: bytes.length,
    etag: createHash('md5').update(bytes).digest('hex'),
    checksums: { sha256: createHash('sha256').update(bytes).digest('hex') },
    metadata: {},
    created_at: new Date(createdAt).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    urls: { get: `${origin}/v1/files/${id}` },
  };
}
