import type { ShippedModel, ShippedPrice, ShippedProvider } from '#server/catalogue/shipped.ts';
import { movingExamples, videoExamples } from './examples.ts';
import { falImages, falPage, SEED, tolerance } from './fal-images.ts';
import { falSounds } from './fal-sounds.ts';
import {
  aspectRatio,
  CLIPS,
  duration,
  durations,
  lastFrame,
  negativePrompt,
  PICTURES,
  referenceAudios,
  referenceImages,
  referenceVideos,
  resolution,
  SOUNDS,
  takes,
  withAudio,
} from './media.ts';
import { mediaModel } from './media-model.ts';
import { perMillionTokens, price } from './price.ts';
import { decimal, file, flag, prompt } from './schema.ts';
import { NO_FILES } from './text.ts';

/** Models of others that fal resells. Each of its endpoints is a model of its own, with fal's price and not the maker's. */

type Fields = Parameters<typeof mediaModel>[0]['fields'];

interface Row {
  id: string;
  endpoint: string;
  name: string;
  summary: string;
  fields: Fields;
  fromPicture?: true;
  endsWithPicture?: true;
  accepts?: ShippedModel['accepts'];
  prices: ShippedPrice[];
  typical: ShippedModel['typical'];
}

function video(row: Row): ShippedModel {
  const frames: Fields = row.fromPicture
    ? {
        first_frame: file('First frame', 'The picture that the clip begins with.', 'image'),
        ...(row.endsWithPicture ? { last_frame: lastFrame() } : {}),
      }
    : {};
  return mediaModel({
    id: `fal/${row.id}`,
    upstream: row.endpoint,
    kind: 'video',
    name: row.name,
    summary: row.summary,
    fields: { prompt: prompt(2500, 'What happens in the clip.'), ...frames, ...row.fields },
    required: row.fromPicture ? ['prompt', 'first_frame'] : ['prompt'],
    accepts: row.accepts ?? (row.fromPicture ? takes(PICTURES, row.endsWithPicture ? 2 : 1, 10) : NO_FILES),
    examples: row.fromPicture ? movingExamples : videoExamples,
    prices: row.prices,
    typical: row.typical,
  });
}

const RATIOS = ['16:9', '9:16', '1:1'];

/** Kling 3.0: dollars a second, silent and with sound. The ratio follows a picture that is sent in. */
function kling(
  tier: 'standard' | 'pro',
  from: 'text' | 'image',
  [silent, sound]: [string, string],
): ShippedModel {
  const endpoint = `fal-ai/kling-video/v3/${tier}/${from}-to-video`;
  const picture = from === 'image';
  return video({
    id: `kling-3.0-${tier}-${from}-to-video`,
    endpoint,
    name: `Kling 3.0 ${tier}, ${picture ? 'from a picture' : 'from words'} (fal)`,
    summary: `Kling 3.0 at ${tier === 'pro' ? '1080p' : '720p'}, resold by fal.`,
    ...(picture ? { fromPicture: true as const, endsWithPicture: true as const } : {}),
    fields: {
      negative_prompt: negativePrompt(2500),
      ...(picture ? {} : { aspect_ratio: aspectRatio(RATIOS, '16:9') }),
      duration: duration(3, 15, 5),
      audio: withAudio(false),
      cfg_scale: decimal(
        'Closeness',
        'How closely the clip follows the prompt.',
        { min: 0, max: 1, fallback: 0.5 },
        { group: 'style', advanced: true },
      ),
    },
    prices: [
      price('second', silent, falPage(endpoint, 'official'), { when: { audio: false } }),
      price('second', sound, falPage(endpoint, 'official'), { when: { audio: true } }),
    ],
    typical: { label: '5 seconds, silent', units: { second: 5 }, params: { duration: 5, audio: false } },
  });
}

