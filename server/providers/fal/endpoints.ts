import { unitsOf } from '../answers.ts';
import {
  dataUrlOf,
  defined,
  filesIn,
  filesInOrFree,
  numberOf,
  plainParams,
  publicUrlOf,
  secondsOf,
  textOf,
} from '../input-files.ts';
import type { Call, InputFile, Units } from '../provider.ts';
import type { Output } from './wire.ts';

/** What an endpoint takes, and what it is billed by: each has words and units of its own. */
export interface Endpoint {
  /** Fields of ours that name files, and theirs; a list takes several. Those that no field names go to the first. */
  files?: Record<string, { field: string; list?: true }>;
  /** Fields of ours that have another name there. All others keep theirs. */
  names?: Record<string, string>;
  /** Values that are written otherwise there. */
  changes?(params: Record<string, unknown>): Record<string, unknown>;
  bound(call: Call): Units;
  /** `billed`: the number of the provider's own units, in the unit of this endpoint's price. */
  used(output: Output, billed: number | null, held: Units): Units;
}

const MEGAPIXEL = 1024 * 1024;
const FRAMES_PER_SECOND = 24;
const PIXELS: Record<string, number> = { '480p': 864 * 496, '720p': 1280 * 720, '1080p': 1920 * 1088 };
/** One frame more is made than was asked for, and other ratios have a little more area. */
const ABOVE = 1.05;
const LONGEST_CLIP_SECONDS = 15;

const asHeld: Endpoint['used'] = (_, __, held) => held;
const wordsOf = (call: Call): string => textOf(call.params.prompt);

function megapixels(width: number, height: number): Units {
  const begun = Math.max(1, Math.ceil((width * height) / MEGAPIXEL));
  return unitsOf({ first_megapixel: 1, extra_megapixel: begun - 1 });
}

const inputMegapixels = (call: Call): number =>
  filesInOrFree(call, 'images', 'image').reduce(
    (sum, { width = 2048, height = 2048 }) => sum + Math.max(1, Math.ceil((width * height) / MEGAPIXEL)),
    0,
  );

const tolerance = ({ safety_tolerance: level }: Record<string, unknown>) =>
  level === undefined ? {} : { safety_tolerance: String(level) };

/** By begun megapixels of what comes out, and of what goes in. */
const flux2: Endpoint = {
  files: { images: { field: 'image_urls', list: true } },
  changes({ size, ...params }) {
    const [width, height] = textOf(size).split('x').map(Number);
    return { ...tolerance(params), size: undefined, image_size: size === 'auto' ? size : { width, height } };
  },
  bound(call) {
    const [width = 2048, height = 2048] = textOf(call.params.size).split('x').map(Number);
    const sides = Number.isFinite(width) ? [width, height] : [2048, 2048];
    return { ...megapixels(sides[0]!, sides[1]!), ...unitsOf({ input_megapixel: inputMegapixels(call) }) };
  },
  used({ images }, _, held) {
    const [image] = images ?? [];
    if (image?.width == null || image.height == null) return held;
    const { input_megapixel: sent } = held;
    return {
      ...megapixels(image.width, image.height),
      ...(sent === undefined ? {} : { input_megapixel: sent }),
    };
  },
};

const byImage: Endpoint = {
  files: { images: { field: 'image_url' } },
  names: { n: 'num_images' },
  changes: tolerance,
  bound: ({ params }) => unitsOf({ image: numberOf(params.n, 1) }),
  used: ({ images }, _, held) => (images == null ? held : unitsOf({ image: images.length })),
};

const TOPAZ_MEGAPIXELS = 24;

/** By the size of what comes out: each begun step of 24 megapixels is a picture. */
const topaz: Endpoint = {
  files: { images: { field: 'image_url' } },
  bound(call) {
    const [{ width = 4096, height = 4096 } = {}] = filesInOrFree(call, 'images', 'image');
    const pixels = width * height * numberOf(call.params.upscale_factor, 2) ** 2;
    return unitsOf({ image: Math.max(1, Math.ceil(pixels / 1e6 / TOPAZ_MEGAPIXELS)) });
  },
  used: asHeld,
};

/** A clip of five seconds is billed as 5.04: the fraction is the provider's frame, not the person's second. */
const bySecond: Pick<Endpoint, 'bound' | 'used'> = {
  bound: ({ params }) => unitsOf({ second: numberOf(params.duration, 8) }),
  used: (_, billed, held) => (billed === null ? held : unitsOf({ second: Math.max(1, Math.round(billed)) })),
};

const kling: Endpoint = {
  files: { first_frame: { field: 'start_image_url' }, last_frame: { field: 'end_image_url' } },
  names: { audio: 'generate_audio' },
  changes: ({ duration }) => ({ duration: String(duration) }),
  ...bySecond,
};

