import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import type { Simulator } from '../simulator.ts';
import { startFlux } from './flux.ts';

let simulator: Simulator;

type Answer = { status: string; progress: number; result: { sample: string } };

beforeAll(async () => {
  simulator = await startFlux();
});
beforeEach(async () => {
  // Lets tasks of an earlier test end.
  await control('clock', { advanceSeconds: 60 });
});
afterAll(() => simulator.close());

const key = { 'x-key': 'bfl_sandbox_key' };
const post = (model: string, body: unknown, headers: Record<string, string> = key) =>
  fetch(`${simulator.url}/v1/${model}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const submit = async (model: string, body: unknown) =>
  (await (await post(model, body)).json()) as Record<string, string>;
const poll = async (url: string | undefined) =>
  (await (await fetch(url ?? '', { headers: key })).json()) as Answer;
const control = async (path: string, body?: unknown) =>
  (await (
    await fetch(
      `${simulator.url}/_control/${path}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
    )
  ).json()) as Answer;
const ended = async (task: Record<string, string>) => {
  await control('clock', { advanceSeconds: 30 });
  return poll(task.polling_url ?? `${simulator.url}/v1/get_result?id=${task.id}`);
};

test('an image is pending with rising progress, then ready at another host for ten minutes', async () => {
  const task = await submit('flux-2-pro', {
    prompt: 'A lighthouse [sandbox:seconds=20]',
    width: 1440,
    height: 1440,
  });
  expect(task).toMatchObject({ cost: 4.5, input_mp: 0, output_mp: 1.98 });
  expect(new URL(task.polling_url ?? '').origin).toBe(simulator.url);
  const first = await poll(task.polling_url);
  await control('clock', { advanceSeconds: 10 });
  const second = await poll(task.polling_url);
  expect([first.status, second.status]).toEqual(['Pending', 'Pending']);
  expect(second.progress).toBeGreaterThan(first.progress);
  const ready = await ended(task);
  const { sample } = ready.result;
  expect(new URL(sample).origin).not.toBe(simulator.url);
  const image = await fetch(sample);
  expect(await sharp(Buffer.from(await image.arrayBuffer())).metadata()).toMatchObject({
    width: 1440,
    height: 1440,
    format: 'jpeg',
  });
  await control('clock', { advanceSeconds: 601 });
  expect((await fetch(sample)).status).toBe(403);
});

test.each([
  ['no key', {}, 403, 'Not authenticated'],
  ['a malformed key', { 'x-key': 'a b' }, 422, 'Invalid API key format'],
  ['an empty account', { 'x-key': 'broke_account' }, 402, 'Insufficient credits'],
])('%s is refused', async (_, headers, status, detail) => {
  const reply = await post('flux-2-pro', { prompt: 'x' }, headers as Record<string, string>);
  expect([reply.status, await reply.json()]).toEqual([status, { detail }]);
});

test.each([
  [{ prompt: 'x', width: 32, height: 64 }, 'width', 'greater_than_equal'],
  [{ prompt: 'x', width: 100, height: 64 }, 'width', 'multiple_of'],
  [{ prompt: 'x', safety_tolerance: 6 }, 'safety_tolerance', 'less_than_equal'],
  [{ prompt: 'x', negative_prompt: 'y' }, 'negative_prompt', 'extra_forbidden'],
  [{ prompt: 'x', input_image: 'data:image/png;base64,AAAA' }, 'input_image', 'value_error'],
  [{}, 'prompt', 'missing'],
])('%o is refused as FastAPI does', async (body, field, type) => {
  const reply = await post('flux-2-pro', body);
  expect(reply.status).toBe(422);
  expect(await reply.json()).toMatchObject({ detail: [{ loc: ['body', field], type }] });
});

test('an unknown path is not found, whatever the key', async () => {
  expect((await post('flux-pro', {}, {})).status).toBe(404);
});

