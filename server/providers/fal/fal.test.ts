import { expect } from 'vitest';
import { startFal } from '#sandbox/fal/fal.ts';
import type { ContractCall } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
import { fal } from './fal.ts';

/** The books hold fal's own units beside those of our price. */
const counted: ContractCall['agrees'] = (used, { unit: _, ...booked }) => expect(used).toEqual(booked);

contractTests(fal, {
  start: startFal,
  calls: [
    {
      operation: 'image',
      model: 'fal-ai/flux-2-pro',
      params: { size: '1024x1024', seed: 7 },
      yields: 'image',
      agrees: counted,
    },
    {
      operation: 'video',
      model: 'fal-ai/kling-video/v3/standard/image-to-video',
      params: { first_frame: `file:${FILE_ID}`, duration: 5, audio: false },
      files: [await aPicture()],
      yields: 'video',
      agrees: counted,
    },
    {
      operation: 'video',
      model: 'bytedance/seedance-2.0/fast/text-to-video',
      params: { resolution: '720p', duration: 5, aspect_ratio: '16:9', audio: true },
      yields: 'video',
      agrees: counted,
    },
  ],
});
