import { expect } from 'vitest';
import { startSeedance } from '#sandbox/seedance/seedance.ts';
import { contractTests } from '../contract-tests.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
import { seedance } from './seedance.ts';

contractTests(seedance, {
  start: startSeedance,
  calls: [
    {
      operation: 'video',
      model: 'dreamina-seedance-2-0-260128',
      params: { resolution: '720p', duration: 5, aspect_ratio: '16:9', audio: true, watermark: false },
      yields: 'video',
      agrees: (used, booked) => expect(used.output_video_token).toBe(Object.values(booked)[0]),
    },
    {
      operation: 'video',
      model: 'seedance-1-0-pro-250528',
      params: {
        first_frame: `file:${FILE_ID}`,
        resolution: '480p',
        duration: 4,
        aspect_ratio: 'adaptive',
        camera_fixed: true,
      },
      files: [await aPicture()],
      yields: 'video',
      agrees: (used, booked) => expect(used.output_video_token).toBe(Object.values(booked)[0]),
    },
    {
      operation: 'image',
      model: 'seedream-5-0-pro-260628',
      params: {
        images: [`file:${FILE_ID}`],
        size: '1K',
        output_format: 'png',
        max_images: 1,
        watermark: false,
      },
      files: [await aPicture()],
      yields: 'image',
    },
    {
      operation: 'image',
      model: 'seedream-4-5-251128',
      params: { size: '2K', max_images: 3, watermark: false },
      yields: 'image',
    },
  ],
});
