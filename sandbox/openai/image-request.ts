import { imageModels } from './models.ts';
import { badRequest, notOneOf, type Refusal, unknownModel, wrongType } from './refusals.ts';

/** A request for images with its defaults filled in. */
export interface ImageRequest {
  model: string;
  prompt: string;
  n: number;
  size: string;
  quality: string;
  background: string;
  output_format: 'png' | 'webp' | 'jpeg';
  output_compression?: number;
  stream: boolean;
  partial_images: number;
}

const MAX_PROMPT = 32_000;
const MAX_PIXELS = 8_294_400;
/** What a body may hold. */
export const imageFields: ReadonlySet<string> = new Set(
  `model prompt n size quality complexity background output_format output_compression moderation input_fidelity stream
   partial_images user`.split(/\s+/),
);
const classicSizes = ['1024x1024', '1536x1024', '1024x1536'];

export function resolve(body: Record<string, unknown>): ImageRequest {
  const word = (name: string, otherwise: string) => {
    const value = body[name];
    return typeof value === 'string' && value !== 'auto' ? value : otherwise;
  };
  return {
    model: body.model as string,
    prompt: body.prompt as string,
    n: (body.n as number | undefined) ?? 1,
    size: word('size', '1024x1024'),
    quality: word('quality', 'medium'),
    background: word('background', 'opaque'),
    output_format: word('output_format', 'png') as ImageRequest['output_format'],
    output_compression: (body.output_compression as number | undefined) ?? undefined,
    stream: body.stream === true,
    partial_images: (body.partial_images as number | undefined) ?? 0,
  };
}

/** Says why OpenAI would refuse this body, or null. */
export function imageRefusal(body: Record<string, unknown>): Refusal | null {
  const { model, prompt } = body;
  if (typeof model !== 'string') return badRequest('you must provide a model parameter', null);
  if (!imageModels.includes(model)) return unknownModel(model);
  for (const name in body) {
    if (!imageFields.has(name)) return badRequest(`Unknown parameter: '${name}'.`, name, 'unknown_parameter');
  }
  if (prompt === undefined)
    return badRequest("Missing required parameter: 'prompt'.", 'prompt', 'missing_required_parameter');
  if (typeof prompt !== 'string') return wrongType('prompt', 'a string', prompt);
  if (prompt.length === 0) return badRequest("Invalid 'prompt': empty string.", 'prompt', 'empty_string');
  if (prompt.length > MAX_PROMPT) {
    return badRequest(
      `Invalid 'prompt': string too long. Expected a string with maximum length ${MAX_PROMPT}.`,
      'prompt',
      'string_above_max_length',
    );
  }
  return (
    wordsRefusal(body, model) ??
    sizeRefusal(body.size, model) ??
    numbersRefusal(body) ??
    togetherRefusal(body, model)
  );
}

function wordsRefusal(body: Record<string, unknown>, model: string): Refusal | null {
  const isLater = /^gpt-image-2\.[56]/.test(model);
  const allowed: Record<string, string[]> = {
    quality: ['auto', 'low', 'medium', 'high', ...(isLater ? ['xhigh', 'max'] : [])],
    background: ['auto', 'opaque', 'transparent'],
    output_format: ['png', 'webp', 'jpeg'],
    moderation: ['auto', 'low'],
    complexity: ['low', 'medium', 'high'],
    input_fidelity: ['high', 'low'],
  };
  for (const [name, words] of Object.entries(allowed)) {
    const value = body[name];
    if (value !== undefined && value !== null && !words.includes(String(value)))
      return notOneOf(name, words, value);
  }
  return null;
}

function sizeRefusal(size: unknown, model: string): Refusal | null {
  if (size === undefined || size === null || size === 'auto') return null;
  if (!/^gpt-image-2/.test(model))
    return classicSizes.includes(String(size)) ? null : notOneOf('size', [...classicSizes, 'auto'], size);
  const match = /^(\d+)x(\d+)$/.exec(String(size));
  if (match === null) return notOneOf('size', [...classicSizes, 'auto'], size);
  const [width, height] = [Number(match[1]), Number(match[2])];
  const ratio = width / height;
  const isGood =
    width % 16 === 0 &&
    height % 16 === 0 &&
    ratio >= 1 / 3 &&
    ratio <= 3 &&
    width * height <= MAX_PIXELS &&
    width > 0;
  if (isGood) return null;
  return badRequest(
    `Invalid size '${size}'. Both sides must be divisible by 16, the ratio between 1:3 and 3:1, and the total at most ${MAX_PIXELS} pixels.`,
    'size',
    'invalid_value',
  );
}

function numbersRefusal(body: Record<string, unknown>): Refusal | null {
  const ranges: Record<string, [number, number]> = {
    n: [1, 10],
    output_compression: [0, 100],
    partial_images: [0, 3],
  };
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (!Number.isInteger(value)) return wrongType(name, 'an integer', value);
    if ((value as number) < low || (value as number) > high) {
      return badRequest(
        `Invalid '${name}': expected an integer between ${low} and ${high}, but got ${value} instead.`,
        name,
        'invalid_value',
      );
    }
  }
  return null;
}

function togetherRefusal(body: Record<string, unknown>, model: string): Refusal | null {
  if (body.background === 'transparent' && body.output_format === 'jpeg') {
    return badRequest(
      'Transparent background is not supported for jpeg output format.',
      'background',
      'invalid_value',
    );
  }
  if (body.input_fidelity && model !== 'gpt-image-1.5') {
    return badRequest(
      `Unsupported parameter: 'input_fidelity' is not supported with ${model}.`,
      'input_fidelity',
      'unsupported_parameter',
    );
  }
  if (body.complexity && !model.startsWith('gpt-image-2.6')) {
    return badRequest(
      `Unsupported parameter: 'complexity' is not supported with ${model}.`,
      'complexity',
      'unsupported_parameter',
    );
  }
  if (body.partial_images && body.stream !== true) {
    return badRequest(
      "'partial_images' is only supported when 'stream' is true.",
      'partial_images',
      'invalid_value',
    );
  }
  return null;
}