const veo: Endpoint = {
  files: { first_frame: { field: 'image_url' } },
  names: { audio: 'generate_audio' },
  changes: (params) => ({ duration: `${params.duration}s`, ...tolerance(params) }),
  ...bySecond,
};

const seedance: Endpoint = {
  files: {
    first_frame: { field: 'image_url' },
    last_frame: { field: 'end_image_url' },
    reference_images: { field: 'image_urls', list: true },
    reference_videos: { field: 'video_urls', list: true },
    reference_audios: { field: 'audio_urls', list: true },
  },
  names: { audio: 'generate_audio' },
  changes: ({ duration, auto_duration: isOpen }) => ({
    duration: isOpen === true ? 'auto' : String(duration),
    auto_duration: undefined,
  }),
  bound(call) {
    const { params } = call;
    const pixels = PIXELS[textOf(params.resolution)] ?? PIXELS['1080p']!;
    const asked =
      params.auto_duration === true ? LONGEST_CLIP_SECONDS : numberOf(params.duration, LONGEST_CLIP_SECONDS);
    const sent = filesIn(call, 'reference_videos').reduce(
      (sum, { durationSeconds = LONGEST_CLIP_SECONDS }) => sum + durationSeconds,
      0,
    );
    const seconds = asked + (sent > 0 ? Math.max(sent, asked) : 0);
    return unitsOf({ output_video_token: ((pixels * (seconds * FRAMES_PER_SECOND + 1)) / 1024) * ABOVE });
  },
  used: (_, billed, held) =>
    billed === null ? held : unitsOf({ output_video_token: Math.round(billed * 1000) }),
};

const speech: Endpoint = {
  names: { prompt: 'text' },
  bound: (call) => unitsOf({ character: [...wordsOf(call)].length }),
  used: asHeld,
};

const effects: Endpoint = {
  names: { prompt: 'text', duration: 'duration_seconds' },
  ...bySecond,
};

const MINUTE = 60;

/** Each minute begun is charged. A plan has its own length, and takes no words. */
const music: Endpoint = {
  changes({ duration, composition_plan: plan }) {
    return plan === undefined
      ? { duration: undefined, music_length_ms: numberOf(duration, MINUTE) * 1000 }
      : { duration: undefined, prompt: undefined, force_instrumental: undefined };
  },
  bound({ params }) {
    const plan = params.composition_plan as { sections?: { duration_ms: number }[] } | undefined;
    const planned = plan?.sections?.reduce((sum, { duration_ms: ms }) => sum + ms, 0);
    const seconds = planned === undefined ? numberOf(params.duration, MINUTE) : planned / 1000;
    return unitsOf({ second: Math.ceil(seconds / MINUTE) * MINUTE });
  },
  used: (_, billed, held) => (billed === null ? held : unitsOf({ second: Math.ceil(billed) * MINUTE })),
};

const transcripts: Endpoint = {
  files: { audio: { field: 'audio_url' } },
  bound: (call) => unitsOf({ input_second: secondsOf(filesInOrFree(call, 'audio', 'audio')[0]) }),
  used: (_, billed, held) =>
    billed === null ? held : unitsOf({ input_second: Math.round(billed * MINUTE) }),
};

export function endpointOf(model: string): Endpoint {
  if (model.includes('/kling-video/')) return kling;
  if (model.includes('seedance')) return seedance;
  if (model.includes('/veo3')) return veo;
  if (model.includes('/topaz/')) return topaz;
  if (model.includes('/speech-to-text')) return transcripts;
  if (model.includes('/sound-effects')) return effects;
  if (model.endsWith('/music')) return music;
  if (model.includes('/tts/')) return speech;
  return model.includes('flux-2') ? flux2 : byImage;
}

/** Pictures and sounds go along; clips are fetched from an address. */
const urlOf = (file: InputFile): string =>
  file.mediaType.startsWith('video/') ? publicUrlOf(file) : dataUrlOf(file);

export function inputOf(call: Call): Record<string, unknown> {
  const { files = {}, names = {}, changes } = endpointOf(call.upstreamModel);
  const params = plainParams(call);
  const named = { ...params, ...changes?.(params) };
  const plain = Object.entries(named).map(([name, value]) => [names[name] ?? name, value]);
  const family = files.audio === undefined ? 'image' : 'audio';
  const given = Object.entries(files).flatMap(([ours, { field, list }], at) => {
    const found = at === 0 ? filesInOrFree(call, ours, family) : filesIn(call, ours);
    const urls = found.map(urlOf);
    return urls.length === 0 ? [] : [[field, list === true ? urls : urls[0]] as const];
  });
  return defined({ ...Object.fromEntries(plain), ...Object.fromEntries(given) });
}
