import { afterAll, expect, test } from 'vitest';
import { startKling } from '#sandbox/kling/kling.ts';
import { startClips } from '#tests/support/clips.ts';
import { aCall, type ContractCall, faultOf, openBench } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import type { TaskAdapter } from '../provider.ts';
import { aPicture, aRecording, FILE_ID } from '../test-files.ts';
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
const CLIP_ID = '0190a0a0-0000-7000-8000-000000000002';
const SOUND_ID = '0190a0a0-0000-7000-8000-000000000003';
const clips = await startClips();
afterAll(clips.close);

/** Of a clip whose lips move, the face that was found is charged beside its seconds. */
const withFace: ContractCall['agrees'] = ({ request: _, ...used }, { unit: __, ...booked }) =>
  expect(used).toEqual(booked);

const SECRET = 'whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=';

contractTests(kling, {
  start: () => startKling({ webhookSecret: SECRET }),
  extra: { KLING_WEBHOOK_SECRET: SECRET },
  signsCallbacks: true,
  usage: 'asked',
  calls: [
    {
      ...video,
      model: 'motion-control/kling-2.6',
      bookedAs: 'kling-2.6',
      params: {
        first_frame: `file:${FILE_ID}`,
        reference_video: `file:${CLIP_ID}`,
        resolution: '720p',
        audio: 'off',
      },
      files: [await aPicture(), clips.clip(CLIP_ID)],
    },
    {
      ...video,
      model: 'kling-3.0-omni',
      params: {
        reference_images: [`file:${FILE_ID}`],
        reference_video: `file:${CLIP_ID}`,
        resolution: '720p',
        duration: 5,
        audio: 'off',
      },
      files: [await aPicture(), clips.clip(CLIP_ID)],
    },
    {
      operation: 'video',
      model: 'avatar',
      params: { first_frame: `file:${FILE_ID}`, sound_file: `file:${SOUND_ID}`, mode: 'pro' },
      files: [await aPicture(), aRecording(SOUND_ID, 4)],
      yields: 'video',
      agrees: counted,
    },
    {
      operation: 'video',
      model: 'lip-sync',
      params: { video: `file:${CLIP_ID}`, sound_file: `file:${SOUND_ID}`, sound_volume: 1.5 },
      files: [clips.clip(CLIP_ID), aRecording(SOUND_ID, 4)],
      wordless: true,
      yields: 'video',
      agrees: withFace,
    },
    {
      operation: 'sound',
      model: 'video-to-audio',
      params: { video: `file:${CLIP_ID}`, bgm_prompt: 'strings' },
      files: [clips.clip(CLIP_ID)],
      yields: 'audio',
      agrees: counted,
    },
    {
      operation: 'speech',
      model: 'tts',
      params: { voice: 'oversea_male1', voice_language: 'en', speed: 1 },
      yields: 'audio',
      agrees: counted,
    },
    {
      operation: 'image',
      model: 'kling-image-o1',
      params: { series_amount: 3, resolution: '1k', aspect_ratio: '1:1' },
      yields: 'image',
      agrees: counted,
    },
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