test('input images are paid by their megapixels', async () => {
  const input_image = (
    await sharp({ create: { width: 1024, height: 1024, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
  ).toString('base64');
  expect(await submit('flux-2-pro', { prompt: 'Blue', input_image })).toMatchObject({
    cost: 4.5,
    input_mp: 1,
    output_mp: 1,
  });
});

test('the 25th active task is refused', async () => {
  const replies = await Promise.all(
    Array.from({ length: 25 }, () => post('flux-2-klein-4b', { prompt: 'many [sandbox:slow]' })),
  );
  const refused = replies.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(1);
  expect(refused[0]?.headers.get('retry-after')).toBe('2');
});

test.each([
  ['[sandbox:refuse]', 'Request Moderated'],
  ['[sandbox:moderated]', 'Content Moderated'],
  ['[sandbox:error]', 'Error'],
])('%s ends as %s, and nothing is charged', async (phrase, status) => {
  const task = await submit('flux-2-pro', { prompt: phrase });
  expect(await ended(task)).toMatchObject({ status, result: null });
  const { uses } = (await control('tally')) as unknown as { uses: { id: string; charged: boolean }[] };
  expect(uses.find(({ id }) => id === task.id)?.charged).toBe(false);
});

test('an unknown task is said to be so', async () => {
  expect(await poll(`${simulator.url}/v1/get_result?id=nothing`)).toMatchObject({ status: 'Task not found' });
});

test('a lost answer leaves a task that is charged', async () => {
  await control('clock', { advanceSeconds: 1 });
  await fetch(`${simulator.url}/_control/tally`, { method: 'DELETE' });
  await expect(post('flux-2-pro', { prompt: 'Gone [sandbox:lost]' })).rejects.toThrow();
  await control('clock', { advanceSeconds: 30 });
  const { totals } = (await control('tally')) as unknown as { totals: Record<string, number> };
  expect(totals['flux-2-pro/credit']).toBe(3);
});

test('a video has phases, a settled cost and plays', async () => {
  const task = await submit('flux-3-video', {
    mode: 't2v',
    prompt: 'Waves',
    duration: 5,
    resolution: 'hd',
    aspect_ratio: '16:9',
  });
  expect(task.cost).toBeNull();
  expect((await poll(task.polling_url)).status).toBe('Reasoning');
  const ready = await ended(task);
  expect(ready).toMatchObject({ status: 'Ready', cost: 85 });
  const video = Buffer.from(await (await fetch(ready.result.sample)).arrayBuffer());
  expect((await fileTypeFromBuffer(video))?.mime).toBe('video/mp4');
});

test('a webhook is signed, and its answer has no polling address', async () => {
  const calls: { signature: unknown; body: string }[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      calls.push({ signature: request.headers['x-bfl-signature'], body: Buffer.concat(parts).toString() });
      response.end();
      if (calls.length === 2) resolve();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((done) => listener.once('listening', done));
  const webhook_url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`;
  const task = await submit('flux-2-pro', {
    prompt: 'Hook [sandbox:hook_twice]',
    webhook_url,
    webhook_secret: 'quiet',
  });
  expect(task.polling_url).toBeUndefined();
  await control('clock', { advanceSeconds: 5 });
  await promise;
  listener.close();
  for (const { signature, body } of calls) {
    expect(signature).toBe(`sha256=${createHmac('sha256', 'quiet').update(body).digest('hex')}`);
    expect(JSON.parse(body)).toMatchObject({ id: task.id, status: 'Ready' });
  }
});

test.skipIf(specsMissing)('answers fit the public description', async () => {
  const schema = '/components/schemas/';
  const body = { prompt: 'Fit', width: 512, height: 512, seed: 4 };
  expectToFit(body, 'bfl', `${schema}Flux2Inputs`, true);
  const task = await submit('flux-2-pro', body);
  expectToFit(task, 'bfl', `${schema}AsyncResponse`);
  expectToFit(await poll(task.polling_url), 'bfl', `${schema}ResultResponse`);
  expectToFit(await ended(task), 'bfl', `${schema}ResultResponse`);
  expectToFit(await (await post('flux-2-pro', {})).json(), 'bfl', `${schema}HTTPValidationError`);
  expectToFit(
    await submit('flux-2-pro', { ...body, webhook_url: 'https://example.org/h' }),
    'bfl',
    `${schema}AsyncWebhookResponse`,
  );
});
