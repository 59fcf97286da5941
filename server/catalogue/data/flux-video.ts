import type { ShippedModel, ShippedPrice, Source, When } from '#server/catalogue/shipped.ts';
import { videoExamples } from './examples.ts';
import {
  aspectRatio,
  duration,
  firstFrame,
  lastFrame,
  PICTURES,
  resolution,
  takes,
  withAudio,
} from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, file, files, flag, prompt, shaped, whole } from './schema.ts';

const RESOLD: Source = { url: 'https://bfl.ai/pricing', basis: 'derived', on: '2026-08-20' };

/** A quick preview costs the same whatever it is made from. */
const drafts: When[] = [
  { draft: true },
  { draft: true, resolution: 'fhd' },
  { draft: true, 'video?': true },
  { draft: true, resolution: 'fhd', 'video?': true },
];

const prices: ShippedPrice[] = [
  price('second', '0.17', RESOLD),
  price('second', '0.29', RESOLD, { when: { resolution: 'fhd' } }),
  price('second', '0.41', RESOLD, { when: { 'video?': true } }),
  price('second', '0.53', RESOLD, { when: { resolution: 'fhd', 'video?': true } }),
  ...drafts.map((when) => price('second', '0.06', RESOLD, { when })),
];

export const fluxVideo: ShippedModel[] = [
  mediaModel({
    id: 'flux/flux-3-video',
    kind: 'video',
    name: 'FLUX.3 video',
    summary: 'Clips with sound from words, from one picture or two, or from a clip that goes on.',
    fields: {
      prompt: prompt(32_000, 'What happens in the clip.'),
      first_frame: firstFrame(),
      last_frame: lastFrame(),
      keyframes: files(
        'Key frames',
        'Pictures that the clip passes through in this order, evenly spread; instead of first and last frame.',
        'image',
        10,
        { advanced: true },
      ),
      keyframe_seconds: shaped(
        'Times of the key frames',
        'The second at which each key frame is reached, rising; as many as there are key frames.',
        {
          type: 'array',
          items: { type: 'number', minimum: 0, maximum: 20 },
          minItems: 1,
          maxItems: 10,
        },
        { group: 'input' },
      ),
      video: file('Clip', 'A clip to go on from, instead of frames.', 'video', { advanced: true }),
      aspect_ratio: aspectRatio(['auto', '21:9', '2:1', '16:9', '4:3', '1:1', '3:4', '9:16'], '16:9'),
      resolution: resolution(['hd', 'fhd'], 'hd'),
      duration: duration(5, 20, 5),
      audio: withAudio(true),
      draft: flag('Draft', 'A quick, rough preview for less.', false, { group: 'output' }),
      safety_tolerance: whole(
        'Tolerance',
        'How much the provider’s filter lets through: 0 is strictest.',
        { min: 0, max: 4, fallback: 2 },
        { group: 'style', advanced: true },
      ),
      version: choice('Version', 'Which version of the model to use.', ['latest'], 'latest', {
        widget: 'hidden',
      }),
    },
    rules: { dependentRequired: { last_frame: ['first_frame'], keyframe_seconds: ['keyframes'] } },
    accepts: takes([...PICTURES, 'video/mp4'], 10, 20),
    examples: videoExamples,
    prices,
    typical: {
      label: '5 seconds in HD, with sound',
      units: { second: 5 },
      params: { resolution: 'hd', duration: 5, draft: false },
    },
  }),
];
