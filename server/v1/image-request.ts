import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import { fieldOf } from './fit.ts';
import { ApiError } from './openai-errors.ts';

/** A call of OpenAI's images API, as far as it says how the answer is to look. */
export interface ImageRequest {
  params: Record<string, unknown>;
  answersUrl: boolean;
}

/** Fields that say nothing to the model, or that are put into its own words here. */
const HANDLED = new Set([
  'model',
  'prompt',
  'n',
  'size',
  'quality',
  'background',
  'output_format',
  'response_format',
  'user',
  'stream',
  'partial_images',
  'mluen',
]);

/**
 * OpenAI's fields in the words of whichever image model: a size becomes width and height, or a shape, where the model has
 * no size. A model's own parameters may stand beside them by their names. What it cannot do throws `ApiError` 400.
 */
export function imageRequest(model: CatalogueModel, asked: Record<string, unknown>): ImageRequest {
  if (typeof asked.prompt !== 'string' && fieldOf(model, 'prompt') !== undefined)
    throw bad('prompt', 'Send the words for the picture as `prompt`.');
  if (asked.stream === true) throw bad('stream', 'Pictures are answered whole: leave `stream` out.');
  const format = asked.response_format ?? 'b64_json';
  if (format !== 'url' && format !== 'b64_json')
    throw bad('response_format', 'It takes `url` or `b64_json`.');
  const own = Object.entries(asked).filter(([name, value]) => !HANDLED.has(name) && value != null);
  return {
    answersUrl: format === 'url',
    params: {
      ...Object.fromEntries(own),
      ...(asked.prompt == null ? {} : { prompt: asked.prompt }),
      ...countOf(model, asked.n),
      ...sizeOf(model, asked.size),
      ...usual(model, 'quality', asked.quality, ['auto', 'standard']),
      ...backgroundOf(model, asked.background),
      ...formatOf(model, asked.output_format),
    },
  };
}

function countOf(model: CatalogueModel, n: unknown): Record<string, unknown> {
  if (n == null) return {};
  if (fieldOf(model, 'n') !== undefined) return { n };
  if (n === 1) return {};
  throw bad('n', `${model.name} makes one picture a call: send \`n: 1\`, and call again for more.`);
}

function sizeOf(model: CatalogueModel, size: unknown): Record<string, unknown> {
  if (size == null) return {};
  if (typeof size !== 'string') throw bad('size', 'Send it as `1024x1024`.');
  const own = fieldOf(model, 'size');
  const takesWords = own?.enum === undefined || (own.enum as string[]).includes(size);
  if (own !== undefined && takesWords && !(size === 'auto' && !isAutoOf(own))) return { size };
  if (size === 'auto') return {};
  const [, width, height] = /^(\d{2,5})x(\d{2,5})$/.exec(size)?.map(Number) ?? [];
  if (width === undefined || height === undefined || width === 0 || height === 0)
    throw bad('size', 'Send it as `1024x1024`, or `auto`.');
  if (fieldOf(model, 'width') !== undefined)
    return {
      ...(fieldOf(model, 'aspect_ratio') === undefined ? {} : { aspect_ratio: 'custom' }),
      width,
      height,
    };
  const shapes = (fieldOf(model, 'aspect_ratio')?.enum ?? []) as string[];
  const shape = shapes.find((each) => isShape(each, width, height));
  if (shape !== undefined) return { aspect_ratio: shape };
  const offered = (own?.enum as string[] | undefined) ?? shapes;
  throw bad(
    'size',
    offered.length === 0
      ? `${model.name} decides on the size itself: leave \`size\` out.`
      : `${model.name} makes ${offered.filter((each) => /\d/.test(each)).join(', ')}; send a size of such a shape.`,
  );
}

const isAutoOf = (field: Record<string, unknown>): boolean =>
  field.enum === undefined ? String(field.pattern ?? 'auto').includes('auto') : true;

/** `3:2` and 1536x1024 are one shape. */
function isShape(shape: string, width: number, height: number): boolean {
  const [x, y] = shape.split(':').map(Number);
  return x !== undefined && y !== undefined && x * height === y * width;
}

/** A field that the model has, or whose value is what any model does anyhow. */
function usual(
  model: CatalogueModel,
  name: string,
  value: unknown,
  anyhow: readonly string[],
): Record<string, unknown> {
  if (value == null) return {};
  const field = fieldOf(model, name);
  const isAnyhow = anyhow.includes(String(value));
  if (
    field !== undefined &&
    !(isAnyhow && !((field.enum as unknown[] | undefined) ?? [value]).includes(value))
  )
    return { [name]: value };
  if (isAnyhow) return {};
  throw bad(name, `${model.name} has no \`${name}\`: leave it out.`);
}

function backgroundOf(model: CatalogueModel, background: unknown): Record<string, unknown> {
  if (background === 'transparent' && fieldOf(model, 'transparent_bg') !== undefined)
    return { transparent_bg: true };
  return usual(model, 'background', background, ['auto', 'opaque']);
}

function formatOf(model: CatalogueModel, format: unknown): Record<string, unknown> {
  const offered = (fieldOf(model, 'output_format')?.enum ?? []) as string[];
  if (format === 'jpeg' && offered.includes('jpg')) return { output_format: 'jpg' };
  return usual(model, 'output_format', format, []);
}

function bad(param: string, message: string): ApiError {
  return new ApiError(400, 'invalid_request_error', 'unsupported_value', `${param}: ${message}`, { param });
}
