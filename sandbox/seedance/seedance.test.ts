import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataOf } from '../kit/sse.ts';
import { startListener } from '../kit/test-listener.ts';
import type { Simulator } from '../simulator.ts';
import { startSeedance } from './seedance.ts';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSeedance();
});
afterAll(() => simulator.close());

const model = 'dreamina-seedance-2-0-260128';
const request = (method: string, path: string, body?: unknown, key = 'ark-sandbox') =>
  fetch(`${simulator.url}/api/v3/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const json = async (reply: Promise<Response>) => (await (await reply).json()) as Record<string, unknown>;
const video = (text: string, change: object = {}) => ({
  model,
  content: [{ type: 'text', text }],
  resolution: '720p',
  ratio: '16:9',
  duration: 5,
  generate_audio: true,
  ...change,
});
const create = async (body: object) =>
  (await json(request('POST', 'contents/generations/tasks', body))).id as string;
const look = (id: string) => json(request('GET', `contents/generations/tasks/${id}`));
const advance = (advanceSeconds: number) =>
  fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });

test('a video is queued, runs, succeeds with tokens by the formula, and its address dies in a day', async () => {
  const id = await create(video('Waves'));
  expect(id).toMatch(/^cgt-\d{14}-\w{5}$/);
  expect((await look(id)).status).toBe('queued');
  await advance(2);
  expect((await look(id)).status).toBe('running');
  await advance(5);
  const done = await look(id);
  expect(done).toMatchObject({
    status: 'succeeded',
    usage: { completion_tokens: 108_900 },
    resolution: '720p',
    duration: 5,
  });
  const { video_url } = done.content as { video_url: string };
  const reply = await fetch(video_url);
  expect((await fileTypeFromBuffer(Buffer.from(await reply.arrayBuffer())))?.mime).toBe('video/mp4');
  await advance(86_401);
  expect((await fetch(video_url)).status).toBe(403);
});

test('a queued task is cancelled, a running one is not', async () => {
  const queued = await create(video('One'));
  expect((await request('DELETE', `contents/generations/tasks/${queued}`)).status).toBe(200);
  expect((await look(queued)).status).toBe('cancelled');
  const running = await create(video('Two'));
  await advance(2);
  expect(await json(request('DELETE', `contents/generations/tasks/${running}`))).toMatchObject({
    error: { code: 'InvalidAction.RunningTaskDeletion' },
  });
});

test.each([
  [{ duration: 3 }, 'duration'],
  [{ resolution: '8k' }, 'resolution'],
  [{ colour: 1 }, 'colour'],
  [{ camera_fixed: true }, 'camera_fixed'],
  [
    { content: [{ type: 'image_url', image_url: { url: 'data:image/PNG;base64,AA' } }] },
    'content[0].image_url',
  ],
])('a video with %o is refused', async (change, param) => {
  expect(await json(request('POST', 'contents/generations/tasks', video('x', change)))).toMatchObject({
    error: { code: 'InvalidParameter', param },
  });
});

test('keys, models and moderation are refused in the words of Ark', async () => {
  const code = async (body: object, key?: string) =>
    (await json(request('POST', 'contents/generations/tasks', body, key))).error;
  expect(await code(video('x'), 'invalid-key')).toMatchObject({ code: 'AuthenticationError' });
  expect(await code(video('x'), 'broke-key')).toMatchObject({ code: 'AccountOverdueError' });
  expect(await code(video('x', { model: 'seedance-9' }))).toMatchObject({
    code: 'InvalidEndpointOrModel.NotFound',
  });
  expect(await code(video('[sandbox:refuse]'))).toMatchObject({ code: 'InputTextSensitiveContentDetected' });
  const id = await create(video('[sandbox:moderated]'));
  await advance(10);
  expect(await look(id)).toMatchObject({
    status: 'failed',
    error: { code: 'OutputVideoSensitiveContentDetected' },
  });
});

test('a task whose answer was lost is found in the list', async () => {
  await expect(
    create(video('[sandbox:lost]', { callback_url: 'http://127.0.0.1:9/job-7' })),
  ).rejects.toThrow();
  const { items } = (await json(request('GET', 'contents/generations/tasks?page_size=1'))) as unknown as {
    items: { status: string }[];
  };
  expect(items[0]?.status).toBe('queued');
});

test('callbacks tell of the states', async () => {
  const listener = await startListener();
  const id = await create(video('Call', { callback_url: listener.url }));
  await advance(10);
  const calls = (await listener.received(3)).map(
    ({ body }) => JSON.parse(body) as { id: string; status: string },
  );
  listener.close();
  expect(calls.every((call) => call.id === id)).toBe(true);
  expect(calls.at(-1)?.status).toBe('succeeded');
});

test('images come by address, as bytes and as a stream; in a set one may fail', async () => {
  const body = { model: 'seedream-4-5-251128', prompt: 'A lamp', size: '1024x768', watermark: false };
  const one = await json(request('POST', 'images/generations', body));
  expect(one).toMatchObject({ usage: { generated_images: 1 } });
  const { url } = (one.data as { url: string }[])[0]!;
  expect(await sharp(Buffer.from(await (await fetch(url)).arrayBuffer())).metadata()).toMatchObject({
    width: 1024,
    height: 768,
    format: 'jpeg',
  });
  const set = {
    ...body,
    prompt: '[sandbox:moderated]',
    sequential_image_generation: 'auto',
    sequential_image_generation_options: { max_images: 3 },
  };
  expect(await json(request('POST', 'images/generations', set))).toMatchObject({
    usage: { generated_images: 2 },
    data: [{}, {}, { error: {} }],
  });
  const events = dataOf(await (await request('POST', 'images/generations', { ...set, stream: true })).text());
  expect(events.at(-1)).toBe('[DONE]');
  expect(events.slice(0, -1).map((data) => (JSON.parse(data) as { type: string }).type)).toEqual([
    'image_generation.partial_succeeded',
    'image_generation.partial_succeeded',
    'image_generation.partial_failed',
    'image_generation.completed',
  ]);
});
