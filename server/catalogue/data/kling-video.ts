import type { ShippedModel, ShippedPrice, Source, When } from '#server/catalogue/shipped.ts';
import { movingExamples, videoExamples } from './examples.ts';
import { KLING_CLIPS, KLING_FRAMES, KLING_MOTION } from './file-limits.ts';
import {
  aspectRatio,
  duration,
  durations,
  firstFrame,
  lastFrame,
  referenceImages,
  resolution,
  takes,
  watermark,
} from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, file, flag, prompt } from './schema.ts';

export const PAGE: Source = { url: 'https://kling.ai/document-api', basis: 'official', on: '2026-09-20' };

/** The vendor prices in units: a video unit is $0.14, an image unit $0.0035. */
const VIDEO_UNIT_CENTS = 14;
export const PICTURES = ['image/jpeg', 'image/png'];
const CLIPS = ['video/mp4', 'video/quicktime'];

/** Dollars for tenths of a video unit, exactly: 8 tenths are $0.112. */
export function dollars(tenths: number): string {
  const thousandths = tenths * VIDEO_UNIT_CENTS;
  return `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}`;
}

/** Tenths of a unit a second, by resolution, under conditions. */
function seconds(tenths: Partial<Record<'720p' | '1080p' | '4k', number>>, when: When = {}): ShippedPrice[] {
  return Object.entries(tenths).map(([size, each]) =>
    price('second', dollars(each), PAGE, { when: { resolution: size, ...when } }),
  );
}

const shots = () =>
  flag(
    'Several shots',
    'Lets the model cut between shots. With "shot 1, 3, …; shot 2, 2, …" in the prompt you set them.',
    true,
    {
      group: 'style',
      advanced: true,
    },
  );
const sound = (values: readonly string[]) =>
  choice(
    'Sound',
    'Whether the clip has sound of its own, keeps that of your clip, or is silent.',
    values,
    'off',
    {
      group: 'output',
      labels: { native: 'Made with the clip', original: 'From your clip', off: 'Silent' },
    },
  );
const RATIOS = ['16:9', '9:16', '1:1'];
const FRAMES_IN = takes(PICTURES, 2, 20, KLING_FRAMES);

interface Row {
  id: string;
  upstream: string;
  name: string;
  summary: string;
  fields: Parameters<typeof mediaModel>[0]['fields'];
  required?: string[];
  rules?: Record<string, unknown>;
  accepts: ShippedModel['accepts'];
  prices: ShippedPrice[];
  typical?: Record<string, unknown>;
  examples: ShippedModel['examples'];
}

function video(row: Row): ShippedModel {
  return mediaModel({
    ...row,
    id: `kling/${row.id}`,
    kind: 'video',
    typical: {
      label: '5 seconds, 720p',
      units: { second: 5 },
      params: {
        resolution: '720p',
        ...(row.fields.duration === undefined ? {} : { duration: 5 }),
        ...row.typical,
      },
    },
  });
}

const words = (most: number) => prompt(most, 'What happens in the clip.');

/** With a first frame it is image to video, and the ratio follows the picture; without, text to video. */
const textOrFrame = (most: number) => ({
  prompt: words(most),
  first_frame: firstFrame(),
  last_frame: lastFrame(),
  aspect_ratio: aspectRatio(RATIOS, '16:9'),
});

