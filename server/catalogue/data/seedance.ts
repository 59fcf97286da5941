import type { ShippedModel, ShippedPrice, ShippedProvider, Source, When } from '#server/catalogue/shipped.ts';
import { movingExamples, videoExamples } from './examples.ts';
import { SEEDANCE } from './file-limits.ts';
import {
  aspectRatio,
  CLIPS,
  duration,
  firstFrame,
  lastFrame,
  PICTURES,
  referenceAudios,
  referenceImages,
  referenceVideos,
  resolution,
  SOUNDS,
  takes,
  watermark,
  withAudio,
} from './media.ts';
import { mediaModel } from './media-model.ts';
import { perMillionTokens } from './price.ts';
import { flag, oneOf, prompt, seed } from './schema.ts';
import { seedream } from './seedream.ts';

const URL = 'https://docs.byteplus.com/en/docs/ModelArk/1544106';
const LISTS: Source = { url: URL, basis: 'derived', on: '2026-11-10' };

const RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9'];

/** Video tokens of a clip: width × height × 24 frames × seconds / 1024, and one frame more. */
const TOKENS_720P_5S = 108_900;

const videoTokens = (usd: string, when?: When): ShippedPrice[] =>
  perMillionTokens({ videoOutput: usd }, LISTS, when === undefined ? {} : { when });

/** A price for the clip alone, and a lower one for each token when clips are sent in (their seconds count as tokens too). */
const withClips = (alone: string, mixed: string, when: When = {}): ShippedPrice[] => [
  ...videoTokens(alone, Object.keys(when).length === 0 ? undefined : when),
  ...videoTokens(mixed, { ...when, 'reference_videos?': true }),
];

interface VideoRow {
  id: string;
  upstream: string;
  name: string;
  summary: string;
  resolutions: string[];
  seconds: [number, number];
  references?: { images: number; videos: number; audios: number };
  audio?: true;
  /** False where it takes no first and last frame. */
  frames?: false;
  camera?: true;
  /** The model can choose the length. */
  open?: true;
  prices: ShippedPrice[];
  /** Further keywords of the schema. */
  rules?: Record<string, unknown>;
}

function video(row: VideoRow): ShippedModel {
  const { references } = row;
  const frames = row.frames !== false;
  const mediaTypes = [
    ...(frames || references ? PICTURES : []),
    ...(references && references.videos > 0 ? CLIPS : []),
    ...(references && references.audios > 0 ? SOUNDS : []),
  ];
  const most =
    (frames ? 2 : 0) + (references ? references.images + references.videos + references.audios : 0);
  return mediaModel({
    id: `seedance/${row.id}`,
    upstream: row.upstream,
    kind: 'video',
    name: row.name,
    summary: row.summary,
    fields: {
      prompt: prompt(4000, 'What happens in the clip.'),
      ...(frames ? { first_frame: firstFrame(), last_frame: lastFrame() } : {}),
      ...(references && references.images > 0
        ? { reference_images: referenceImages(references.images) }
        : {}),
      ...(references && references.videos > 0
        ? { reference_videos: referenceVideos(references.videos) }
        : {}),
      ...(references && references.audios > 0
        ? { reference_audios: referenceAudios(references.audios) }
        : {}),
      aspect_ratio: aspectRatio(frames ? ['adaptive', ...RATIOS] : RATIOS, '16:9'),
      resolution: resolution(row.resolutions, '720p'),
      duration: duration(row.seconds[0], row.seconds[1], 5),
      ...(row.open
        ? {
            auto_duration: flag(
              'Length by the model',
              'Lets the model choose the length. The longest is held, and what comes is charged.',
              false,
              { group: 'output', advanced: true },
            ),
          }
        : {}),
      ...(row.audio ? { audio: withAudio(true) } : {}),
      return_last_frame: flag(
        'Last frame',
        'Brings the last frame as a picture too, for a clip that goes on from it.',
        false,
        { group: 'output', advanced: true },
      ),
      ...(row.camera
        ? {
            camera_fixed: flag('Still camera', 'Keeps the camera where it is.', false, {
              group: 'style',
              advanced: true,
            }),
          }
        : {}),
      watermark: watermark(),
      seed: seed(4_294_967_295),
    },
    ...(row.rules === undefined ? {} : { rules: row.rules }),
    accepts: most === 0 ? takes([], 0, 0) : takes(mediaTypes, most, 30, SEEDANCE),
    examples: frames ? movingExamples : videoExamples,
    prices: row.prices,
    typical: {
      label: row.audio ? '5 seconds, 720p, with sound' : '5 seconds, 720p',
      units: { output_video_token: TOKENS_720P_5S },
      params: {
        resolution: '720p',
        duration: 5,
        aspect_ratio: '16:9',
        ...(row.audio ? { audio: true } : {}),
      },
    },
  });
}

