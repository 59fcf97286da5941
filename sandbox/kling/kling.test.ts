import { createHmac } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standardHeaders } from '../kit/standard-webhook.ts';
import { startListener } from '../kit/test-listener.ts';
import type { Simulator } from '../simulator.ts';
import { startKling } from './kling.ts';

const secret = 'whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=';
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startKling({ webhookSecret: secret });
});
afterAll(() => simulator.close());

interface State {
  id: string;
  status: string;
  message: string;
  outputs: { url: string }[];
  billing: { amount: string }[];
}

interface Answer<T> {
  code: number;
  message: string;
  data: T;
}

const send = async <T>(method: string, path: string, body?: unknown, key = 'api-key-sandbox') => {
  const reply = await fetch(simulator.url + path, {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, ...((await reply.json()) as Answer<T>) };
};
const create = (body: object, path = '/text-to-video/kling-3.0') => send<State>('POST', path, body);
const advance = (advanceSeconds: number) =>
  fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });
const look = async (id: string) => (await send<State[]>('GET', `/tasks?task_ids=${id}`)).data[0]!;
const bytesOf = async (url: string | undefined, headers: Record<string, string> = {}) => {
  const reply = await fetch(url ?? '', { headers });
  return { status: reply.status, bytes: Buffer.from(await reply.arrayBuffer()) };
};

test('a video is submitted, processed and succeeds with its units', async () => {
  const { data } = await create({
    prompt: 'Waves',
    settings: { duration: 5, resolution: '1080p', audio: 'native' },
  });
  expect(data.status).toBe('submitted');
  await advance(2);
  expect((await look(data.id)).status).toBe('processing');
  await advance(5);
  const done = await look(data.id);
  expect([done.status, done.billing]).toEqual([
    'succeeded',
    [{ charge_type: 'unit', amount: '6.00', package_type: 'video' }],
  ]);
  const { bytes } = await bytesOf(done.outputs[0]?.url);
  expect((await fileTypeFromBuffer(bytes))?.mime).toBe('video/mp4');
  expect((await bytesOf(done.outputs[0]?.url, { referer: 'http://shop.example' })).status).toBe(403);
  await advance(31 * 86_400);
  expect((await bytesOf(done.outputs[0]?.url)).status).toBe(403);
});

test('the same external id is refused, and finds the first task after a lost answer', async () => {
  const body = { prompt: '[sandbox:lost] Rain', options: { external_task_id: 'job-1' } };
  await expect(create(body)).rejects.toThrow();
  const found = await send<State[]>('GET', '/tasks?external_task_ids=job-1');
  expect(found.data).toHaveLength(1);
  expect(await create(body)).toMatchObject({
    status: 400,
    code: 1201,
    message: expect.stringContaining('already exists'),
  });
});

test.each([
  [
    'a string for the duration',
    { prompt: 'x', settings: { duration: '5' } },
    '/text-to-video/kling-3.0',
    400,
    1201,
  ],
  [
    'a duration out of range',
    { prompt: 'x', settings: { duration: 16 } },
    '/text-to-video/kling-3.0',
    400,
    1201,
  ],
  [
    'audio where there is none',
    { prompt: 'x', settings: { audio: 'off' } },
    '/text-to-video/kling-3.0-turbo',
    400,
    1201,
  ],
  ['a prompt on top of an image request', { prompt: 'x' }, '/image-to-video/kling-3.0', 400, 1201],
  ['an unknown model', { prompt: 'x' }, '/text-to-video/kling-9', 404, 1203],
  ['unsafe content', { prompt: '[sandbox:refuse]' }, '/text-to-video/kling-3.0', 400, 1301],
])('%s is refused', async (_, body, path, status, code) => {
  expect(await create(body, path)).toMatchObject({ status, code });
});

