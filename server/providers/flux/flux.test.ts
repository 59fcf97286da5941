import { expect, test } from 'vitest';
import { startFlux } from '#sandbox/flux/flux.ts';
import { contractTests } from '../contract-tests.ts';
import type { TaskAdapter } from '../provider.ts';
import { aPicture, FILE_ID } from '../test-files.ts';
import { flux } from './flux.ts';

/** The provider books credits, which are cents: its list prices of our units must come to them. */
const worth =
  (prices: Record<string, number>) => (used: Record<string, number>, booked: Record<string, number>) => {
    const cents = Object.entries(used).reduce((sum, [unit, count]) => sum + count * prices[unit]!, 0);
    expect(cents).toBeCloseTo(booked.credit!, 6);
  };

const MASK_ID = '0190a0a0-0000-7000-8000-000000000002';

contractTests(flux, {
  start: startFlux,
  signsCallbacks: true,
  usage: 'asked',
  calls: [
    {
      operation: 'image',
      model: 'flux-2-pro',
      fits: ['bfl', 'Flux2Inputs'],
      params: { width: 1024, height: 1024 },
      yields: 'image',
      agrees: worth({ first_megapixel: 3 }),
    },
    {
      operation: 'image',
      model: 'flux-2-max',
      params: { width: 1920, height: 1088, images: [`file:${FILE_ID}`] },
      files: [await aPicture()],
      yields: 'image',
      agrees: worth({ first_megapixel: 7, extra_megapixel: 3, input_megapixel: 3 }),
    },
    {
      operation: 'image',
      model: 'flux-2-flex',
      fits: ['bfl', 'Flux2FlexInputs'],
      params: { width: 1024, height: 1024, steps: 20, guidance: 4, prompt_upsampling: false },
      yields: 'image',
      agrees: worth({ first_megapixel: 5 }),
    },
    {
      operation: 'image',
      model: 'flux-2-klein-9b',
      fits: ['bfl', 'Flux2KleinInputs'],
      params: { width: 1024, height: 1024 },
      yields: 'image',
      agrees: worth({ first_megapixel: 1.5 }),
    },
    {
      operation: 'image',
      model: 'flux-kontext-pro',
      fits: ['bfl', 'FluxKontextProInputs'],
      params: { images: [`file:${FILE_ID}`], aspect_ratio: '16:9' },
      files: [await aPicture()],
      yields: 'image',
      agrees: worth({ image: 4 }),
    },
    {
      operation: 'image',
      model: 'flux-pro-1.1-ultra',
      fits: ['bfl', 'FluxUltraInput'],
      params: { image_prompt: `file:${FILE_ID}`, image_prompt_strength: 0.4, raw: true },
      files: [await aPicture()],
      yields: 'image',
      agrees: worth({ image: 6 }),
    },
    {
      operation: 'image',
      model: 'flux-pro-1.0-fill',
      fits: ['bfl', 'FluxProFillInputs'],
      params: { images: [`file:${FILE_ID}`], mask: `file:${MASK_ID}` },
      files: [await aPicture(), await aPicture(MASK_ID)],
      yields: 'image',
      agrees: worth({ image: 5 }),
    },
    {
      operation: 'image',
      model: 'flux-pro-1.0-expand',
      fits: ['bfl', 'FluxProExpandInputs'],
      params: { images: [`file:${FILE_ID}`], left: 256, right: 256 },
      files: [await aPicture()],
      yields: 'image',
      agrees: worth({ image: 5 }),
    },
    {
      operation: 'image',
      model: 'flux-tools/erase-v1',
      params: { images: [`file:${FILE_ID}`], mask: `file:${MASK_ID}`, dilate_pixels: 4 },
      files: [await aPicture(FILE_ID, 1600, 1200), await aPicture(MASK_ID, 1600, 1200)],
      wordless: true,
      yields: 'image',
      agrees: worth({ first_megapixel: 3, extra_megapixel: 0.4 }),
    },
    {
      operation: 'image',
      model: 'flux-3-image',
      neverCallsBack: true,
      yields: 'image',
      agrees: worth({ image: 4.8 }),
    },
    {
      operation: 'video',
      model: 'flux-3-video',
      params: { duration: 5, resolution: 'hd', aspect_ratio: '16:9', audio: true },
      yields: 'video',
      agrees: worth({ second: 17 }),
    },
  ],
});

test('a callback with a wrong signature is refused, an unsigned one is a hint', () => {
  const { verifyWebhook, taskFromWebhook } = flux.operations.image as TaskAdapter;
  const raw = Buffer.from('{"id":"abc","status":"Ready"}');
  expect(verifyWebhook!({ 'x-bfl-signature': 'sha256=00' }, raw, 'secret')).toBe(false);
  expect(verifyWebhook!({}, raw, 'secret')).toBe(true);
  expect(taskFromWebhook!(raw)).toMatchObject({ id: 'abc' });
  expect(taskFromWebhook!(Buffer.from('not json'))).toBeNull();
});
