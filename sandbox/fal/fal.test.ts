import { createHash, createPublicKey, verify } from 'node:crypto';
import { createFalClient } from '@fal-ai/client';
import { fileTypeFromBuffer } from 'file-type';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startListener } from '../kit/test-listener.ts';
import type { Simulator } from '../simulator.ts';
import { startFal } from './fal.ts';
import { WebhookKey } from './webhook.ts';

let simulator: Simulator;
let client: ReturnType<typeof createFalClient>;

beforeAll(async () => {
  simulator = await startFal();
  client = createFalClient({
    credentials: 'sandbox:key',
    requestMiddleware: async (request) => ({
      ...request,
      url: request.url.replace(/^https:\/\/[^/]*fal\.(run|ai)/, simulator.url),
    }),
  });
});
afterAll(() => simulator.close());

const headers = { authorization: 'Key sandbox:key' };
const submit = async (endpoint: string, input: object, query = '') =>
  (await (
    await fetch(`${simulator.url}/${endpoint}${query}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(input),
    })
  ).json()) as Record<string, string>;
const get = async (url: string | undefined, method = 'GET') => {
  const reply = await fetch(url ?? '', { method, headers });
  return {
    status: reply.status,
    headers: reply.headers,
    body: (await reply.json()) as Record<string, unknown>,
  };
};
const advance = (advanceSeconds: number) =>
  fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });
const ended = async (task: Record<string, string>) => {
  await advance(10);
  return get(task.response_url);
};

test('the official client submits, waits and reads a result', async () => {
  const { data, requestId } = await client.subscribe('fal-ai/flux-2-pro', {
    input: { prompt: 'A lamp [sandbox:seconds=1]' },
    pollInterval: 200,
  });
  expect(requestId).toMatch(/-/);
  const [image] = (data as { images: { url: string }[] }).images;
  const bytes = Buffer.from(await (await fetch(image?.url ?? '')).arrayBuffer());
  expect((await fileTypeFromBuffer(bytes))?.mime).toBe('image/png');
});

test('addresses hold only owner and app, and a result tells its billable units', async () => {
  const task = await submit('fal-ai/kling-video/v3/pro/text-to-video', { prompt: 'Waves', duration: '5' });
  expect(task.status_url).toBe(`${simulator.url}/fal-ai/kling-video/requests/${task.request_id}/status`);
  expect((await get(task.status_url)).status).toBe(202);
  const done = await ended(task);
  expect(done.headers.get('x-fal-billable-units')).toBe('5');
  expect((await get(task.status_url)).body.status).toBe('COMPLETED');
  const { url } = done.body.video as { url: string };
  expect((await fileTypeFromBuffer(Buffer.from(await (await fetch(url)).arrayBuffer())))?.mime).toBe(
    'video/mp4',
  );
});

test.each([
  [{ prompt: '[sandbox:refuse]' }, 422, 'content_policy_violation'],
  [{}, 422, 'missing'],
  [{ prompt: 'x', colour: 1 }, 422, 'extra_forbidden'],
])('%o completes, and its result is an error', async (input, status, type) => {
  const task = await submit('fal-ai/flux-2-pro', input);
  const done = await ended(task);
  expect(done).toMatchObject({ status, body: { detail: [{ type }] } });
  expect((await get(task.status_url)).body).toMatchObject({ status: 'COMPLETED', error: expect.any(String) });
});

test('a request is cancelled in the queue, asked to end while it runs, and too late at the end', async () => {
  const queued = await submit('fal-ai/flux-2-pro', { prompt: 'x [sandbox:slow]' });
  expect(await get(queued.cancel_url, 'PUT')).toMatchObject({ status: 200, body: { status: 'OK' } });
  const running = await submit('fal-ai/flux-2-pro', { prompt: 'x [sandbox:slow]' });
  await advance(5);
  expect(await get(running.cancel_url, 'PUT')).toMatchObject({
    status: 202,
    body: { status: 'CANCELLATION_REQUESTED' },
  });
  await advance(30);
  expect(await get(running.cancel_url, 'PUT')).toMatchObject({
    status: 400,
    body: { status: 'ALREADY_COMPLETED' },
  });
  expect(await get(`${simulator.url}/fal-ai/flux-2-pro/requests/none/cancel`, 'PUT')).toMatchObject({
    status: 404,
    body: { status: 'NOT_FOUND' },
  });
});

test('a flagged picture is a success, and is charged', async () => {
  const done = await ended(await submit('fal-ai/flux-2-pro', { prompt: '[sandbox:moderated]' }));
  expect(done.body.has_nsfw_concepts).toEqual([true]);
  const { uses } = (await (await fetch(`${simulator.url}/_control/tally`)).json()) as {
    uses: { charged: boolean }[];
  };
  expect(uses.at(-1)?.charged).toBe(true);
});

test('a webhook is signed with the published key', async () => {
  const listener = await startListener();
  const task = await submit(
    'fal-ai/flux-2-pro',
    { prompt: 'Hook' },
    `?fal_webhook=${encodeURIComponent(listener.url)}`,
  );
  await advance(5);
  const [call] = await listener.received(1);
  listener.close();
  const { keys } = (await get(`${simulator.url}/.well-known/jwks.json`)).body as { keys: { x: string }[] };
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: keys[0]?.x.replace(/=+$/, '') ?? '' },
    format: 'jwk',
  });
  const part = (name: string) => String(call?.headers[`x-fal-webhook-${name}`]);
  const message = [
    part('request-id'),
    part('user-id'),
    part('timestamp'),
    createHash('sha256')
      .update(call?.body ?? '')
      .digest('hex'),
  ].join('\n');
  expect(verify(null, Buffer.from(message), key, Buffer.from(part('signature'), 'hex'))).toBe(true);
  expect(JSON.parse(call?.body ?? '')).toMatchObject({ request_id: task.request_id, status: 'OK' });
});

test('the known example of a signature holds', () => {
  const key = new WebhookKey(Buffer.alloc(32, 1));
  expect(key.x).toBe('iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w');
  expect(
    key.headers('r1', 'u1', 1_790_000_000_000, '{"request_id":"r1","status":"OK"}')[
      'x-fal-webhook-signature'
    ],
  ).toBe(
    '586b2d8509ada6a347ac408b804b536fc8c90c9fa730593f77273e6dd6cd1965d4eec1873a1987b20b2d41ee25ba1425a5701331d6888da2da9d384b743f0004',
  );
});

test('keys and endpoints are checked', async () => {
  const status = async (key: string, endpoint = 'fal-ai/flux-2-pro') =>
    (
      await fetch(`${simulator.url}/${endpoint}`, {
        method: 'POST',
        headers: { authorization: key },
        body: '{}',
      })
    ).status;
  expect([
    await status('Bearer sandbox:key'),
    await status('Key broke-account'),
    await status('Key sandbox:key', 'fal-ai/none'),
  ]).toEqual([401, 403, 404]);
});