test('keys are checked, and an empty account answers 429', async () => {
  expect(await send('POST', '/text-to-video/kling-3.0', { prompt: 'x' }, 'invalid-key')).toMatchObject({
    status: 401,
    code: 1002,
  });
  expect(await send('POST', '/text-to-video/kling-3.0', { prompt: 'x' }, 'broke-key')).toMatchObject({
    status: 429,
    code: 1102,
  });
  const head = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const payload = Buffer.from(
    JSON.stringify({ iss: 'sandbox-access-key', exp: now + 1800, nbf: now - 5 }),
  ).toString('base64url');
  const token = `${head}.${payload}.${createHmac('sha256', 'sandbox-secret-key').update(`${head}.${payload}`).digest('base64url')}`;
  expect(await send('POST', '/text-to-video/kling-3.0', { prompt: 'x' }, token)).toMatchObject({
    status: 401,
    code: 1002,
  });
  expect(await send('GET', '/v1/images/generations', undefined, token)).toMatchObject({ status: 200 });
});

test('an image is made from a picture, by the legacy API', async () => {
  const image = (
    await sharp({ create: { width: 400, height: 400, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const { data } = await send<{ task_id: string }>('POST', '/v1/images/generations', {
    prompt: 'Blue',
    n: 2,
    aspect_ratio: '1:1',
    image,
  });
  await advance(5);
  const done = await send<{
    task_status: string;
    final_unit_deduction: string;
    task_result: { images: { url: string }[] };
  }>('GET', `/v1/images/generations/${data.task_id}`);
  expect(done.data).toMatchObject({ task_status: 'succeed', final_unit_deduction: '16' });
  const { bytes } = await bytesOf(done.data.task_result.images[1]?.url);
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 1024, height: 1024, format: 'png' });
  expect(
    await send('POST', '/v1/images/generations', { prompt: 'x', image: `data:image/png;base64,${image}` }),
  ).toMatchObject({ code: 1201 });
});

test('a sound effect comes as MP3 and WAV', async () => {
  const { data } = await send<{ task_id: string }>('POST', '/v1/audio/text-to-audio', {
    prompt: 'Rain',
    duration: 3.5,
  });
  await advance(5);
  const done = await send<{ task_result: { audios: { url_mp3: string; url_wav: string }[] } }>(
    'GET',
    `/v1/audio/text-to-audio/${data.task_id}`,
  );
  const audio = done.data.task_result.audios[0];
  expect((await fileTypeFromBuffer((await bytesOf(audio?.url_mp3)).bytes))?.mime).toBe('audio/mpeg');
  expect((await fileTypeFromBuffer((await bytesOf(audio?.url_wav)).bytes))?.mime).toBe('audio/wav');
});

test('failed and moderated tasks say why in words, and cost nothing', async () => {
  const failed = await create({ prompt: '[sandbox:error]' });
  const moderated = await create({ prompt: '[sandbox:moderated]' });
  await advance(10);
  expect(await look(failed.data.id)).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('internal'),
  });
  expect(await look(moderated.data.id)).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('risk control'),
  });
  const { uses } = (await (await fetch(`${simulator.url}/_control/tally`)).json()) as {
    uses: { charged: boolean }[];
  };
  expect(uses.slice(-2).map(({ charged }) => charged)).toEqual([false, false]);
});

test('callbacks tell of each state, signed', async () => {
  const listener = await startListener();
  const { data } = await create({ prompt: 'Call me', options: { callback_url: listener.url } });
  await advance(10);
  const calls = await listener.received(3);
  listener.close();
  const states = calls.map(({ body }) => (JSON.parse(body) as State).status);
  expect(states.sort()).toEqual(['submitted', 'succeeded', 'succeeded'].sort());
  for (const { headers, body } of calls) {
    const again = standardHeaders(
      secret,
      String(headers['webhook-id']),
      Number(headers['webhook-timestamp']) * 1000,
      body,
    );
    expect(headers['webhook-signature']).toBe(again['webhook-signature']);
    expect(JSON.parse(body)).toMatchObject({ id: data.id });
  }
});

test("the vendor's own example of a signature holds", () => {
  const body =
    '{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,"update_time":1781080794151}';
  expect(standardHeaders(secret, '9876543210', 1_781_080_794_000, body)['webhook-signature']).toBe(
    'v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=',
  );
});
