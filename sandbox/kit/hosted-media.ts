import type { Media } from './delivery.ts';
import { draw } from './picture.ts';
import { seedOf } from './prose.ts';
import { melodyFor, mp3Of, secondsOf, secondsToSay } from './sound.ts';
import { film } from './video.ts';

/** A media model as those who resell it take it: flat fields, named by each model. */
export interface HostedModel {
  kind: 'image' | 'video' | 'audio' | 'text';
  /** What a unit of its price is. */
  unit:
    | 'image'
    | 'megapixel'
    | 'second'
    | 'started_minute'
    | 'input_minute'
    | 'character'
    | 'thousand_tokens'
    | 'request';
  /** Every field, `prompt` among them, by its type. */
  fields: Record<string, FieldType>;
  needs: readonly string[];
  /** What it refuses although each field fits. */
  refuses?(input: Record<string, unknown>): { field: string; message: string } | undefined;
  /** The output is a list, also of one. */
  givesList?: true;
}

/** A plain type, the words or numbers that are taken, or a range. */
type FieldType =
  | 'text'
  | 'number'
  | 'flag'
  | 'list'
  | 'any'
  | readonly (string | number)[]
  | { low: number; high: number };

export interface HostedWork {
  kind: HostedModel['kind'];
  prompt: string;
  count: number;
  width: number;
  height: number;
  seconds: number;
  seed: number;
  format: 'png' | 'jpeg' | 'webp';
  /** Of a video. */
  hasSound: boolean;
  /** In the model's own unit. */
  units: number;
  /** What those are made of. */
  counted: Record<string, number>;
}

export interface FieldFault {
  field: string;
  type: 'missing' | 'extra_forbidden' | 'type_error' | 'value_error';
  message: string;
}

/** Everything that is wrong with an input. */
export function inputFaults(input: Record<string, unknown>, model: HostedModel): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const field of model.needs) {
    if (input[field] === undefined || input[field] === '')
      faults.push({ field, type: 'missing', message: 'Field required' });
  }
  for (const [field, value] of Object.entries(input)) {
    const type = model.fields[field];
    if (type === undefined)
      faults.push({ field, type: 'extra_forbidden', message: 'Extra inputs are not permitted' });
    else if (value !== null && !fits(value, type))
      faults.push({ field, type: 'type_error', message: `Input should be ${inWords(type)}` });
  }
  const refused = model.refuses?.(input);
  if (refused !== undefined) faults.push({ type: 'value_error', ...refused });
  return faults;
}

function inWords(type: FieldType): string {
  if (typeof type === 'string') return `a valid ${type}`;
  return 'low' in type ? `between ${type.low} and ${type.high}` : `one of ${type.join(', ')}`;
}

function fits(value: unknown, type: FieldType): boolean {
  if (typeof type === 'object') {
    if ('low' in type) return typeof value === 'number' && value >= type.low && value <= type.high;
    return type.includes(value as string | number);
  }
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'any':
      return true;
    default:
      return type satisfies never;
  }
}

const named: Record<string, [number, number]> = {
  square_hd: [1024, 1024],
  square: [512, 512],
  portrait_4_3: [768, 1024],
  portrait_16_9: [576, 1024],
  landscape_4_3: [1024, 768],
  landscape_16_9: [1024, 576],
};
const lines: Record<string, number> = {
  '360p': 360,
  '480p': 480,
  '540p': 540,
  '720p': 720,
  '1080p': 1080,
  '4k': 2160,
};

const modeLines: Record<string, string> = { standard: '720p', pro: '1080p', '4k': '4k' };
const MUSIC_SECONDS = 10;

