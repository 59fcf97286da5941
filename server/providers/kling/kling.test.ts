import { expect, test } from 'vitest';
import { startKling } from '#sandbox/kling/kling.ts';
import { aCall, type ContractCall, faultOf, openBench } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import type { TaskAdapter } from '../provider.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
import { kling } from './kling.ts';

/** The books hold vendor's units beside ours. */
const counted: ContractCall['agrees'] = (used, { unit: _, ...booked }) => expect(used).toEqual(booked);

const video: ContractCall = {
  operation: 'video',
  model: 'kling-3.0',
  params: {
    resolution: '720p',
    duration: 5,
    aspect_ratio: '16:9',
    audio: 'off',
    multi_shot: false,
    watermark: false,
  },
  yields: 'video',
  agrees: counted,
};
contractTests(kling, {
  start: startKling,
  calls: [
    video,
    {
      ...video,
      model: 'kling-2.5-turbo',
      params: { first_frame: `file:${FILE_ID}`, resolution: '720p', duration: 5, aspect_ratio: '16:9' },
      files: [await aPicture()],
    },
    {
      operation: 'image',
      model: 'kling-v3-omni',
      params: { images: [`file:${FILE_ID}`], resolution: '1k', n: 2, aspect_ratio: 'auto' },
      files: [await aPicture()],
      yields: 'image',
      agrees: counted,
    },
    { operation: 'sound', model: 'text-to-audio', params: { duration: 5 }, yields: 'audio', agrees: counted },
  ],
});

const bench = openBench(kling, startKling);
const adapter = kling.operations.video as TaskAdapter;

test('a job whose submission was never answered is found by our id, and a repeat makes no second one', async () => {
  const call = { ...aCall(video, 'x [sandbox:lost]'), generationId: '0190a0a0-0000-7000-8000-00000000dddd' };
  await faultOf(adapter.submit(call, bench.context()));
  const found = await adapter.find!(call, bench.context());
  expect(found).toMatchObject({ state: 'running' });
  expect(await adapter.submit(call, bench.context())).toMatchObject({
    task: (found as { task: object }).task,
  });
  expect(await adapter.find!({ ...call, generationId: 'never-sent' }, bench.context())).toBeNull();
});
