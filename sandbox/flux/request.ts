import { sizeOfPicture } from '../kit/video.ts';
import type { Field, Model } from './models.ts';

/** One fault of a body, in FastAPI's shape. */
export interface Invalid {
  loc: (string | number)[];
  msg: string;
  type: string;
}

const MAX_MEGAPIXELS = 4;
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

const invalid = (name: string, msg: string, type: string): Invalid => ({ loc: ['body', name], msg, type });

/** Everything that is wrong with a body, and the sizes of the images in it. */
export async function inspect(
  body: Record<string, unknown>,
  model: Model,
): Promise<{ faults: Invalid[]; inputSizes: { width: number; height: number }[] }> {
  const faults: Invalid[] = [];
  const inputSizes: { width: number; height: number }[] = [];
  for (const name in body) {
    if (!(name in model.fields))
      faults.push(invalid(name, 'Extra inputs are not permitted', 'extra_forbidden'));
  }
  for (const [name, field] of Object.entries(model.fields)) {
    const value = body[name];
    if (value === undefined || value === null) {
      if ('required' in field && field.required) faults.push(invalid(name, 'Field required', 'missing'));
      continue;
    }
    if (field.kind === 'image' || field.kind === 'images') {
      for (const image of Array.isArray(value) ? value : [value]) {
        const size = await sizeOfInput(image);
        if (size === null)
          faults.push(invalid(name, 'Value error, Invalid image: expected a URL or base64', 'value_error'));
        else inputSizes.push(size);
      }
      continue;
    }
    const fault = fieldFault(name, field, value);
    if (fault !== null) faults.push(fault);
  }
  const area = (Number(body.width) || 0) * (Number(body.height) || 0);
  if ('disable_pup' in model.fields && area > MAX_MEGAPIXELS * 1024 * 1024) {
    faults.push(
      invalid('width', `Value error, Image must be at most ${MAX_MEGAPIXELS} megapixels`, 'value_error'),
    );
  }
  return { faults: [...faults, ...videoFaults(body, model)], inputSizes };
}

function fieldFault(name: string, field: Field, value: unknown): Invalid | null {
  switch (field.kind) {
    case 'text':
      return typeof value === 'string'
        ? null
        : invalid(name, 'Input should be a valid string', 'string_type');
    case 'flag':
      return typeof value === 'boolean'
        ? null
        : invalid(name, 'Input should be a valid boolean', 'bool_type');
    case 'word':
      return field.words.includes(String(value))
        ? null
        : invalid(name, `Input should be ${field.words.map((word) => `'${word}'`).join(' or ')}`, 'enum');
    case 'whole':
    case 'number': {
      if (typeof value !== 'number') return invalid(name, 'Input should be a valid number', 'float_type');
      if (field.kind === 'whole' && !Number.isInteger(value)) {
        return invalid(name, 'Input should be a valid integer', 'int_type');
      }
      if (field.kind === 'whole' && field.orZero && value === 0) return null;
      if (value < field.low) {
        return invalid(name, `Input should be greater than or equal to ${field.low}`, 'greater_than_equal');
      }
      if (value > field.high)
        return invalid(name, `Input should be less than or equal to ${field.high}`, 'less_than_equal');
      if (field.kind === 'whole' && field.multipleOf !== undefined && value % field.multipleOf !== 0) {
        return invalid(name, `Input should be a multiple of ${field.multipleOf}`, 'multiple_of');
      }
      return null;
    }
    case 'image':
    case 'images':
    case 'any':
      return null;
    default:
      return field satisfies never;
  }
}

function videoFaults(body: Record<string, unknown>, model: Model): Invalid[] {
  if (model.price.by !== 'second') return [];
  const faults: Invalid[] = [];
  const { mode, prompt, duration, keyframes } = body;
  if (mode === undefined) faults.push(invalid('mode', 'Field required', 'missing'));
  const isEnhance = mode === 'draft_enhance' || mode === 'draft-enhance';
  if (!isEnhance && typeof prompt !== 'string') faults.push(invalid('prompt', 'Field required', 'missing'));
  if (isEnhance && typeof body.draft_cache !== 'string')
    faults.push(invalid('draft_cache', 'Field required', 'missing'));
  const isGoodDuration =
    duration === undefined ||
    duration === 'auto' ||
    (Number.isInteger(duration) && Number(duration) >= 5 && Number(duration) <= 20);
  if (!isGoodDuration)
    faults.push(invalid('duration', "Input should be 'auto' or an integer from 5 to 20", 'value_error'));
  if (mode === 'i2v' || mode === 'image-continuation') {
    if (!Array.isArray(keyframes) || keyframes.length < 1 || keyframes.length > 10) {
      faults.push(invalid('keyframes', 'List should have 1 to 10 items', 'too_short'));
    } else if (!areFrames(keyframes)) {
      faults.push(
        invalid(
          'keyframes',
          'Value error, expected images, or [second, image] in ascending time',
          'value_error',
        ),
      );
    } else if (keyframes.length > 2 && !Number.isInteger(duration)) {
      faults.push(
        invalid('duration', 'Value error, duration is required with three or more keyframes', 'value_error'),
      );
    }
  }
  if ((mode === 'v2v' || mode === 'video-continuation') && typeof body.start_video !== 'string') {
    faults.push(invalid('start_video', 'Field required', 'missing'));
  }
  return faults;
}

/** Plain images, or pairs of a second and an image in rising order: never both. */
function areFrames(frames: unknown[]): boolean {
  if (frames.every((frame) => typeof frame === 'string')) return true;
  const times = frames.map((frame) =>
    Array.isArray(frame) && frame.length === 2 && typeof frame[1] === 'string'
      ? Number(frame[0])
      : Number.NaN,
  );
  return times.every((time, at) => time >= 0 && (at === 0 || time > times[at - 1]!));
}

/** Null: not an image. A picture behind an address is not fetched, and counts as one megapixel. */
async function sizeOfInput(image: unknown): Promise<{ width: number; height: number } | null> {
  if (typeof image !== 'string') return null;
  if (/^https?:\/\//.test(image)) return { width: 1024, height: 1024 };
  if (!/^[A-Za-z0-9+/\s]+=*\s*$/.test(image.slice(0, 1000))) return null;
  const bytes = Buffer.from(image, 'base64');
  if (bytes.length > MAX_IMAGE_BYTES) return null;
  return sizeOfPicture(bytes).catch(() => null);
}
