import { afterAll, expect } from 'vitest';
import { startQwen } from '#sandbox/qwen/qwen.ts';
import { startClips } from '#tests/support/clips.ts';
import type { ContractCall } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
import { qwen } from './qwen.ts';

/** The books count pictures that went in for every model; a price they have for one generation alone. */
const pictures: ContractCall['agrees'] = (used, { input_image: _, ...booked }) =>
  expect(used).toEqual(booked);

const CLIP_ID = '0190a0a0-0000-7000-8000-000000000002';
const clips = await startClips();
afterAll(clips.close);

contractTests(qwen, {
  start: startQwen,
  calls: [
    { operation: 'text', model: 'qwen3.8-flash', params: { max_completion_tokens: 8192 } },
    {
      operation: 'image',
      model: 'qwen-image-3.0-pro',
      params: {
        size: '1024x1024',
        n: 2,
        images: [`file:${FILE_ID}`],
        prompt_extend: false,
        watermark: false,
      },
      files: [await aPicture()],
      yields: 'image',
    },
    {
      operation: 'image',
      model: 'wan2.7-image',
      params: { size: '1K', n: 1, images: [`file:${FILE_ID}`] },
      files: [await aPicture()],
      yields: 'image',
      agrees: pictures,
    },
    {
      operation: 'image',
      model: 'wan2.5-i2i-preview',
      params: { size: '1024x1024', n: 1, images: [`file:${FILE_ID}`], watermark: false },
      files: [await aPicture()],
      yields: 'image',
      agrees: pictures,
    },
    {
      operation: 'image',
      model: 'wan2.7-image-pro',
      params: { size: '1K', n: 1, enable_sequential: true },
      yields: 'image',
      agrees: pictures,
    },
    {
      operation: 'image',
      model: 'qwen-image-edit-plus',
      params: { n: 1, images: [`file:${FILE_ID}`], prompt_extend: false, watermark: false },
      files: [await aPicture()],
      yields: 'image',
      agrees: pictures,
    },
    {
      operation: 'video',
      model: 'wan2.7-videoedit',
      params: { video: `file:${CLIP_ID}`, resolution: '720P', auto_duration: true, duration: 5 },
      files: [clips.clip(CLIP_ID)],
      yields: 'video',
    },
    {
      operation: 'video',
      model: 'wan2.7-r2v',
      params: {
        reference_images: [`file:${FILE_ID}`],
        reference_videos: [`file:${CLIP_ID}`],
        resolution: '720P',
        duration: 5,
        aspect_ratio: '16:9',
      },
      files: [await aPicture(), clips.clip(CLIP_ID)],
      yields: 'video',
    },
    {
      operation: 'video',
      model: 'wan3.0-video',
      params: { resolution: '720P', duration: 5, aspect_ratio: 'adaptive', audio: true, watermark: false },
      yields: 'video',
    },
    {
      operation: 'video',
      model: 'wan2.7-i2v',
      params: { first_frame: `file:${FILE_ID}`, resolution: '720P', duration: 5 },
      files: [await aPicture()],
      yields: 'video',
    },
  ],
});
