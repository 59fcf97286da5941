import { createHash, randomBytes } from 'node:crypto';
import { type Exchange, sendBytes, sendJson, type World } from '../kit/exchange.ts';
import { type OmniTasks, videoOf } from './interactions.ts';
import { refuse } from './refusals.ts';

const LIFETIME_MS = 48 * 3_600_000;

/** An upload, while it arrives and after. */
export interface GoogleFile {
  name: string;
  mimeType: string;
  displayName?: string;
  bytes: Buffer;
  expiresAt: number;
}

/** `POST /upload/v1beta/files`: resumable, in chunks. */
export function upload(exchange: Exchange, world: World, files: Map<string, GoogleFile>): void {
  const { headers, query, body, origin, path } = exchange;
  const command = String(headers['x-goog-upload-command'] ?? '');
  if (command === 'start') {
    const about =
      body.length === 0
        ? {}
        : (JSON.parse(body.toString('utf8')) as { file?: { displayName?: string; mimeType?: string } });
    const id = randomBytes(6).toString('hex');
    const mimeType = String(
      headers['x-goog-upload-header-content-type'] ?? about.file?.mimeType ?? 'application/octet-stream',
    );
    files.set(id, {
      name: `files/${id}`,
      mimeType,
      displayName: about.file?.displayName,
      bytes: Buffer.alloc(0),
      expiresAt: world.clock.now() + LIFETIME_MS,
    });
    exchange.response.writeHead(200, {
      'x-goog-upload-url': `${origin}${path}?upload_id=${id}&upload_protocol=resumable`,
      'x-goog-upload-status': 'active',
    });
    exchange.response.end();
    return;
  }
  const file = files.get(query.get('upload_id') ?? '');
  if (file === undefined || Number(headers['x-goog-upload-offset']) !== file.bytes.length) {
    refuse(exchange, 400, 'Upload offset does not match.');
    return;
  }
  file.bytes = Buffer.concat([file.bytes, body]);
  const isLast = command.includes('finalize');
  sendJson(exchange, 200, isLast ? { file: describeFile(file, origin) } : {}, {
    'x-goog-upload-status': isLast ? 'final' : 'active',
  });
}

function describeFile(
  { name, mimeType, displayName, bytes, expiresAt }: GoogleFile,
  origin: string,
): unknown {
  return {
    name,
    displayName,
    mimeType,
    sizeBytes: String(bytes.length),
    uri: `${origin}/v1beta/${name}`,
    state: 'ACTIVE',
    expirationTime: new Date(expiresAt).toISOString(),
    sha256Hash: createHash('sha256').update(bytes).digest('base64'),
  };
}

/** `GET …/files`. */
export function listFiles(exchange: Exchange, world: World, files: Map<string, GoogleFile>): void {
  const alive = [...files.values()].filter(({ expiresAt }) => expiresAt > world.clock.now());
  sendJson(exchange, 200, { files: alive.map((file) => describeFile(file, exchange.origin)) });
}

/** `…/files/{id}`, and the download of a video that was made. */
export async function serveFile(
  exchange: Exchange,
  world: World,
  files: Map<string, GoogleFile>,
  tasks: OmniTasks,
  id: string,
): Promise<void> {
  if (id.endsWith(':download')) {
    const task = tasks.find(id.slice(0, -':download'.length));
    if (task === undefined || tasks.isActive(task) || world.clock.now() > task.endsAt + LIFETIME_MS)
      refuse(exchange, 404, 'File not found.');
    else sendBytes(exchange, 'video/mp4', await videoOf(task));
    return;
  }
  const file = files.get(id);
  if (file === undefined || world.clock.now() > file.expiresAt) {
    refuse(exchange, 403, `You do not have permission to access the File ${id} or it may not exist.`);
    return;
  }
  if (exchange.method === 'DELETE') {
    files.delete(id);
    sendJson(exchange, 200, {});
  } else sendJson(exchange, 200, describeFile(file, exchange.origin));
}
