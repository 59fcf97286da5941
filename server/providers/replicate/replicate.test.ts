import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { startReplicate } from '#sandbox/replicate/replicate.ts';
import { aCall, type ContractCall, openBench } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import { adapterFor, type TaskAdapter } from '../provider.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
import { replicate } from './replicate.ts';

const request: ContractCall['fits'] = ['replicate', 'schemas_prediction_request'];
/** Replicate's own units stand beside those of our price in the books. */
const counted: ContractCall['agrees'] = (used, { unit: _, ...booked }) => expect(used).toEqual(booked);

const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';

contractTests(replicate, {
  start: () => startReplicate({ webhookSecret: SECRET }),
  extra: { REPLICATE_WEBHOOK_SECRET: SECRET },
  signsCallbacks: true,
  calls: [
    {
      operation: 'image',
      model: 'black-forest-labs/flux-2-pro',
      usage: 'asked',
      params: { aspect_ratio: '1:1', resolution: '2 MP' },
      yields: 'image',
      fits: request,
      agrees: counted,
    },
    {
      operation: 'image',
      model: 'recraft-ai/recraft-crisp-upscale',
      params: { images: [`file:${FILE_ID}`] },
      files: [await aPicture()],
      wordless: true,
      yields: 'image',
      agrees: counted,
    },
    {
      operation: 'image',
      model: 'bytedance/seedream-4.5',
      params: { size: '2K', max_images: 3 },
      yields: 'image',
      agrees: counted,
    },
    {
      operation: 'video',
      model: 'kwaivgi/kling-v3-video',
      params: { first_frame: `file:${FILE_ID}`, mode: 'standard', duration: 5, audio: false },
      files: [await aPicture()],
      yields: 'video',
      fits: request,
      agrees: counted,
    },
    {
      operation: 'speech',
      model: 'minimax/speech-2.6-turbo',
      usage: 'asked',
      params: { voice: 'Wise_Woman', speed: 1, output_format: 'mp3' },
      yields: 'audio',
      agrees: counted,
    },
    { operation: 'music', model: 'google/lyria-2', usage: 'asked', yields: 'audio', agrees: counted },
  ],
});

const bench = openBench(replicate, startReplicate);

test('a large picture is sent up as a file of its own, and named by its address', async () => {
  const bytes = randomBytes(300_000);
  const picture = { ...(await aPicture()), bytes };
  const adapter = adapterFor(replicate, 'image', 'black-forest-labs/flux-kontext-pro') as TaskAdapter;
  const call = aCall({
    operation: 'image',
    model: 'black-forest-labs/flux-kontext-pro',
    params: { images: [`file:${FILE_ID}`] },
    files: [picture],
  });
  await adapter.submit(call, bench.context());
  const { input } = (await bench.lastBody()) as { input: { input_image: string } };
  expect(input.input_image).toMatch(/\/v1\/files\/\w+$/);
});

test('a prediction that was stopped in time cost nothing, and one that was gone an hour ago is told as such', async () => {
  const adapter = adapterFor(replicate, 'video', 'kwaivgi/kling-v3-video') as TaskAdapter;
  const call = aCall({ operation: 'video', model: 'kwaivgi/kling-v3-video', params: { duration: 5 } });
  const state = await adapter.submit(call, bench.context());
  if (state.state !== 'running') throw new Error('done at once');
  expect(await adapter.cancel!(state.task, bench.context())).toBe(true);
  expect(await bench.lastUse('kwaivgi/kling-v3-video')).toMatchObject({ charged: false });
  const other = await adapter.submit(call, bench.context());
  if (other.state !== 'running') throw new Error('done at once');
  await bench.control('POST', 'clock', { advanceSeconds: 2 * 3600 });
  await expect(adapter.poll(other.task, bench.context())).rejects.toThrow('after an hour');
});
