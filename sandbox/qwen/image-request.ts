import { seedOf } from '../kit/prose.ts';
import { sizeOfPicture } from '../kit/video.ts';
import { imageFields, strangeField } from './fields.ts';
import { badParameter, type Refused } from './refusals.ts';

interface ImageModel {
  most: number;
  inputs: number;
  /** The only sizes, where they are not free. */
  sizes?: readonly string[];
  /** Paths that serve it. */
  sync: boolean;
  async: 'generation' | 'text2image' | 'image2image' | null;
  needsInput?: boolean;
}

const listed = ['1664*928', '1472*1104', '1328*1328', '1104*1472', '928*1664'];
const free: ImageModel = { most: 6, inputs: 3, sync: true, async: null };
const fixed: ImageModel = { most: 1, inputs: 0, sizes: listed, sync: true, async: null };
const wan: ImageModel = { most: 4, inputs: 9, sync: true, async: 'generation' };

export const imageModels: Readonly<Record<string, ImageModel>> = {
  'qwen-image-3.0-pro': free,
  'qwen-image-3.0': free,
  'qwen-image-2.0-pro': free,
  'qwen-image-2.0': free,
  'qwen-image-max': fixed,
  'qwen-image-plus': { ...fixed, async: 'text2image' },
  'qwen-image': { ...fixed, async: 'text2image' },
  'qwen-image-edit-max': { ...free, needsInput: true },
  'qwen-image-edit-plus': { ...free, needsInput: true },
  'qwen-image-edit': { ...free, most: 1, needsInput: true },
  'wan2.7-image-pro': wan,
  'wan2.7-image': wan,
  'wan2.6-image': wan,
  'wan2.6-t2i': { ...wan, inputs: 0 },
  'wan2.5-t2i-preview': { most: 4, inputs: 0, sync: false, async: 'text2image' },
  'wan2.5-i2i-preview': { most: 4, inputs: 3, sync: false, async: 'image2image', needsInput: true },
};

export interface ImageWork {
  kind: 'image';
  prompt: string;
  width: number;
  height: number;
  count: number;
  /** Pictures sent along. */
  references: number;
  /** How the result of a task is written. */
  form: 'choices' | 'results';
  seed: number;
}

const sides: Record<string, number> = { '1K': 1024, '2K': 2048, '4K': 4096 };

/** A body as work, or why it is refused. `path` is the word of the route. */
export async function imageWork(
  body: Record<string, unknown>,
  path: 'multimodal' | 'generation' | 'text2image' | 'image2image',
): Promise<ImageWork | Refused> {
  const name = String(body.model);
  const model = imageModels[name];
  if (model === undefined)
    return { status: 404, code: 'ModelNotFound', message: `Model can not be found: ${name}` };
  if (path === 'multimodal' ? !model.sync : model.async !== path)
    return badParameter('url error, please check url!');
  const input = (body.input ?? {}) as Record<string, unknown>;
  const parameters = (body.parameters ?? {}) as Record<string, unknown>;
  const strange = strangeField(body, imageFields(name));
  if (strange !== undefined) return badParameter(`${strange} is not supported by this model`);
  const read = path === 'text2image' || path === 'image2image' ? plainInput(input) : messageInput(input);
  if ('code' in read) return read;
  const { prompt, images } = read;
  if (images.length > model.inputs) return badParameter(`at most ${model.inputs} images are allowed`);
  if (model.needsInput && images.length === 0) return badParameter('image is required');
  for (const image of images) {
    const refusal = await inputRefusal(image);
    if (refusal !== null) return refusal;
  }
  const { n = 1, seed } = parameters;
  const most = parameters.enable_sequential === true ? 12 : model.most;
  if (!Number.isInteger(n) || Number(n) < 1 || Number(n) > most)
    return badParameter(`num_images_per_prompt must be 1 to ${most}`);
  if (
    seed !== undefined &&
    !(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) <= 2_147_483_647)
  )
    return badParameter('seed is invalid');
  const size = sizeOf(parameters.size, model, name);
  if ('code' in size) return size;
  return {
    kind: 'image',
    prompt,
    ...size,
    count: parameters.enable_sequential === true && parameters.n === undefined ? 12 : Number(n),
    references: images.length,
    form: path === 'text2image' || path === 'image2image' ? 'results' : 'choices',
    seed: typeof seed === 'number' ? seed : seedOf(prompt),
  };
}

function plainInput(input: Record<string, unknown>): { prompt: string; images: unknown[] } | Refused {
  if (typeof input.prompt !== 'string' || input.prompt === '') return badParameter('prompt is required');
  return { prompt: input.prompt, images: (input.images as unknown[] | undefined) ?? [] };
}

function messageInput(input: Record<string, unknown>): { prompt: string; images: unknown[] } | Refused {
  const messages = input.messages as
    | { role?: string; content?: { text?: string; image?: string }[] }[]
    | undefined;
  const [message, ...others] = messages ?? [];
  if (
    message === undefined ||
    others.length > 0 ||
    message.role !== 'user' ||
    !Array.isArray(message.content)
  ) {
    return badParameter('messages must hold exactly one user message with a content list');
  }
  const texts = message.content.flatMap(({ text }) => (text === undefined ? [] : [text]));
  if (texts.length !== 1 || texts[0] === '') return badParameter('content must hold exactly one text');
  return {
    prompt: texts[0] as string,
    images: message.content.flatMap(({ image }) => (image === undefined ? [] : [image])),
  };
}

async function inputRefusal(image: unknown): Promise<Refused | null> {
  if (typeof image !== 'string') return badParameter('image is invalid');
  if (/^(https?|oss):\/\//.test(image)) return null;
  const match = /^data:image\/[a-z]+;base64,(.+)$/s.exec(image);
  if (match === null)
    return { status: 400, code: 'InvalidURL', message: 'The provided URL does not appear to be valid.' };
  const size = await sizeOfPicture(Buffer.from(match[1] as string, 'base64')).catch(() => null);
  if (size === null)
    return {
      status: 400,
      code: 'InvalidParameter.DataInspection',
      message: 'Unable to download or decode the media resource.',
    };
  const isGood = Math.min(size.width, size.height) >= 240 && Math.max(size.width, size.height) <= 8000;
  return isGood ? null : badParameter('image sides must be between 240 and 8000 pixels');
}

function sizeOf(size: unknown, model: ImageModel, name: string): { width: number; height: number } | Refused {
  const text = String(size ?? model.sizes?.[2] ?? (name.startsWith('wan2.7') ? '2K' : '1024*1024'));
  const side = name.startsWith('wan2.7') ? sides[text] : undefined;
  if (side !== undefined) return { width: side, height: side };
  const match = /^(\d+)\*(\d+)$/.exec(text);
  if (match === null) return badParameter(`size ${text} is invalid, expected width*height`);
  const [width, height] = [Number(match[1]), Number(match[2])];
  if (model.sizes !== undefined && !model.sizes.includes(text))
    return badParameter(`size must be one of ${model.sizes.join(', ')}`);
  const pixels = width * height;
  return pixels < 512 * 512 || pixels > 4096 * 4096
    ? badParameter('total pixels of size are out of range')
    : { width, height };
}