const SECOND_GENERATION = {
  seconds: [4, 15],
  references: { images: 9, videos: 3, audios: 3 },
  audio: true,
  open: true,
} satisfies Partial<VideoRow>;
const FIRST_GENERATION = {
  resolutions: ['480p', '720p', '1080p'],
  seconds: [2, 12],
  camera: true,
} satisfies Partial<VideoRow>;

const videos: ShippedModel[] = [
  video({
    id: 'seedance-2.5',
    upstream: 'dreamina-seedance-2-5-260628',
    name: 'Seedance 2.5',
    summary: 'Up to thirty seconds with sound, and dozens of references.',
    resolutions: ['480p', '720p', '1080p'],
    seconds: [4, 30],
    references: { images: 30, videos: 10, audios: 10 },
    audio: true,
    open: true,
    prices: [...withClips('10.7', '6.42'), ...withClips('11.7', '7.02', { resolution: '1080p' })],
  }),
  video({
    id: 'seedance-2.0',
    upstream: 'dreamina-seedance-2-0-260128',
    name: 'Seedance 2.0',
    summary: 'Film-like clips with sound, from words, frames or references; up to 4K.',
    resolutions: ['480p', '720p', '1080p', '4k'],
    ...SECOND_GENERATION,
    prices: [
      ...withClips('7.0', '4.3'),
      ...withClips('7.7', '4.7', { resolution: '1080p' }),
      ...withClips('4.0', '2.4', { resolution: '4k' }),
    ],
  }),
  video({
    id: 'seedance-2.0-fast',
    upstream: 'dreamina-seedance-2-0-fast-260128',
    name: 'Seedance 2.0 Fast',
    summary: 'Seedance 2.0 in less time and for less.',
    resolutions: ['480p', '720p'],
    ...SECOND_GENERATION,
    prices: withClips('5.6', '3.3'),
  }),
  video({
    id: 'seedance-2.0-mini',
    upstream: 'dreamina-seedance-2-0-mini-260615',
    name: 'Seedance 2.0 Mini',
    summary: 'The cheapest of the second generation.',
    resolutions: ['480p', '720p'],
    ...SECOND_GENERATION,
    prices: withClips('3.5', '2.1'),
  }),
  video({
    id: 'seedance-1.5-pro',
    upstream: 'seedance-1-5-pro-251215',
    name: 'Seedance 1.5 Pro',
    summary: 'With sound, or silent for half the price.',
    resolutions: ['480p', '720p', '1080p'],
    seconds: [4, 12],
    audio: true,
    camera: true,
    open: true,
    prices: [...videoTokens('2.4', { audio: true }), ...videoTokens('1.2', { audio: false })],
  }),
  video({
    id: 'seedance-1.0-pro',
    upstream: 'seedance-1-0-pro-250528',
    name: 'Seedance 1.0 Pro',
    summary: 'Silent clips of the first generation.',
    ...FIRST_GENERATION,
    prices: videoTokens('2.5'),
  }),
  video({
    id: 'seedance-1.0-pro-fast',
    upstream: 'seedance-1-0-pro-fast-251015',
    name: 'Seedance 1.0 Pro Fast',
    summary: 'Silent clips for very little.',
    ...FIRST_GENERATION,
    prices: videoTokens('1.0'),
  }),
  video({
    id: 'seedance-1.0-lite-t2v',
    upstream: 'seedance-1-0-lite-t2v-250428',
    name: 'Seedance 1.0 Lite, from words',
    summary: 'Silent clips of the first generation from words.',
    ...FIRST_GENERATION,
    frames: false,
    prices: videoTokens('1.8'),
  }),
  video({
    id: 'seedance-1.0-lite-i2v',
    upstream: 'seedance-1-0-lite-i2v-250428',
    name: 'Seedance 1.0 Lite, from pictures',
    summary: 'Silent clips of the first generation from frames or up to four references.',
    ...FIRST_GENERATION,
    references: { images: 4, videos: 0, audios: 0 },
    prices: videoTokens('1.8'),
    rules: oneOf('first_frame', 'reference_images'),
  }),
];

export const seedance: ShippedProvider = {
  id: 'seedance',
  name: 'ByteDance',
  models: [...videos, ...seedream],
};
