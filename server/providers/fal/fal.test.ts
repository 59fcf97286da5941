import { expect } from 'vitest';
import { startFal } from '#sandbox/fal/fal.ts';
import type { ContractCall } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import { aPicture, aRecording, FILE_ID } from '../test-files.ts';
import { fal } from './fal.ts';

/** The books hold fal's own units beside those of our price. */
const counted: ContractCall['agrees'] = (used, { unit: _, ...booked }) => expect(used).toEqual(booked);

contractTests(fal, {
  start: () => startFal({ webhookKeySeed: Buffer.alloc(32, 1) }),
  // The public key that belongs to this seed.
  extra: { FAL_WEBHOOK_KEYS: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=' },
  signsCallbacks: true,
  calls: [
    {
      operation: 'image',
      model: 'fal-ai/flux-2-pro',
      usage: 'asked',
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
    {
      operation: 'video',
      model: 'bytedance/seedance-2.0/reference-to-video',
      params: { reference_images: [`file:${FILE_ID}`], resolution: '720p', duration: 5, audio: true },
      files: [await aPicture()],
      yields: 'video',
      agrees: counted,
    },
    {
      operation: 'video',
      model: 'fal-ai/veo3.1',
      params: { resolution: '720p', duration: 8, aspect_ratio: '16:9', audio: true, safety_tolerance: 4 },
      yields: 'video',
      agrees: counted,
    },
    {
      operation: 'image',
      model: 'fal-ai/flux-2-pro/edit',
      usage: 'asked',
      params: { images: [`file:${FILE_ID}`], size: '1024x1024', safety_tolerance: 2 },
      files: [await aPicture()],
      yields: 'image',
      agrees: ({ input_megapixel: _, ...used }, { unit: __, ...booked }) => expect(used).toEqual(booked),
    },
    {
      operation: 'image',
      model: 'fal-ai/flux-pro/v1.1-ultra',
      usage: 'asked',
      params: { n: 2, aspect_ratio: '16:9', safety_tolerance: 2 },
      yields: 'image',
      agrees: counted,
    },
    {
      operation: 'image',
      model: 'fal-ai/topaz/upscale/image',
      usage: 'asked',
      params: { images: [`file:${FILE_ID}`], upscale_factor: 2, model: 'Standard V2' },
      files: [await aPicture()],
      wordless: true,
      yields: 'image',
      agrees: counted,
    },
    {
      operation: 'speech',
      model: 'fal-ai/elevenlabs/tts/eleven-v3',
      usage: 'asked',
      params: { voice: 'Rachel', stability: 0.5 },
      yields: 'audio',
      agrees: counted,
    },
    {
      operation: 'sound',
      model: 'fal-ai/elevenlabs/sound-effects/v2',
      params: { duration: 5 },
      yields: 'audio',
      agrees: counted,
    },
    {
      operation: 'music',
      model: 'fal-ai/elevenlabs/music',
      params: { duration: 70, force_instrumental: true },
      yields: 'audio',
      agrees: counted,
    },
    {
      operation: 'transcription',
      model: 'fal-ai/elevenlabs/speech-to-text/scribe-v2',
      params: { audio: `file:${FILE_ID}`, diarize: false },
      files: [aRecording(FILE_ID, 3)],
      wordless: true,
      agrees: counted,
    },
  ],
});
