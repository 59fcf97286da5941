import type { ShippedModel, Source } from '#server/catalogue/shipped.ts';
import { movingExamples, videoExamples } from './examples.ts';
import {
  aspectRatio,
  CLIPS,
  duration,
  durations,
  firstFrame,
  lastFrame,
  negativePrompt,
  PICTURES,
  referenceImages,
  referenceVideos,
  resolution,
  takes,
  withAudio,
} from './media.ts';
import { mediaModel } from './media-model.ts';
import { perMillionTokens, price } from './price.ts';
import { choice, file, prompt, seed, whole } from './schema.ts';

const PAGE: Source = {
  url: 'https://ai.google.dev/gemini-api/docs/pricing',
  basis: 'official',
  on: '2026-11-10',
};
const OMNI: Source = { ...PAGE, on: '2026-09-20' };
const OMNI_NEW: Source = { ...OMNI, basis: 'derived', on: '2026-11-10' };
const CLOUD: Source = {
  url: 'https://cloud.google.com/vertex-ai/generative-ai/pricing',
  basis: 'list',
  on: '2026-09-20',
};

/** Counted at 720p; the others follow from what resellers charge for a second. */
const OMNI_TOKENS = { '360p': 1715, '720p': 5792, '1080p': 8572, '4k': 17_143 };

function omni(id: string, name: string, summary: string, longest: number, source: Source): ShippedModel {
  return mediaModel({
    id: `google/${id}`,
    kind: 'video',
    name,
    summary,
    fields: {
      prompt: prompt(20_000, 'What happens in the clip, or how the clip you give should change.'),
      first_frame: firstFrame(),
      last_frame: lastFrame(),
      reference_images: referenceImages(3),
      reference_videos: referenceVideos(3),
      video: file('Clip', 'A clip to change or to go on from.', 'video', { advanced: true }),
      task: choice(
        'Task',
        'What to do with the clip that you give.',
        ['edit', 'extend', 'upscale'],
        undefined,
        { group: 'input', advanced: true },
      ),
      aspect_ratio: aspectRatio(['16:9', '9:16'], '16:9'),
      resolution: resolution(['360p', '720p', '1080p', '4k'], '720p'),
      duration: duration(3, longest, 5),
    },
    accepts: takes([...PICTURES, ...CLIPS], 8, 50),
    examples: videoExamples,
    prices: perMillionTokens({ input: '1.50', output: '9', videoOutput: '17.50' }, source),
    usual: Object.entries(OMNI_TOKENS).map(([size, quantity]) => ({
      unit: 'output_video_token',
      quantity,
      of: 'second',
      when: { resolution: size },
    })),
    typical: {
      label: '5 seconds, 720p, with sound',
      units: { input_token: 100, output_video_token: 28_960 },
      params: { resolution: '720p', duration: 5 },
    },
  });
}

interface VeoRow {
  id: string;
  name: string;
  summary: string;
  /** Dollars a second: with sound, and silent. */
  costs: Partial<Record<'720p' | '1080p' | '4k', [string, string]>>;
}

/** 1080p, 4k, reference pictures and what goes on from a clip come in eight seconds only; references replace the frames. */
const veoRules = {
  dependentSchemas: {
    resolution: {
      if: { properties: { resolution: { enum: ['1080p', '4k'] } } },
      // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's word
      then: { properties: { duration: { const: 8 } } },
    },
    reference_images: {
      properties: { duration: { const: 8 }, first_frame: false, last_frame: false, video: false },
    },
    video: { properties: { duration: { const: 8 }, resolution: { const: '720p' } } },
  },
};

function veo(row: VeoRow): ShippedModel {
  const resolutions = Object.keys(row.costs);
  return mediaModel({
    id: `google-cloud/${row.id.replace(/-001$/, '')}`,
    upstream: row.id,
    kind: 'video',
    name: row.name,
    summary: row.summary,
    fields: {
      prompt: prompt(4000, 'What happens in the clip.'),
      negative_prompt: negativePrompt(1000),
      first_frame: firstFrame(),
      last_frame: lastFrame(),
      reference_images: referenceImages(3),
      video: file('Clip', 'A clip that Veo made at 720p, to go on from.', 'video', { advanced: true }),
      aspect_ratio: aspectRatio(['16:9', '9:16'], '16:9'),
      resolution: resolution(resolutions, '720p'),
      duration: durations([4, 6, 8], 8),
      n: whole(
        'Clips',
        'How many clips to make. Each is charged.',
        { min: 1, max: 4, fallback: 1 },
        { group: 'output', advanced: true },
      ),
      audio: withAudio(true),
      person_generation: choice(
        'People',
        'Which people may appear.',
        ['dont_allow', 'allow_adult', 'allow_all'],
        'allow_adult',
        {
          group: 'style',
          advanced: true,
          labels: { dont_allow: 'None', allow_adult: 'Adults', allow_all: 'All, where the region allows it' },
        },
      ),
      resize_mode: choice(
        'Fit of the first frame',
        'How a picture of another ratio is fitted.',
        ['PAD', 'CROP'],
        'PAD',
        { group: 'style', advanced: true, labels: { PAD: 'With bars', CROP: 'Cut' } },
      ),
      compression_quality: choice(
        'Quality of the file',
        'Lossless files are much larger.',
        ['OPTIMIZED', 'LOSSLESS'],
        'OPTIMIZED',
        { group: 'output', advanced: true, labels: { OPTIMIZED: 'Usual', LOSSLESS: 'Lossless' } },
      ),
      seed: seed(4_294_967_295),
    },
    rules: veoRules,
    accepts: takes(['image/png', 'image/jpeg', 'video/mp4'], 5, 20),
    examples: movingExamples,
    prices: Object.entries(row.costs).flatMap(([size, [sound, silent]]) => [
      price('second', sound, CLOUD, { when: { resolution: size, audio: true } }),
      price('second', silent, CLOUD, { when: { resolution: size, audio: false } }),
    ]),
    typical: {
      label: '8 seconds, 720p, with sound',
      units: { second: 8 },
      params: { resolution: '720p', duration: 8, audio: true },
    },
  });
}

export const googleVideo: ShippedModel[] = [
  omni(
    'gemini-omni-1.2-flash',
    'Gemini Omni 1.2 Flash',
    'Video with sound from words, pictures and clips, up to 15 seconds.',
    15,
    OMNI_NEW,
  ),
  omni(
    'gemini-omni-1.1-flash',
    'Gemini Omni 1.1 Flash',
    'Video with sound from words, pictures and clips, up to 10 seconds.',
    10,
    OMNI,
  ),
];

export const googleCloud: ShippedModel[] = [
  veo({
    id: 'veo-3.1-generate-001',
    name: 'Veo 3.1',
    summary: 'Google’s film model, through Google Cloud: first and last frame, references, sound, 4K.',
    costs: { '720p': ['0.40', '0.20'], '1080p': ['0.40', '0.20'], '4k': ['0.60', '0.40'] },
  }),
  veo({
    id: 'veo-3.1-fast-generate-001',
    name: 'Veo 3.1 Fast',
    summary: 'Veo in less time and for a quarter of the price.',
    costs: { '720p': ['0.10', '0.08'], '1080p': ['0.12', '0.10'], '4k': ['0.30', '0.25'] },
  }),
];
