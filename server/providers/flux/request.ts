import { base64Of, fileIn, filesIn, filesInOrFree, numberOf, plainParams } from '../input-files.ts';
import type { Call, InputFile } from '../provider.ts';
import { ERASE } from './usage.ts';

/** Pictures go as bare base64: a data address is refused there. Fields as docs.bfl.ai has them, read 2026-11-24. */
export function imageBody(call: Call): Record<string, unknown> {
  const params = plainParams(call);
  const images = filesInOrFree(call, firstField(call), 'image').map(base64Of);
  if (call.upstreamModel === 'flux-3-image') return { ...params, ...(images.length > 0 ? { images } : {}) };
  const mask = fileIn(call, 'mask');
  return {
    ...params,
    ...Object.fromEntries(images.map((image, at) => [fieldOf(call.upstreamModel, at), image])),
    ...(mask === undefined ? {} : { mask: base64Of(mask) }),
    ...webhook(call),
  };
}

const firstField = (call: Call): string => (followsPicture(call.upstreamModel) ? 'image_prompt' : 'images');

/** FLUX.1 follows the composition of a picture; its tools change one; the others take several. */
const followsPicture = (model: string): boolean => /^flux-(pro-1\.1|dev)/.test(model);
const changesOne = (model: string): boolean => /^flux-(pro-1\.0-|tools\/)/.test(model);

function fieldOf(model: string, at: number): string {
  if (followsPicture(model)) return 'image_prompt';
  if (changesOne(model)) return 'image';
  return at === 0 ? 'input_image' : `input_image_${at + 1}`;
}

/** What is sent in decides the mode: a clip is gone on from, frames begin and end one, words alone make one. */
export function videoBody(call: Call): Record<string, unknown> {
  const { audio, keyframe_seconds: times, ...params } = plainParams(call);
  const common = { ...params, generate_audio: audio !== false, ...webhook(call) };
  const video = fileIn(call, 'video');
  if (video !== undefined) return { ...common, mode: 'v2v', start_video: base64Of(video) };
  const key = filesIn(call, 'keyframes').map(base64Of);
  if (key.length > 0)
    return {
      ...common,
      mode: 'i2v',
      keyframes: Array.isArray(times) ? key.map((image, at) => [times[at] ?? 0, image]) : key,
    };
  const frames = [
    fileIn(call, 'first_frame') ?? filesInOrFree(call, 'first_frame', 'image')[0],
    fileIn(call, 'last_frame'),
  ];
  const keyframes = frames.filter((file) => file !== undefined).map(base64Of);
  return keyframes.length > 0 ? { ...common, mode: 'i2v', keyframes } : { ...common, mode: 't2v' };
}

function webhook({ webhook: given }: Call): Record<string, unknown> {
  return given === undefined ? {} : { webhook_url: given.url, webhook_secret: given.secret };
}

/** As they count: 1920 × 1080 is 1.98 megapixels. */
const PIXELS = 1024 * 1024;
/** Without a size the provider chooses, up to this. */
const MOST_MEGAPIXELS = 4;

export function outputMegapixels(call: Call): number {
  const [picture] = filesInOrFree(call, 'images', 'image');
  // What is taken away from stays as large as it was.
  if (call.upstreamModel === ERASE) return pixelsOf(picture) / PIXELS;
  const pixels = numberOf(call.params.width, 0) * numberOf(call.params.height, 0);
  return pixels > 0 ? pixels / PIXELS : MOST_MEGAPIXELS;
}

/** Each picture sent in counts for itself, a begun megapixel whole. */
export function inputMegapixels(call: Call): number {
  return call.files.reduce((sum, file) => sum + Math.max(1, Math.ceil(pixelsOf(file) / PIXELS)), 0);
}

const pixelsOf = (file: InputFile | undefined): number => (file?.width ?? 4096) * (file?.height ?? 4096);
