import { fileTypeFromBuffer } from 'file-type';
import ReplicateClient from 'replicate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { standardHeaders } from '../kit/standard-webhook.ts';
import { startListener } from '../kit/test-listener.ts';
import type { Simulator } from '../simulator.ts';
import { startReplicate } from './replicate.ts';

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';
const model = 'black-forest-labs/flux-2-pro';
let simulator: Simulator;
let client: ReplicateClient;

beforeAll(async () => {
  simulator = await startReplicate({ webhookSecret: secret });
  client = new ReplicateClient({ auth: 'r8_sandbox', baseUrl: `${simulator.url}/v1`, useFileOutput: false });
});
afterAll(() => simulator.close());

const advance = (advanceSeconds: number) =>
  fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });
const uses = async () =>
  (
    (await (await fetch(`${simulator.url}/_control/tally`)).json()) as {
      uses: { id: string; charged: boolean }[];
    }
  ).uses;

test('the official client runs a model and gets a file', async () => {
  const output = await client.run(model, { input: { prompt: 'A lamp' } });
  const bytes = Buffer.from(await (await fetch(String(output))).arrayBuffer());
  expect((await fileTypeFromBuffer(bytes))?.mime).toBe('image/png');
});

test('a prediction starts, is processed, succeeds, and is gone after an hour', async () => {
  const created = await client.predictions.create({
    model: 'kwaivgi/kling-v3-video',
    input: { prompt: 'Waves', duration: 5 },
  });
  expect(created.status).toBe('starting');
  await advance(1);
  expect((await client.predictions.get(created.id)).status).toBe('processing');
  await advance(5);
  const done = await client.predictions.get(created.id);
  expect(done).toMatchObject({ status: 'succeeded', metrics: { video_output_duration_seconds: 5 } });
  await advance(3601);
  expect(await client.predictions.get(created.id)).toMatchObject({ data_removed: true, output: null });
  expect((await fetch(String(done.output))).status).toBe(403);
});

test('a cancelled prediction is paid once it had begun, an aborted one is not', async () => {
  const early = await client.predictions.create({ model, input: { prompt: 'One' } });
  expect((await client.predictions.cancel(early.id)).status).toBe('aborted');
  const late = await client.predictions.create({ model, input: { prompt: 'Two' } });
  await advance(1);
  expect((await client.predictions.cancel(late.id)).status).toBe('canceled');
  expect((await uses()).slice(-2)).toMatchObject([
    { id: early.id, charged: false },
    { id: late.id, charged: true },
  ]);
});

test('moderation is only words in the error', async () => {
  const refused = await client.predictions.create({ model, input: { prompt: '[sandbox:refuse]' } });
  await advance(5);
  expect(await client.predictions.get(refused.id)).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('flagged as sensitive'),
  });
});

test('a lost answer is found in the list', async () => {
  const raw = {
    method: 'POST',
    headers: { authorization: 'Bearer r8_sandbox' },
    body: JSON.stringify({ input: { prompt: 'Gone [sandbox:lost]' } }),
  };
  await expect(fetch(`${simulator.url}/v1/models/${model}/predictions`, raw)).rejects.toThrow();
  expect((await client.predictions.list()).results[0]).toMatchObject({
    input: { prompt: 'Gone [sandbox:lost]' },
  });
});

test.each([
  ['an unknown model', 'nobody/nothing', { prompt: 'x' }, 'r8_sandbox', 404],
  ['a missing prompt', model, {}, 'r8_sandbox', 422],
  ['a wrong key', model, { prompt: 'x' }, 'nonsense', 401],
  ['an empty account', model, { prompt: 'x' }, 'r8_broke', 402],
])('%s is refused', async (_, name, input, key, status) => {
  const reply = await fetch(`${simulator.url}/v1/models/${name}/predictions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ input }),
  });
  expect([reply.status, await reply.json()]).toMatchObject([status, { detail: expect.any(String) }]);
});

test('webhooks are signed with the secret that can be asked for', async () => {
  const listener = await startListener();
  const created = await client.predictions.create({
    model,
    input: { prompt: 'Hook' },
    webhook: listener.url,
    webhook_events_filter: ['completed'],
  });
  await advance(5);
  const [call] = await listener.received(1);
  listener.close();
  const { key } = await client.webhooks.default.secret.get();
  const headers = standardHeaders(
    key,
    String(call?.headers['webhook-id']),
    Number(call?.headers['webhook-timestamp']) * 1000,
    call?.body ?? '',
  );
  expect(call?.headers['webhook-signature']).toBe(headers['webhook-signature']);
  expect(JSON.parse(call?.body ?? '')).toMatchObject({ id: created.id, status: 'succeeded' });
  expect(
    standardHeaders(secret, 'msg_1', 1_790_000_000_000, '{"id":"p1","status":"succeeded"}')[
      'webhook-signature'
    ],
  ).toBe('v1,pIzL6q1aLCkjYw+jKMfDoJTyQonCzAqgGUQCnZ55yCU=');
});

test.skipIf(specsMissing)('a prediction fits the public description', async () => {
  const created = await client.predictions.create({ model, input: { prompt: 'Fit' } });
  await advance(5);
  const done = await client.predictions.get(created.id);
  expectToFit(
    JSON.parse(JSON.stringify(done)),
    'replicate',
    '/components/schemas/schemas_prediction_response',
  );
});

test('the official client uploads a file, names it in an input, and deletes it', async () => {
  const file = await client.files.create(new Blob([new Uint8Array([1, 2, 3])], { type: 'image/png' }));
  expect(file.urls.get).toBe(`${simulator.url}/v1/files/${file.id}`);
  const input = { prompt: 'A lamp', input_images: [file.urls.get] };
  expect(await client.run(model, { input })).toBeDefined();
  expect(await client.files.delete(file.id)).toBe(true);
  await expect(client.run(model, { input })).rejects.toThrow('422');
});

test('the official client cancels, waits and lists', async () => {
  const created = await client.predictions.create({
    model,
    input: { prompt: 'A lamp [sandbox:seconds=600]' },
  });
  await client.predictions.cancel(created.id);
  expect(await client.predictions.get(created.id)).toMatchObject({
    status: expect.stringMatching(/^(canceled|aborted)$/),
  });
  const { results } = await client.predictions.list();
  expect(results.map(({ id }) => id)).toContain(created.id);
  const waited = await client.predictions.create({
    model,
    input: { prompt: 'A lamp [sandbox:seconds=1]' },
    wait: 10,
  } as Parameters<typeof client.predictions.create>[0]);
  expect(waited.status).toBe('succeeded');
});

test.each([
  [{ duration: 4 }, 'duration'],
  [{ aspect_ratio: '9:16' }, 'aspect_ratio'],
])('Veo with reference pictures and %o is refused', async (more, field) => {
  const input = { prompt: 'Waves', reference_images: ['https://files.example/a.png'], ...more };
  await expect(client.predictions.create({ model: 'google/veo-3.1', input })).rejects.toThrow(
    `input.${field}`,
  );
});
