import { base64Of, fileIn, filesInOrFree, numberOf, plainParams } from '../input-files.ts';
import type { Call } from '../provider.ts';

/** Pictures go as bare base64: a data address is refused there. Fields as docs.bfl.ai has them, read 2026-11-24. */
export function imageBody(call: Call): Record<string, unknown> {
  const { images: _, ...params } = plainParams(call);
  const images = filesInOrFree(call, 'images', 'image').map(base64Of);
  if (call.upstreamModel === 'flux-3-image') return { ...params, ...(images.length > 0 ? { images } : {}) };
  const named = images.map((image, i) => [i === 0 ? 'input_image' : `input_image_${i + 1}`, image]);
  return { ...params, ...Object.fromEntries(named), ...webhook(call) };
}

/** What is sent in decides the mode: a clip is gone on from, frames begin and end one, words alone make one. */
export function videoBody(call: Call): Record<string, unknown> {
  const { audio, ...params } = plainParams(call);
  const common = { ...params, generate_audio: audio !== false, ...webhook(call) };
  const video = fileIn(call, 'video');
  if (video !== undefined) return { ...common, mode: 'v2v', start_video: base64Of(video) };
  const frames = [
    fileIn(call, 'first_frame') ?? filesInOrFree(call, 'first_frame', 'image')[0],
    fileIn(call, 'last_frame'),
  ];
  const keyframes = frames.filter((file) => file !== undefined).map(base64Of);
  return keyframes.length > 0 ? { ...common, mode: 'i2v', keyframes } : { ...common, mode: 't2v' };
}

/** Only addresses under HTTPS are called. */
function webhook({ webhook: given }: Call): Record<string, unknown> {
  return given?.url.startsWith('https:') ? { webhook_url: given.url, webhook_secret: given.secret } : {};
}

/** As they count: 1920 × 1080 is 1.98 megapixels. */
const PIXELS = 1024 * 1024;
/** Without a size the provider chooses, up to this. */
const MOST_MEGAPIXELS = 4;

export function outputMegapixels(call: Call): number {
  const pixels = numberOf(call.params.width, 0) * numberOf(call.params.height, 0);
  return pixels > 0 ? pixels / PIXELS : MOST_MEGAPIXELS;
}

/** Each picture sent in counts for itself, a begun megapixel whole. */
export function inputMegapixels(call: Call): number {
  return call.files.reduce(
    (sum, { width = 2048, height = 2048 }) => sum + Math.max(1, Math.ceil((width * height) / PIXELS)),
    0,
  );
}
