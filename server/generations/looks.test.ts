import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { lookOf } from './looks.ts';

test('a look at a picture of any kind is a small WebP that fits a notification', async () => {
  // Noise is what compresses worst.
  const raw = { width: 1024, height: 1536, channels: 3 as const };
  const noise = await sharp(randomBytes(raw.width * raw.height * 3), { raw })
    .png()
    .toBuffer();
  const look = await lookOf(noise);
  expect(look === null || Buffer.from(look, 'base64').length <= 5_000).toBe(true);
  const calm = await sharp({ create: { ...raw, background: '#369' } })
    .jpeg()
    .toBuffer();
  const image = Buffer.from((await lookOf(calm))!, 'base64');
  expect(await sharp(image).metadata()).toMatchObject({ format: 'webp', height: 160 });
});

test('what is no picture shows nothing of itself', async () => {
  await expect(lookOf(Buffer.from('no picture'))).rejects.toThrow();
});
