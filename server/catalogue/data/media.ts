import type { Accepts } from '#server/catalogue/shipped.ts';
import { choice, decimal, file, files, flag, shaped, whole, words } from './schema.ts';
import { MEGABYTE } from './text.ts';

/**
 * One vocabulary for media over all providers; adapters turn it into the provider's own words:
 * `prompt`, `negative_prompt`, `images` (to change or take from), `first_frame`, `last_frame`, `reference_images`,
 * `reference_videos`, `reference_audios`, `video` (to change or go on from), `aspect_ratio`, `resolution`, `duration`
 * (whole seconds), `audio`, `seed`, `n`. What only one provider has keeps that provider's name.
 * Whatever changes the price has a default that is sent, so that no default of the provider's decides a price.
 */

export const firstFrame = () => file('First frame', 'The picture that the clip begins with.', 'image');
export const lastFrame = () =>
  file('Last frame', 'The picture that the clip ends with; needs a first frame.', 'image', {
    advanced: true,
  });
export const referenceImages = (most: number) =>
  files('Reference pictures', 'People, things or a style that should appear.', 'image', most, {
    advanced: true,
  });
export const referenceVideos = (most: number) =>
  files(
    'Reference clips',
    'Clips whose motion, camera or people should appear. Their seconds are charged too.',
    'video',
    most,
    {
      advanced: true,
    },
  );
export const referenceAudios = (most: number) =>
  files('Reference sounds', 'A voice or music that should be heard.', 'audio', most, { advanced: true });

/** Without a fallback, the provider takes the ratio of a picture that is sent in, or square. */
export const aspectRatio = (values: readonly string[], fallback?: string) =>
  choice('Ratio', 'Width to height.', values, fallback, {
    group: 'output',
    ...(fallback === undefined ? { providerDefault: 'like the picture sent in, or 1:1' } : {}),
  });
export const resolution = (values: readonly string[], fallback: string) =>
  choice('Resolution', 'More pixels cost more.', values, fallback, { group: 'output' });
export const duration = (min: number, max: number, fallback: number) =>
  whole(
    'Length',
    'How many seconds the clip lasts. Each is charged.',
    { min, max, fallback },
    {
      group: 'output',
      unit: 's',
    },
  );
export const durations = (values: readonly number[], fallback: number) =>
  choice('Length', 'How many seconds the clip lasts. Each is charged.', values, fallback, {
    group: 'output',
    unit: 's',
  });
export const withAudio = (fallback: boolean) =>
  flag('Sound', 'Makes sound together with the pictures.', fallback, { group: 'output' });
export const negativePrompt = (most: number) =>
  words('Not wanted', 'What should not appear.', most, { group: 'input', advanced: true });
export const count = (max: number) =>
  whole(
    'Pictures',
    'How many pictures to make. Each is charged.',
    { min: 1, max, fallback: 1 },
    { group: 'output' },
  );
export const watermark = () =>
  flag('Watermark', 'Puts the provider’s mark on the result.', false, { group: 'output', advanced: true });

/** `1280x720`, or with another sign between the sides. Without a fallback, the size follows a picture that is sent in. */
export const freeSize = (
  fallback: string | undefined,
  rule: { multipleOf: number; maxRatio: number; minPixels?: number; maxPixels: number },
  presets: { label: string; value: string }[],
  named: readonly string[] = [],
) =>
  shaped(
    'Size',
    `Width × height in pixels, at most ${(rule.maxPixels / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} megapixels.`,
    {
      type: 'string',
      pattern: `^(${[...named, '[1-9][0-9]{2,3}x[1-9][0-9]{2,3}'].join('|')})$`,
      ...(fallback === undefined ? {} : { default: fallback }),
      'x-size': rule,
    },
    { group: 'output', widget: 'size', advanced: false, presets },
  );

export const speed = (min: number, max: number) =>
  decimal(
    'Speed',
    'How fast the voice speaks; 1 is normal.',
    { min, max, fallback: 1 },
    { group: 'style', step: 0.05 },
  );

export const PICTURES = ['image/png', 'image/jpeg', 'image/webp'];
export const CLIPS = ['video/mp4', 'video/quicktime'];
export const SOUNDS = ['audio/wav', 'audio/mpeg'];

/** `limits`: what the provider demands of files beside their type, number and size. */
export const takes = (
  mediaTypes: string[],
  maxFiles: number,
  megabytes: number,
  limits?: Accepts['limits'],
): Accepts => ({
  mediaTypes,
  maxFiles,
  maxBytes: megabytes * MEGABYTE,
  ...(limits === undefined ? {} : { limits }),
});
