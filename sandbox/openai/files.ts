import { type Exchange, sendBytes, sendJson, type World } from '../kit/exchange.ts';
import { formOf } from '../kit/form.ts';
import { badRequest, notOneOf, refuse, standardHeaders } from './refusals.ts';

interface StoredFile {
  id: string;
  bytes: Buffer;
  filename: string;
  purpose: string;
  createdAt: number;
  expiresAt: number | null;
}

export type StoredFiles = Map<string, StoredFile>;

const purposes = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];
let files = 0;

/** `/v1/files` and all below it. */
export async function serveFiles(exchange: Exchange, world: World, stored: StoredFiles): Promise<void> {
  const { method, path } = exchange;
  const [, id, content] = /^\/v1\/files(?:\/([^/]+))?(\/content)?$/.exec(path) ?? [];
  const now = Math.floor(world.clock.now() / 1000);
  for (const file of stored.values())
    if (file.expiresAt !== null && file.expiresAt <= now) stored.delete(file.id);
  if (id === undefined) {
    if (method === 'POST') await take(exchange, stored, now);
    else list(exchange, stored);
    return;
  }
  const file = stored.get(id);
  if (file === undefined)
    refuse(exchange, { ...badRequest(`No such File object: ${id}`, 'id'), status: 404 });
  else if (content !== undefined) sendBytes(exchange, 'application/octet-stream', file.bytes);
  else if (method === 'DELETE') {
    stored.delete(id);
    sendJson(exchange, 200, { id, object: 'file', deleted: true }, standardHeaders());
  } else sendJson(exchange, 200, describe(file), standardHeaders());
}

async function take(exchange: Exchange, stored: StoredFiles, now: number): Promise<void> {
  const form = await formOf(exchange);
  const file = form?.files.find(({ field }) => field === 'file');
  const purpose = form?.fields.purpose;
  if (file === undefined) {
    refuse(exchange, badRequest("Missing required parameter: 'file'.", 'file', 'missing_required_parameter'));
    return;
  }
  if (purpose === undefined || !purposes.includes(purpose)) {
    refuse(exchange, notOneOf('purpose', purposes, purpose));
    return;
  }
  const seconds = form?.fields['expires_after[seconds]'];
  if (seconds !== undefined && !(Number(seconds) >= 3600 && Number(seconds) <= 2_592_000)) {
    refuse(
      exchange,
      badRequest("Invalid 'expires_after.seconds': expected 3600 to 2592000.", 'expires_after.seconds'),
    );
    return;
  }
  files += 1;
  const made: StoredFile = {
    id: `file-${now.toString(36)}${files.toString(36).padStart(8, '0')}`,
    bytes: file.bytes,
    filename: file.name,
    purpose,
    createdAt: now,
    expiresAt: seconds === undefined ? null : now + Number(seconds),
  };
  stored.set(made.id, made);
  sendJson(exchange, 200, describe(made), standardHeaders());
}

function list(exchange: Exchange, stored: StoredFiles): void {
  const wanted = exchange.query.get('purpose');
  const data = [...stored.values()].filter(({ purpose }) => wanted === null || purpose === wanted);
  sendJson(
    exchange,
    200,
    {
      object: 'list',
      data: data.map(describe),
      has_more: false,
      first_id: data[0]?.id ?? '',
      last_id: data.at(-1)?.id ?? '',
    },
    standardHeaders(),
  );
}

function describe({ id, bytes, filename, purpose, createdAt, expiresAt }: StoredFile) {
  return {
    id,
    object: 'file',
    bytes: bytes.length,
    created_at: createdAt,
    ...(expiresAt === null ? {} : { expires_at: expiresAt }),
    filename,
    purpose,
    status: 'processed',
  };
}
