import { unitsOf } from '../answers.ts';
import { filesIn, filesInOrFree, numberOf, plainParams, textOf } from '../input-files.ts';
import type { Call, InputFile, Units } from '../provider.ts';
import type { Metrics } from './wire.ts';

/** How a model of Replicate is called, and what its price counts: each has words of its own. */
export interface HostedModel {
  /** Fields of ours that name pictures, and theirs; a list takes several. */
  files?: Record<string, { field: string; list?: true }>;
  /** Fields of ours that have another name there. All others keep theirs. */
  names?: Record<string, string>;
  /** Fields that follow from others. */
  more?(call: Call): Record<string, unknown>;
  bound(call: Call): Units;
  /** By the provider's own counts; without them what was held, as the price is by what was asked for. */
  used(metrics: Metrics, outputs: number, held: Units): Units;
}

const MEGAPIXEL = 1024 * 1024;
const asHeld: HostedModel['used'] = (_, __, held) => held;

const pictures = (field: string, list?: true): HostedModel['files'] => ({
  images: list === undefined ? { field } : { field, list },
});

function images(asked: (call: Call) => number): Pick<HostedModel, 'bound' | 'used'> {
  return {
    bound: (call) => unitsOf({ image: asked(call) }),
    used: (metrics, outputs) => unitsOf({ image: metrics?.image_count ?? outputs }),
  };
}
const oneImage = images(() => 1);

const seconds: Pick<HostedModel, 'bound' | 'used'> = {
  bound: ({ params }) => unitsOf({ second: numberOf(params.duration, 5) }),
  used: (metrics, _, held) => {
    const told = metrics?.video_output_duration_seconds;
    return told == null ? held : unitsOf({ second: Math.max(1, Math.round(told)) });
  },
};

/** FLUX.2 counts begun megapixels, of what goes in and of what comes out. */
function megapixels(call: Call): Units {
  const out = Math.max(1, Math.ceil(outputMegapixels(call)));
  const sent = filesInOrFree(call, 'images', 'image').reduce(
    (sum, { width = 2048, height = 2048 }) => sum + Math.max(1, Math.ceil((width * height) / MEGAPIXEL)),
    0,
  );
  return unitsOf({ first_megapixel: 1, extra_megapixel: out - 1, input_megapixel: sent });
}

function outputMegapixels({ params }: Call): number {
  if (params.aspect_ratio === 'custom')
    return (numberOf(params.width, 2048) * numberOf(params.height, 2048)) / MEGAPIXEL;
  return Number.parseFloat(textOf(params.resolution)) || 4;
}

const kling: HostedModel = {
  files: { first_frame: { field: 'start_image' }, last_frame: { field: 'end_image' } },
  names: { audio: 'generate_audio' },
  ...seconds,
};

const models: Record<string, HostedModel> = {
  'black-forest-labs/flux-2-pro': { files: pictures('input_images', true), bound: megapixels, used: asHeld },
  'black-forest-labs/flux-1.1-pro': { files: pictures('image_prompt'), ...oneImage },
  'black-forest-labs/flux-kontext-pro': { files: pictures('input_image'), ...oneImage },
  'black-forest-labs/flux-kontext-max': { files: pictures('input_image'), ...oneImage },
  'black-forest-labs/flux-schnell': {
    names: { n: 'num_outputs' },
    ...images(({ params }) => numberOf(params.n, 4)),
  },
  'bytedance/seedream-4.5': {
    files: pictures('image_input', true),
    // A set is made on demand alone: its length is what it may cost.
    more: ({ params }) => ({
      sequential_image_generation: numberOf(params.max_images, 1) > 1 ? 'auto' : 'disabled',
    }),
    ...images(({ params }) => numberOf(params.max_images, 1)),
  },
  'recraft-ai/recraft-crisp-upscale': { files: pictures('image'), ...oneImage },
  'kwaivgi/kling-v3-video': kling,
  'kwaivgi/kling-v2.6': kling,
  'google/veo-3.1': {
    files: {
      first_frame: { field: 'image' },
      last_frame: { field: 'last_frame' },
      reference_images: { field: 'reference_images', list: true },
    },
    names: { audio: 'generate_audio' },
    ...seconds,
  },
  'minimax/speech-2.6-turbo': {
    names: { prompt: 'text', voice: 'voice_id', output_format: 'audio_format' },
    bound: ({ params }) => unitsOf({ character: [...textOf(params.prompt)].length }),
    used: asHeld,
  },
  'google/lyria-2': { bound: () => ({ request: 1n }), used: asHeld },
};

/** A model that no table names yet is called by its own words, and costs a request. */
const plain: HostedModel = { bound: () => ({ request: 1n }), used: asHeld };

export const hostedModel = (name: string): HostedModel => models[name] ?? plain;

/** Pictures of the call, by the field that takes them; those that no field names go to the first. */
export function filesOf(call: Call): { field: string; list: boolean; files: InputFile[] }[] {
  return Object.entries(hostedModel(call.upstreamModel).files ?? {})
    .map(([ours, { field, list }], at) => ({
      field,
      list: list === true,
      files: at === 0 ? filesInOrFree(call, ours, 'image') : filesIn(call, ours),
    }))
    .filter(({ files }) => files.length > 0);
}

/** The input without its files. */
export function inputOf(call: Call): Record<string, unknown> {
  const { names = {}, more } = hostedModel(call.upstreamModel);
  const named = Object.entries(plainParams(call)).map(([name, value]) => [names[name] ?? name, value]);
  return { ...Object.fromEntries(named), ...more?.(call) };
}
