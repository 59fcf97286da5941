import type { ShippedModel, ShippedPrice, ShippedProvider, Source } from '#server/catalogue/shipped.ts';
import { movingExamples, pictureExamples, videoExamples } from './examples.ts';
import {
  aspectRatio,
  duration,
  freeSize,
  lastFrame,
  negativePrompt,
  PICTURES,
  resolution,
  takes,
  withAudio,
} from './media.ts';
import { mediaModel } from './media-model.ts';
import { perMillionTokens, price } from './price.ts';
import { file, prompt, seed } from './schema.ts';
import { NO_FILES } from './text.ts';

/** Models of others that fal resells. Each of its endpoints is a model of its own, with fal's price and not the maker's. */

const page = (endpoint: string): Source => ({
  url: `https://fal.ai/models/${endpoint}`,
  basis: 'official',
  on: '2026-11-24',
});

type Fields = Parameters<typeof mediaModel>[0]['fields'];

interface Row {
  id: string;
  endpoint: string;
  name: string;
  summary: string;
  fields: Fields;
  fromPicture?: true;
  prices: ShippedPrice[];
  typical: ShippedModel['typical'];
}

function video(row: Row): ShippedModel {
  const frames: Fields = row.fromPicture
    ? {
        first_frame: file('First frame', 'The picture that the clip begins with.', 'image'),
        last_frame: lastFrame(),
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
    accepts: row.fromPicture ? takes(PICTURES, 2, 10) : NO_FILES,
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
    ...(picture ? { fromPicture: true as const } : {}),
    fields: {
      negative_prompt: negativePrompt(2500),
      ...(picture ? {} : { aspect_ratio: aspectRatio(RATIOS, '16:9') }),
      duration: duration(3, 15, 5),
      audio: withAudio(false),
    },
    prices: [
      price('second', silent, page(endpoint), { when: { audio: false } }),
      price('second', sound, page(endpoint), { when: { audio: true } }),
    ],
    typical: { label: '5 seconds, silent', units: { second: 5 }, params: { duration: 5, audio: false } },
  });
}

/** Seedance 2.0: dollars per million video tokens, width × height × 24 × seconds / 1024. Sound costs nothing. */
function seedance(speed: '' | 'fast/', from: 'text' | 'image', usd: string): ShippedModel {
  const endpoint = `bytedance/seedance-2.0/${speed}${from}-to-video`;
  const picture = from === 'image';
  const fast = speed === '' ? '' : '-fast';
  return video({
    id: `seedance-2.0${fast}-${from}-to-video`,
    endpoint,
    name: `Seedance 2.0${fast === '' ? '' : ' Fast'}, ${picture ? 'from a picture' : 'from words'} (fal)`,
    summary: 'Film-like clips with sound, resold by fal.',
    ...(picture ? { fromPicture: true as const } : {}),
    fields: {
      aspect_ratio: aspectRatio(['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'], '16:9'),
      resolution: resolution(['480p', '720p'], '720p'),
      duration: duration(4, 15, 5),
      audio: withAudio(true),
      seed: seed(2_147_483_647),
    },
    prices: perMillionTokens({ videoOutput: usd }, page(endpoint)),
    typical: {
      label: '5 seconds, 720p, with sound',
      units: { output_video_token: 108_000 },
      params: { resolution: '720p', duration: 5, audio: true },
    },
  });
}

const fluxPro = 'fal-ai/flux-2-pro';

const models: ShippedModel[] = [
  mediaModel({
    id: 'fal/flux-2-pro',
    upstream: fluxPro,
    kind: 'image',
    name: 'FLUX.2 pro (fal)',
    summary: 'FLUX.2 pro from words, resold by fal.',
    fields: {
      prompt: prompt(32_000, 'What the picture shows.'),
      size: freeSize('1024x1024', { multipleOf: 16, maxRatio: 8, maxPixels: 4_194_304 }, [
        { label: 'Square', value: '1024x1024' },
        { label: 'Landscape', value: '1536x1024' },
        { label: 'Portrait', value: '1024x1536' },
      ]),
      seed: seed(2_147_483_647),
    },
    accepts: NO_FILES,
    examples: pictureExamples,
    prices: [
      price('first_megapixel', '0.03', { ...page(fluxPro), basis: 'list' }),
      price('extra_megapixel', '0.015', { ...page(fluxPro), basis: 'list' }),
    ],
    typical: {
      label: '1 picture, 1024 × 1024',
      units: { first_megapixel: 1 },
      params: { size: '1024x1024' },
    },
  }),
  kling('standard', 'text', ['0.084', '0.126']),
  kling('standard', 'image', ['0.084', '0.126']),
  kling('pro', 'text', ['0.112', '0.168']),
  kling('pro', 'image', ['0.112', '0.168']),
  seedance('', 'text', '14'),
  seedance('', 'image', '14'),
  seedance('fast/', 'text', '11.2'),
  seedance('fast/', 'image', '11.2'),
];

export const fal: ShippedProvider = { id: 'fal', name: 'fal', models };