export const klingVideos: ShippedModel[] = [
  video({
    id: 'kling-3.0-turbo',
    upstream: 'kling-3.0-turbo',
    name: 'Kling 3.0 Turbo',
    summary: 'Quick clips, always with sound.',
    fields: {
      ...textOrFrame(3072),
      resolution: resolution(['720p', '1080p'], '720p'),
      duration: duration(3, 15, 5),
      watermark: watermark(),
    },
    accepts: FRAMES_IN,
    prices: seconds({ '720p': 8, '1080p': 10 }),
    examples: videoExamples,
  }),
  video({
    id: 'kling-3.0',
    upstream: 'kling-3.0',
    name: 'Kling 3.0',
    summary: 'Up to fifteen seconds and 4K, silent or with sound, in one shot or several.',
    fields: {
      ...textOrFrame(3072),
      resolution: resolution(['720p', '1080p', '4k'], '720p'),
      duration: duration(3, 15, 5),
      audio: sound(['off', 'native']),
      multi_shot: shots(),
      watermark: watermark(),
    },
    accepts: FRAMES_IN,
    prices: [
      ...seconds({ '720p': 6, '1080p': 8, '4k': 30 }, { audio: 'off' }),
      ...seconds({ '720p': 9, '1080p': 12, '4k': 30 }, { audio: 'native' }),
    ],
    typical: { audio: 'off' },
    examples: videoExamples,
  }),
  video({
    id: 'kling-3.0-omni',
    upstream: 'kling-3.0-omni',
    name: 'Kling 3.0 Omni',
    summary: 'References, frames and clips in one call; changes clips too.',
    fields: {
      prompt: words(3072),
      first_frame: firstFrame(),
      last_frame: lastFrame(),
      reference_images: referenceImages(7),
      reference_video: file(
        'Reference clip',
        'A clip whose motion or camera to follow; the result is silent.',
        'video',
        { advanced: true },
      ),
      video: file('Clip', 'A clip to change; the result is as long as it.', 'video', { advanced: true }),
      aspect_ratio: aspectRatio(RATIOS, '16:9'),
      resolution: resolution(['720p', '1080p', '4k'], '720p'),
      duration: duration(3, 15, 5),
      audio: sound(['off', 'native', 'original']),
      multi_shot: shots(),
      watermark: watermark(),
    },
    accepts: takes([...PICTURES, ...CLIPS], 10, 200, KLING_CLIPS),
    prices: [
      ...seconds({ '720p': 6, '1080p': 8, '4k': 30 }),
      ...seconds({ '720p': 8, '1080p': 10, '4k': 30 }, { audio: 'native' }),
      ...withClip({ '720p': 9, '1080p': 12, '4k': 30 }),
    ],
    typical: { audio: 'off' },
    examples: movingExamples,
  }),
  video({
    id: 'kling-3.0-motion-control',
    // The path says what a model is to do; the others are told apart by what is sent in.
    upstream: 'motion-control/kling-3.0',
    name: 'Kling 3.0 motion control',
    summary: 'Moves the person of a picture as somebody moves in a clip.',
    fields: motionFields(['720p', '1080p'], 3072),
    required: ['first_frame', 'reference_video'],
    accepts: takes([...PICTURES, ...CLIPS], 2, 100, KLING_MOTION),
    prices: seconds({ '720p': 9, '1080p': 12 }),
    examples: motionExamples(),
  }),
  video({
    id: 'kling-2.6-motion-control',
    upstream: 'motion-control/kling-2.6',
    name: 'Kling 2.6 motion control',
    summary: 'The motion of a clip for the person of a picture, for less.',
    fields: motionFields(['720p', '1080p'], 2500),
    required: ['first_frame', 'reference_video'],
    accepts: takes([...PICTURES, ...CLIPS], 2, 100, KLING_MOTION),
    prices: seconds({ '720p': 5, '1080p': 8 }),
    examples: motionExamples(),
  }),
  video({
    id: 'kling-o1',
    upstream: 'kling-o1',
    name: 'Kling O1',
    summary: 'The first of the models that take everything at once.',
    fields: {
      prompt: words(2500),
      first_frame: firstFrame(),
      last_frame: lastFrame(),
      reference_images: referenceImages(7),
      reference_video: file('Reference clip', 'A clip whose motion or camera to follow.', 'video', {
        advanced: true,
      }),
      video: file('Clip', 'A clip to change; the result is as long as it.', 'video', { advanced: true }),
      aspect_ratio: aspectRatio(RATIOS, '16:9'),
      resolution: resolution(['720p', '1080p'], '720p'),
      duration: duration(3, 10, 5),
      audio: sound(['off', 'original']),
      watermark: watermark(),
    },
    accepts: takes([...PICTURES, ...CLIPS], 10, 200, KLING_CLIPS),
    prices: [...seconds({ '720p': 6, '1080p': 8 }), ...withClip({ '720p': 9, '1080p': 12 })],
    typical: { audio: 'off' },
    examples: movingExamples,
  }),
  video({
    id: 'kling-2.6',
    upstream: 'kling-2.6',
    name: 'Kling 2.6',
    summary: 'Five or ten seconds at a low price; sound at 1080p.',
    fields: {
      ...textOrFrame(2500),
      resolution: resolution(['720p', '1080p'], '720p'),
      duration: durations([5, 10], 5),
      audio: sound(['off', 'native']),
      watermark: watermark(),
    },
    rules: {
      // Sound is made at 1080p only.
      if: { properties: { audio: { const: 'native' } }, required: ['audio'] },
      // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's word
      then: { properties: { resolution: { const: '1080p' } } },
    },
    accepts: FRAMES_IN,
    prices: [...seconds({ '720p': 3, '1080p': 5 }), ...seconds({ '1080p': 10 }, { audio: 'native' })],
    typical: { audio: 'off' },
    examples: videoExamples,
  }),
  video({
    id: 'kling-2.5-turbo',
    upstream: 'kling-2.5-turbo',
    name: 'Kling 2.5 Turbo',
    summary: 'Silent clips for the least money.',
    fields: {
      ...textOrFrame(2500),
      resolution: resolution(['720p', '1080p'], '720p'),
      duration: durations([5, 10], 5),
      watermark: watermark(),
    },
    accepts: FRAMES_IN,
    prices: seconds({ '720p': 3, '1080p': 5 }),
    examples: videoExamples,
  }),
];

/** A clip that is sent in makes each second dearer. */
function withClip(tenths: Parameters<typeof seconds>[0]): ShippedPrice[] {
  return ['video?', 'reference_video?'].flatMap((given) => seconds(tenths, { [given]: true }));
}

function motionFields(sizes: string[], most: number) {
  return {
    prompt: prompt(most, 'The scene around the person.'),
    first_frame: file('Person', 'The picture of who should move.', 'image'),
    reference_video: file(
      'Motion',
      'The clip whose motion to follow, 3 to 30 seconds; the result is as long as it.',
      'video',
    ),
    resolution: resolution(sizes, '720p'),
    audio: sound(['off', 'original']),
    watermark: watermark(),
  };
}

function motionExamples(): ShippedModel['examples'] {
  return ['On a stage with coloured light.', 'In an empty gymnasium, morning.', 'On a beach at low tide.'];
}
