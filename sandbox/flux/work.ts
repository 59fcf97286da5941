import { seedOf } from '../kit/prose.ts';
import type { Model } from './models.ts';

/** What a task will produce and cost, settled when it is accepted. */
export interface Work {
  prompt: string;
  seed: number;
  kind: 'image' | 'video';
  width: number;
  height: number;
  format: 'jpeg' | 'png' | 'webp';
  isTransparent: boolean;
  /** Of a video. */
  seconds: number;
  /** Credits, which are US cents. */
  cost: number;
  /** What the cost is made of. */
  units: Record<string, number>;
  inputMegapixels: number;
  outputMegapixels: number;
  /** Has the phases of FLUX 3. */
  hasPhases: boolean;
  isDraft: boolean;
  hasSound: boolean;
  webhook?: { url: string; secret?: string };
}

const MEGAPIXEL = 1024 * 1024;
const longSides: Record<string, number> = { '768sq': 768, '1k': 1024, '1.5k': 1536, '2k': 2048, '4k': 4096 };
const videoLines: Record<string, number> = { hd: 720, fhd: 1080 };

export function workFor(
  body: Record<string, unknown>,
  model: Model,
  inputSizes: { width: number; height: number }[],
): Work {
  const prompt = String(body.prompt ?? 'an edit');
  const isVideo = model.price.by === 'second';
  // The tools change a picture, which keeps its size and is not charged beside what comes out.
  const isTool = 'image' in model.fields;
  const { width, height } = isVideo
    ? videoSize(body)
    : isTool
      ? changedSize(body, inputSizes[0])
      : imageSize(body, inputSizes[0]);
  const seconds = isVideo ? secondsOf(body, prompt) : 0;
  const outputMegapixels = round2((width * height) / MEGAPIXEL);
  const inputMegapixels = round2(
    inputSizes.reduce((sum, size) => sum + (size.width * size.height) / MEGAPIXEL, 0),
  );
  const units = unitsOf(model, {
    outputMegapixels,
    inputMegapixels: isTool ? 0 : inputMegapixels,
    seconds,
  });
  return {
    prompt,
    seed: typeof body.seed === 'number' ? body.seed : seedOf(prompt),
    kind: isVideo ? 'video' : 'image',
    width,
    height,
    format:
      body.transparent_bg === true
        ? 'png'
        : ((body.output_format as Work['format'] | undefined) ?? model.format),
    isTransparent: body.transparent_bg === true,
    seconds,
    cost: costOf(body, model, units),
    units,
    inputMegapixels,
    outputMegapixels,
    hasPhases: isVideo || model.price.by === 'resolution',
    isDraft: body.draft === true,
    hasSound: isVideo && body.generate_audio !== false,
    ...(typeof body.webhook_url === 'string' && {
      webhook: { url: body.webhook_url, secret: body.webhook_secret as string | undefined },
    }),
  };
}

/** FLUX.2 counts begun megapixels, of what it was shown and of what it makes. */
function unitsOf(
  { price }: Model,
  used: { outputMegapixels: number; inputMegapixels: number; seconds: number },
): Record<string, number> {
  switch (price.by) {
    case 'image':
    case 'resolution':
      return { image: 1 };
    case 'second':
      return { second: used.seconds };
    case 'megapixel':
      return {
        first_megapixel: 1,
        extra_megapixel: Math.max(1, Math.ceil(used.outputMegapixels)) - 1,
        input_megapixel: Math.ceil(used.inputMegapixels),
      };
    default:
      return price satisfies never;
  }
}

function costOf(body: Record<string, unknown>, { price }: Model, units: Record<string, number>): number {
  const { extra_megapixel: extra = 0, input_megapixel: input = 0, second = 0 } = units;
  switch (price.by) {
    case 'image':
      return price.cents;
    case 'resolution':
      return price.cents[String(body.resolution ?? '1k')] ?? 4.8;
    case 'megapixel':
      return round(price.first + (extra + input) * price.extra);
    case 'second':
      return round(second * centsPerSecond(body));
    default:
      return price satisfies never;
  }
}

function centsPerSecond(body: Record<string, unknown>): number {
  if (body.draft === true) return 6;
  const isFull = body.resolution === 'fhd';
  const isContinuation = body.mode === 'v2v' || body.mode === 'video-continuation';
  if (isContinuation) return isFull ? 53 : 41;
  return isFull ? 29 : 17;
}

const round2 = (megapixels: number) => Math.round(megapixels * 100) / 100;
const round = (cents: number) => Math.round(cents * 1000) / 1000;

function changedSize(
  body: Record<string, unknown>,
  picture = { width: 1024, height: 1024 },
): { width: number; height: number } {
  const added = (name: string) => (typeof body[name] === 'number' ? body[name] : 0);
  return {
    width: picture.width + added('left') + added('right'),
    height: picture.height + added('top') + added('bottom'),
  };
}

function imageSize(
  body: Record<string, unknown>,
  first?: { width: number; height: number },
): { width: number; height: number } {
  if (
    typeof body.width === 'number' &&
    typeof body.height === 'number' &&
    body.width > 0 &&
    body.height > 0
  ) {
    return { width: body.width, height: body.height };
  }
  const long = longSides[String(body.resolution)];
  const ratio = ratioOf(body.aspect_ratio) ?? (first === undefined ? 1 : first.width / first.height);
  const area = long === undefined ? MEGAPIXEL : long * long;
  const side = (length: number) => Math.max(64, Math.round(length / 16) * 16);
  const width = side(Math.sqrt(area * ratio));
  // Rounding both sides up would make a megapixel of 1.01, and a second one would be billed.
  const height = Math.max(64, Math.floor(area / width / 16) * 16);
  return { width, height };
}

function videoSize(body: Record<string, unknown>): { width: number; height: number } {
  const lines = videoLines[String(body.resolution ?? 'hd')] ?? 720;
  const ratio = ratioOf(body.aspect_ratio) ?? 16 / 9;
  const even = (length: number) => Math.round(length / 2) * 2;
  return ratio >= 1
    ? { width: even(lines * ratio), height: lines }
    : { width: lines, height: even(lines / ratio) };
}

function ratioOf(ratio: unknown): number | null {
  const match = /^(\d+):(\d+)$/.exec(String(ratio ?? ''));
  return match === null ? null : Number(match[1]) / Number(match[2]);
}

function secondsOf(body: Record<string, unknown>, prompt: string): number {
  return typeof body.duration === 'number' ? body.duration : 5 + (seedOf(prompt) % 4);
}