export function workFor(input: Record<string, unknown>, { kind, unit, fields }: HostedModel): HostedWork {
  const prompt = String(input.prompt ?? input.text ?? 'an edit');
  const { width, height } = kind === 'video' ? videoSize(input) : imageSize(input);
  const set = input.sequential_image_generation === 'auto' ? input.max_images : undefined;
  const count = Number(input.num_images ?? input.num_outputs ?? set ?? 1);
  const seconds = secondsFor(input, prompt, { kind, unit });
  const format = String(input.output_format ?? 'png').replace('jpg', 'jpeg');
  const megapixels = Math.ceil(Math.round(((width * height) / (1024 * 1024)) * 100) / 100);
  const tokens = Math.round((width * height * 24 * seconds) / 1024);
  const { units, counted } = {
    image: { units: count, counted: { image: count } },
    megapixel: {
      units: count * megapixels,
      counted: { first_megapixel: count, extra_megapixel: count * (megapixels - 1) },
    },
    second: { units: seconds, counted: { second: seconds } },
    character: { units: [...prompt].length, counted: { character: [...prompt].length } },
    thousand_tokens: { units: tokens / 1000, counted: { output_video_token: tokens } },
    request: { units: 1, counted: { request: 1 } },
    started_minute: {
      units: Math.ceil(seconds / 60),
      counted: { second: Math.ceil(seconds / 60) * 60 },
    },
    input_minute: { units: seconds / 60, counted: { input_second: Math.ceil(seconds) } },
  }[unit];
  return {
    kind,
    prompt,
    count,
    width,
    height,
    seconds,
    seed: typeof input.seed === 'number' ? input.seed : seedOf(prompt),
    format: format === 'jpeg' || format === 'webp' ? format : 'png',
    hasSound: 'generate_audio' in fields && input.generate_audio !== false,
    units,
    counted,
  };
}

function secondsFor(
  input: Record<string, unknown>,
  prompt: string,
  { kind, unit }: Pick<HostedModel, 'kind' | 'unit'>,
): number {
  if (kind === 'text') return heardSeconds(String(input.audio_url ?? ''));
  if (kind !== 'audio') return Number.parseInt(String(input.duration ?? 5), 10) || 5;
  if (unit === 'character') return secondsToSay(prompt);
  const sections = (input.composition_plan as { sections?: { duration_ms: number }[] } | undefined)?.sections;
  const planned = sections?.reduce((sum, { duration_ms: ms }) => sum + ms, 0);
  const ms = planned ?? (input.music_length_ms as number | undefined);
  return ms === undefined ? Number(input.duration_seconds ?? MUSIC_SECONDS) : ms / 1000;
}

/** Of a sound that came along; one behind an address counts as ten. */
function heardSeconds(url: string): number {
  const match = /^data:[^,]+;base64,(.+)$/s.exec(url);
  return match === null ? MUSIC_SECONDS : secondsOf(Buffer.from(match[1] as string, 'base64'));
}

function imageSize(input: Record<string, unknown>): { width: number; height: number } {
  const size = (input.image_size ?? input) as string | { width?: number; height?: number };
  const preset = typeof size === 'string' ? named[size] : undefined;
  if (preset !== undefined) return { width: preset[0], height: preset[1] };
  if (typeof size === 'object' && size.width && size.height)
    return { width: size.width, height: size.height };
  const ratio = ratioOf(input.aspect_ratio) ?? 1;
  const even = (length: number) => Math.floor(length / 16) * 16;
  const megapixels = Number(/^([\d.]+) MP$/.exec(String(input.resolution ?? ''))?.[1] ?? 1);
  const side = 1024 * Math.sqrt(megapixels);
  return { width: even(side * Math.sqrt(ratio)), height: even(side / Math.sqrt(ratio)) };
}

function videoSize(input: Record<string, unknown>): { width: number; height: number } {
  const short = lines[String(input.resolution ?? modeLines[String(input.mode)] ?? '720p')] ?? 720;
  const ratio = ratioOf(input.aspect_ratio) ?? 16 / 9;
  const even = (length: number) => Math.round(length / 2) * 2;
  return ratio >= 1
    ? { width: even(short * ratio), height: short }
    : { width: short, height: even(short / ratio) };
}

function ratioOf(ratio: unknown): number | null {
  const match = /^(\d+):(\d+)$/.exec(String(ratio ?? ''));
  return match === null ? null : Number(match[1]) / Number(match[2]);
}

export function extensionOf({ kind, format }: HostedWork): string {
  return { image: format, video: 'mp4', audio: 'mp3', text: 'txt' }[kind];
}

export async function produce(work: HostedWork, model: string, at: number): Promise<Media> {
  const { kind, prompt, width, height, seconds, format, hasSound } = work;
  switch (kind) {
    case 'image':
      return {
        bytes: await draw({ prompt, width, height, format, caption: `${model} ${at + 1}`, moment: at / 10 }),
        type: `image/${format}`,
      };
    case 'video':
      return {
        bytes: await film({ prompt, width, height, seconds, caption: model, hasSound }),
        type: 'video/mp4',
      };
    case 'audio':
      return { bytes: mp3Of(melodyFor(prompt, seconds)), type: 'audio/mpeg' };
    case 'text':
      return { bytes: Buffer.from(prompt), type: 'text/plain' };
    default:
      return kind satisfies never;
  }
}
