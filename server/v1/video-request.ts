import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { fieldOf } from './fit.ts';
import { ApiError } from './openai-errors.ts';

const HANDLED = new Set(['model', 'prompt', 'seconds', 'size', 'input_reference', 'user', 'mluen']);

/** OpenAI's fields of `/v1/videos` in the words of whichever model films; its own may stand beside them. Throws `ApiError` 400. */
export function videoParams(model: CatalogueModel, asked: Record<string, unknown>): Record<string, unknown> {
  const own = Object.entries(asked).filter(([name, value]) => !HANDLED.has(name) && value != null);
  return {
    ...(asked.prompt == null ? {} : { prompt: asked.prompt }),
    ...lengthOf(model, asked.seconds),
    ...frameOf(model, asked.size),
    ...Object.fromEntries(own),
  };
}

function lengthOf(model: CatalogueModel, seconds: unknown): Record<string, unknown> {
  if (seconds == null) return {};
  const duration = Number(seconds);
  if (!Number.isInteger(duration)) throw bad('seconds', 'Send a whole number, such as "8".');
  if (fieldOf(model, 'duration') === undefined)
    throw bad('seconds', `${model.name} decides on the length itself: leave it out.`);
  return { duration };
}

/** By the shorter side, as the providers call them. */
const NAMES: Record<number, readonly string[]> = {
  360: ['360p'],
  480: ['480p'],
  720: ['720p', 'hd'],
  1080: ['1080p', 'fhd'],
  2160: ['4k'],
};

/** A size is a shape and a resolution there. */
function frameOf(model: CatalogueModel, size: unknown): Record<string, unknown> {
  if (size == null) return {};
  const [, width = 0, height = 0] = /^(\d{3,4})x(\d{3,4})$/.exec(String(size))?.map(Number) ?? [];
  if (width === 0 || height === 0) throw bad('size', 'Send it as `1280x720`.');
  const shapes = enumOf(model, 'aspect_ratio');
  const resolutions = enumOf(model, 'resolution');
  const shape = shapes.find((each) => {
    const [x = 0, y = 0] = each.split(':').map(Number);
    return y !== 0 && x * height === y * width;
  });
  const names = NAMES[Math.min(width, height)] ?? [];
  const resolution = resolutions.find((each) => names.includes(each.toLowerCase()));
  const isShaped = shapes.length === 0 || shape !== undefined;
  const isFine = resolutions.length === 0 || resolution !== undefined;
  if (!isShaped || !isFine || (shapes.length === 0 && resolutions.length === 0))
    throw bad('size', `${model.name} takes ${[...shapes, ...resolutions].join(', ') || 'no size'}.`);
  return {
    ...(shape === undefined ? {} : { aspect_ratio: shape }),
    ...(resolution === undefined ? {} : { resolution }),
  };
}

function enumOf(model: CatalogueModel, name: string): string[] {
  return ((fieldOf(model, name)?.enum ?? []) as unknown[]).map(String);
}

/** The size of a film by its parameters, where they tell one. */
export function sizeOf(params: Record<string, unknown>): string | undefined {
  const [x = 0, y = 0] = String(params.aspect_ratio ?? '')
    .split(':')
    .map(Number);
  const name = String(params.resolution ?? '').toLowerCase();
  const side = Number(Object.entries(NAMES).find(([, names]) => names.includes(name))?.[0]);
  if (!x || !y || Number.isNaN(side)) return undefined;
  const long = Math.round((side * Math.max(x, y)) / Math.min(x, y));
  return x >= y ? `${long}x${side}` : `${side}x${long}`;
}

export function bad(param: string, message: string): ApiError {
  return new ApiError(400, 'invalid_request_error', 'unsupported_value', `${param}: ${message}`, { param });
}