const seedanceFields: Fields = {
  aspect_ratio: aspectRatio(['auto', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'], '16:9'),
  resolution: resolution(['480p', '720p'], '720p'),
  duration: duration(4, 15, 5),
  auto_duration: flag(
    'Length by the model',
    'Lets the model choose the length. The longest is held, and what comes is charged.',
    false,
    { group: 'output', advanced: true },
  ),
  audio: withAudio(true),
  seed: SEED,
};

/** Seedance 2.0: dollars per million video tokens, width × height × 24 × seconds / 1024. Sound costs nothing. */
function seedance(speed: '' | 'fast/', from: 'text' | 'image' | 'reference', usd: string): ShippedModel {
  const endpoint = `bytedance/seedance-2.0/${speed}${from}-to-video`;
  const fast = speed === '' ? '' : '-fast';
  const origin = { text: 'from words', image: 'from a picture', reference: 'from references' }[from];
  return video({
    id: `seedance-2.0${fast}-${from}-to-video`,
    endpoint,
    name: `Seedance 2.0${fast === '' ? '' : ' Fast'}, ${origin} (fal)`,
    summary: 'Film-like clips with sound, resold by fal.',
    ...(from === 'image' ? { fromPicture: true as const, endsWithPicture: true as const } : {}),
    ...(from === 'reference' ? { accepts: takes([...PICTURES, ...CLIPS, ...SOUNDS], 15, 50) } : {}),
    fields: {
      ...(from === 'reference'
        ? {
            reference_images: referenceImages(9),
            reference_videos: referenceVideos(3),
            reference_audios: referenceAudios(3),
          }
        : {}),
      ...seedanceFields,
    },
    prices: perMillionTokens({ videoOutput: usd }, falPage(endpoint, 'official')),
    typical: {
      label: '5 seconds, 720p, with sound',
      units: { output_video_token: 108_000 },
      params: { resolution: '720p', duration: 5, audio: true },
    },
  });
}

function veo(from: 'text' | 'image'): ShippedModel {
  const endpoint = from === 'text' ? 'fal-ai/veo3.1' : 'fal-ai/veo3.1/image-to-video';
  const picture = from === 'image';
  return video({
    id: `veo-3.1-${from}-to-video`,
    endpoint,
    name: `Veo 3.1, ${picture ? 'from a picture' : 'from words'} (fal)`,
    summary: 'Google’s film model, resold by fal.',
    ...(picture ? { fromPicture: true as const } : {}),
    fields: {
      negative_prompt: negativePrompt(1000),
      aspect_ratio: aspectRatio(picture ? ['auto', '16:9', '9:16'] : ['16:9', '9:16'], '16:9'),
      resolution: resolution(['720p', '1080p'], '720p'),
      duration: durations([4, 6, 8], 8),
      audio: withAudio(true),
      auto_fix: flag('Mend the prompt', 'Lets a prompt that would be refused be written anew.', false, {
        group: 'style',
        advanced: true,
      }),
      safety_tolerance: tolerance(6, 4),
      seed: SEED,
    },
    prices: [
      price('second', '0.40', falPage(endpoint), { when: { audio: true } }),
      price('second', '0.20', falPage(endpoint), { when: { audio: false } }),
    ],
    typical: { label: '8 seconds, with sound', units: { second: 8 }, params: { duration: 8, audio: true } },
  });
}

const models: ShippedModel[] = [
  ...falImages,
  kling('standard', 'text', ['0.084', '0.126']),
  kling('standard', 'image', ['0.084', '0.126']),
  kling('pro', 'text', ['0.112', '0.168']),
  kling('pro', 'image', ['0.112', '0.168']),
  seedance('', 'text', '14'),
  seedance('', 'image', '14'),
  seedance('', 'reference', '14'),
  seedance('fast/', 'text', '11.2'),
  seedance('fast/', 'image', '11.2'),
  seedance('fast/', 'reference', '11.2'),
  veo('text'),
  veo('image'),
  ...falSounds,
];

export const fal: ShippedProvider = { id: 'fal', name: 'fal', models };
