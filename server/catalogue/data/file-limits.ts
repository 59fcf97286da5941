import type { FileLimits } from '#contract/catalogue.ts';
import { MEGABYTE } from './text.ts';

/** What the providers' pages demand of files that are sent in, beside type and number. */

const KLING_PICTURE: FileLimits = {
  maxBytes: 10 * MEGABYTE,
  minSide: 300,
  minRatio: 0.4,
  maxRatio: 2.5,
};
export const KLING_FRAMES = { image: KLING_PICTURE };
export const KLING_CLIPS = {
  image: KLING_PICTURE,
  video: {
    maxBytes: 200 * MEGABYTE,
    minSeconds: 3,
    maxSeconds: 15.5,
    minSide: 700,
    maxSide: 4553,
    maxPixels: 8_294_400,
    minRatio: 0.4,
    maxRatio: 2,
    minFramesPerSecond: 24,
    maxFramesPerSecond: 60,
  },
};
export const KLING_MOTION = {
  image: KLING_PICTURE,
  video: { maxBytes: 100 * MEGABYTE, minSeconds: 3, maxSeconds: 30, minSide: 340, maxSide: 3850 },
};

const WAN_PICTURE: FileLimits = {
  maxBytes: 20 * MEGABYTE,
  minSide: 240,
  maxSide: 8000,
  minRatio: 1 / 8,
  maxRatio: 8,
};
const WAN_CLIP: FileLimits = { maxBytes: 100 * MEGABYTE, minSeconds: 2, maxSeconds: 10 };
const WAN_SOUND: FileLimits = { maxBytes: 15 * MEGABYTE, minSeconds: 2, maxSeconds: 30 };
export const WAN = { image: WAN_PICTURE, video: WAN_CLIP, audio: WAN_SOUND };
export const WAN_TOGETHER = {
  image: WAN_PICTURE,
  video: { ...WAN_CLIP, maxTotalSeconds: 15 },
  audio: { ...WAN_SOUND, maxTotalSeconds: 15 },
};
export const WAN_EARLIER = {
  image: { ...WAN_PICTURE, maxBytes: 10 * MEGABYTE, minSide: 360, maxSide: 2000 },
};

export const SEEDANCE = {
  image: { maxBytes: 30 * MEGABYTE, minSide: 300, maxSide: 6000, minRatio: 0.4, maxRatio: 2.5 },
  video: {
    maxBytes: 50 * MEGABYTE,
    minSeconds: 2,
    maxSeconds: 15,
    maxTotalSeconds: 15,
    minFramesPerSecond: 24,
    maxFramesPerSecond: 60,
  },
  audio: { maxBytes: 15 * MEGABYTE, minSeconds: 2, maxSeconds: 15 },
};

/** A request there has 32 MB, and base64 makes a third more of a file. */
export const ANTHROPIC = {
  image: { maxBytes: 7 * MEGABYTE, maxSide: 8000 },
  document: { maxBytes: 22 * MEGABYTE, maxPages: 600 },
};
export const GEMINI = { document: { maxBytes: 50 * MEGABYTE, maxPages: 1000 } };

/** A recording for the wall of ten hours and an instant. */
export const ELEVENLABS = {
  audio: { minSeconds: 0.1, maxSeconds: 36_000 },
  video: { minSeconds: 0.1, maxSeconds: 36_000 },
};
