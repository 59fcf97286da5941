import { unitsOf } from '../answers.ts';
import { dataUrlOf, defined, fileIn, filesInOrFree, numberOf, textOf } from '../input-files.ts';
import type { Call, Units } from '../provider.ts';
import type { Output } from './wire.ts';

/** What an endpoint takes, and what it is billed by: each has words and units of its own. */
export interface Endpoint {
  body(call: Call): Record<string, unknown>;
  bound(call: Call): Units;
  /** `billed`: the number of the provider's own units, in the unit of this endpoint's price. */
  used(output: Output, billed: number | null, held: Units): Units;
}

const MEGAPIXEL = 1024 * 1024;
const FRAMES_PER_SECOND = 24;
const PIXELS: Record<string, number> = { '480p': 864 * 496, '720p': 1280 * 720, '1080p': 1920 * 1088 };
/** One frame more is made than was asked for, and other ratios have a little more area. */
const ABOVE = 1.05;

const firstFrame = (call: Call) =>
  fileIn(call, 'first_frame') ?? filesInOrFree(call, 'first_frame', 'image')[0];
const addressOf = (file: Parameters<typeof dataUrlOf>[0] | undefined) =>
  file === undefined ? undefined : dataUrlOf(file);

const flux: Endpoint = {
  body({ params: { size, ...rest } }) {
    const [width, height] = textOf(size).split('x').map(Number);
    return { ...rest, image_size: { width, height } };
  },
  bound({ params }) {
    const [width = 2048, height = 2048] = textOf(params.size).split('x').map(Number);
    return megapixels(width, height);
  },
  used({ images }, _, held) {
    const [image] = images ?? [];
    return image?.width == null || image.height == null ? held : megapixels(image.width, image.height);
  },
};

function megapixels(width: number, height: number): Units {
  const begun = Math.max(1, Math.ceil((width * height) / MEGAPIXEL));
  return unitsOf({ first_megapixel: 1, extra_megapixel: begun - 1 });
}

const kling: Endpoint = {
  body: (call) => {
    const { prompt, negative_prompt, aspect_ratio, duration, audio } = call.params;
    return defined({
      prompt,
      negative_prompt,
      aspect_ratio,
      duration: String(duration),
      generate_audio: audio,
      start_image_url: addressOf(firstFrame(call)),
      end_image_url: addressOf(fileIn(call, 'last_frame')),
    });
  },
  bound: ({ params }) => unitsOf({ second: numberOf(params.duration, 5) }),
  // A clip of five seconds is billed as 5.04: the fraction is the provider's frame, not the person's second.
  used: (_, billed, held) => (billed === null ? held : unitsOf({ second: Math.max(1, Math.round(billed)) })),
};

const seedance: Endpoint = {
  body: (call) => {
    const { prompt, aspect_ratio, resolution, duration, audio, seed } = call.params;
    return defined({
      prompt,
      aspect_ratio,
      resolution,
      duration: String(duration),
      generate_audio: audio,
      seed,
      image_url: addressOf(firstFrame(call)),
      end_image_url: addressOf(fileIn(call, 'last_frame')),
    });
  },
  bound({ params }) {
    const pixels = PIXELS[textOf(params.resolution)] ?? PIXELS['1080p']!;
    const frames = numberOf(params.duration, 15) * FRAMES_PER_SECOND + 1;
    return unitsOf({ output_video_token: ((pixels * frames) / 1024) * ABOVE });
  },
  used: (_, billed, held) =>
    billed === null ? held : unitsOf({ output_video_token: Math.round(billed * 1000) }),
};

export function endpointOf(model: string): Endpoint {
  if (model.includes('/kling-video/')) return kling;
  return model.includes('seedance') ? seedance : flux;
}
