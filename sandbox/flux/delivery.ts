import { createHmac, randomBytes } from 'node:crypto';
import { type Exchange, misbehavesAtOnce, sendBytes, type World } from '../kit/exchange.ts';
import { draw } from '../kit/picture.ts';
import type { Task, Tasks } from '../kit/tasks.ts';
import { film } from '../kit/video.ts';
import type { Work } from './work.ts';

const secret = randomBytes(16);

function signatureOf(path: string, expires: number): string {
  return createHmac('sha256', secret).update(`${path} ${expires}`).digest('base64url');
}

/** An address that needs no key and dies at `expires`, in ms. */
export function sampleUrl(origin: string, id: string, file: string, expires: number): string {
  const path = `/results/${id}/${file}`;
  return `${origin}${path}?se=${expires}&sig=${signatureOf(path, expires)}`;
}

/** Answers for the delivery host. */
export async function sendSample(exchange: Exchange, world: World, tasks: Tasks<Work>): Promise<void> {
  const { path, query } = exchange;
  const expires = Number(query.get('se'));
  const task = tasks.find(path.split('/')[2] ?? '');
  if (query.get('sig') !== signatureOf(path, expires) || world.clock.now() > expires || task === undefined) {
    exchange.response.writeHead(403, { 'content-type': 'application/xml' });
    exchange.response.end('<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code></Error>');
    return;
  }
  const fault = world.faults.takeByPath(path);
  if (await misbehavesAtOnce(exchange, fault, (status) => ({ error: status }))) return;
  if (path.endsWith('/draft.bin')) {
    sendBytes(exchange, 'application/octet-stream', Buffer.from(task.id));
    return;
  }
  const { bytes, type } = await produce(task);
  if (fault.cutAfterChunks === undefined) {
    sendBytes(exchange, type, bytes);
    return;
  }
  exchange.response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
  exchange.response.write(bytes.subarray(0, bytes.length / 2), () => exchange.request.socket.destroy());
}

async function produce({ request, model }: Task<Work>): Promise<{ bytes: Buffer; type: string }> {
  if (request.kind === 'video') {
    return { bytes: await film({ ...request, caption: model }), type: 'video/mp4' };
  }
  const bytes = await draw({ ...request, transparent: request.isTransparent, caption: model });
  return { bytes, type: `image/${request.format}` };
}
