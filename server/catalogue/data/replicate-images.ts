import type { ShippedModel, Source } from '#server/catalogue/shipped.ts';
import { pictureExamples } from './examples.ts';
import { aspectRatio, count, PICTURES, resolution, takes } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, files, flag, prompt, seed, whole } from './schema.ts';
import { NO_FILES } from './text.ts';

/** Its own list of prices. */
const PRICES: Source = { url: 'https://replicate.com/pricing', basis: 'official', on: '2026-10-07' };
export const page = (model: string, basis: Source['basis'], on: string): Source => ({
  url: `https://replicate.com/${model}`,
  basis,
  on,
});

export const SEED = seed(2_147_483_647);
const FLUX_RATIOS = ['1:1', '16:9', '3:2', '2:3', '4:5', '5:4', '9:16', '3:4', '4:3'];
const ONE = { label: '1 picture', units: { image: 1 }, params: {} };
export const OUTPUT = { group: 'output', advanced: true } as const;

export const format = (values: string[], fallback: string) =>
  choice('Format', 'The kind of file.', values, fallback, OUTPUT);
const quality = () =>
  whole(
    'Quality of the file',
    'Of JPEG and WebP files: more is larger and finer.',
    { min: 0, max: 100, fallback: 80 },
    OUTPUT,
  );
const tolerance = (min: number, max: number) =>
  whole(
    'Tolerance',
    `How much the provider’s filter lets through: ${min} is strictest.`,
    { min, max, fallback: 2 },
    { group: 'style', advanced: true },
  );
const upsampling = () =>
  flag('Enrich the prompt', 'Lets the model write your prompt out in more detail first.', false, {
    group: 'style',
    advanced: true,
  });
const side = (name: 'Width' | 'Height', min: number, max: number, multipleOf: number) =>
  whole(
    name,
    'Pixels; only with the ratio `custom`.',
    { min, max, multipleOf },
    { ...OUTPUT, widget: 'number', unit: 'px' },
  );

/** A size of one's own has two sides. */
const sidesWith = (field: string) => ({
  if: { properties: { [field]: { const: 'custom' } }, required: [field] },
  // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's word
  then: { properties: { width: {}, height: {} }, required: ['width', 'height'] },
});

const kontextPage = (model: string): Source => page(model, 'list', '2026-10-07');

function kontext(tier: 'pro' | 'max', usd: string): ShippedModel {
  const upstream = `black-forest-labs/flux-kontext-${tier}`;
  return mediaModel({
    id: `replicate/flux-kontext-${tier}`,
    upstream,
    kind: 'image',
    name: `FLUX.1 Kontext ${tier} (Replicate)`,
    summary: 'Changes a picture by words, resold by Replicate.',
    fields: {
      prompt: prompt(32_000, 'How the picture you give should change, or what a new one shows.'),
      images: files('Picture', 'The picture to change.', 'image', 1),
      aspect_ratio: aspectRatio(
        ['match_input_image', '21:9', '9:21', '2:1', '1:2', ...FLUX_RATIOS],
        'match_input_image',
      ),
      prompt_upsampling: upsampling(),
      seed: SEED,
      output_format: format(['png', 'jpg'], 'png'),
      safety_tolerance: tolerance(0, 6),
    },
    accepts: takes(PICTURES, 1, 20),
    examples: [
      'Make it winter.',
      'Turn this photograph into a pencil drawing.',
      'Put a straw hat on the dog.',
    ],
    prices: [price('image', usd, kontextPage(upstream))],
    typical: ONE,
  });
}

const flux2 = 'black-forest-labs/flux-2-pro';
const flux2Page = page(flux2, 'derived', '2026-11-10');

export const replicateImages: ShippedModel[] = [
  mediaModel({
    id: 'replicate/flux-2-pro',
    upstream: flux2,
    kind: 'image',
    name: 'FLUX.2 pro (Replicate)',
    summary: 'FLUX.2 pro with up to eight reference pictures, resold by Replicate.',
    fields: {
      prompt: prompt(32_000, 'What the picture shows, or how the pictures you give should change.'),
      images: files('Reference pictures', 'Pictures to change or to take from.', 'image', 8),
      aspect_ratio: aspectRatio(['match_input_image', 'custom', ...FLUX_RATIOS], '1:1'),
      resolution: resolution(['0.5 MP', '1 MP', '2 MP', '4 MP', 'match_input_image'], '1 MP'),
      width: side('Width', 256, 2048, 32),
      height: side('Height', 256, 2048, 32),
      seed: SEED,
      output_format: format(['webp', 'jpg', 'png'], 'png'),
      output_quality: quality(),
      safety_tolerance: tolerance(1, 5),
    },
    rules: sidesWith('aspect_ratio'),
    accepts: takes(PICTURES, 8, 20),
    examples: pictureExamples,
    prices: [
      price('first_megapixel', '0.03', flux2Page),
      price('extra_megapixel', '0.015', flux2Page),
      price('input_megapixel', '0.015', flux2Page),
    ],
    typical: {
      label: '1 picture, 1 megapixel',
      units: { first_megapixel: 1 },
      params: { resolution: '1 MP' },
    },
  }),
  mediaModel({
    id: 'replicate/flux-1.1-pro',
    upstream: 'black-forest-labs/flux-1.1-pro',
    kind: 'image',
    name: 'FLUX 1.1 pro (Replicate)',
    summary: 'The picture model of the first generation, resold by Replicate.',
    fields: {
      prompt: prompt(32_000, 'What the picture shows.'),
      images: files('Picture', 'A picture whose composition to follow.', 'image', 1, { advanced: true }),
      aspect_ratio: aspectRatio(['custom', ...FLUX_RATIOS], '1:1'),
      width: side('Width', 256, 1440, 32),
      height: side('Height', 256, 1440, 32),
      prompt_upsampling: upsampling(),
      seed: SEED,
      output_format: format(['webp', 'jpg', 'png'], 'png'),
      output_quality: quality(),
      safety_tolerance: tolerance(1, 6),
    },
    rules: sidesWith('aspect_ratio'),
    accepts: takes(PICTURES, 1, 20),
    examples: pictureExamples,
    prices: [price('image', '0.04', PRICES)],
    typical: ONE,
  }),
  mediaModel({
    id: 'replicate/flux-schnell',
    upstream: 'black-forest-labs/flux-schnell',
    kind: 'image',
    name: 'FLUX schnell (Replicate)',
    summary: 'A picture in a second for a third of a cent.',
    fields: {
      prompt: prompt(32_000, 'What the picture shows.'),
      aspect_ratio: aspectRatio(['21:9', '9:21', ...FLUX_RATIOS], '1:1'),
      n: count(4),
      num_inference_steps: whole(
        'Steps',
        'More steps, more detail.',
        { min: 1, max: 4, fallback: 4 },
        { group: 'style', advanced: true },
      ),
      megapixels: choice('Size', 'Megapixels of the picture, about.', ['1', '0.25'], '1', OUTPUT),
      go_fast: flag('Faster', 'Uses a rounder model that is quicker.', true, {
        group: 'style',
        advanced: true,
      }),
      seed: SEED,
      output_format: format(['webp', 'jpg', 'png'], 'png'),
      output_quality: quality(),
    },
    accepts: NO_FILES,
    examples: pictureExamples,
    prices: [price('image', '3.00', PRICES, { per: 1000 })],
    typical: ONE,
  }),
  kontext('pro', '0.04'),
  kontext('max', '0.08'),
  mediaModel({
    id: 'replicate/seedream-4.5',
    upstream: 'bytedance/seedream-4.5',
    kind: 'image',
    name: 'Seedream 4.5 (Replicate)',
    summary: 'Strong at lettering and series of pictures, resold by Replicate.',
    fields: {
      prompt: prompt(4000, 'What the picture shows, or how the pictures you give should change.'),
      images: files('Pictures', 'Pictures to change or to take from.', 'image', 14),
      size: choice(
        'Size',
        'Of the longer side, or `custom` with width and height.',
        ['2K', '4K', 'custom'],
        '2K',
        {
          group: 'output',
        },
      ),
      aspect_ratio: aspectRatio(
        ['match_input_image', '1:1', '4:3', '3:4', '16:9', '9:16', '3:2', '2:3', '21:9'],
        'match_input_image',
      ),
      width: side('Width', 1024, 4096, 1),
      height: side('Height', 1024, 4096, 1),
      max_images: whole(
        'Set',
        'Lets the model make up to this many pictures that belong together. Each is charged.',
        { min: 1, max: 15, fallback: 1 },
        { group: 'output' },
      ),
    },
    rules: sidesWith('size'),
    accepts: takes(PICTURES, 14, 20),
    examples: pictureExamples,
    prices: [price('image', '0.04', page('bytedance/seedream-4.5', 'list', '2026-01-25'))],
    typical: ONE,
  }),
  mediaModel({
    id: 'replicate/recraft-crisp-upscale',
    upstream: 'recraft-ai/recraft-crisp-upscale',
    kind: 'image',
    name: 'Recraft Crisp Upscale (Replicate)',
    summary: 'Makes a picture larger and sharper.',
    fields: { images: files('Picture', 'The picture to enlarge.', 'image', 1) },
    required: ['images'],
    accepts: takes(['image/png', 'image/jpeg', 'image/webp'], 1, 5),
    examples: ['A scanned family photograph.', 'A logo of 200 pixels.', 'A picture from an old phone.'],
    prices: [price('image', '0.006', page('recraft-ai/recraft-crisp-upscale', 'list', '2026-01-26'))],
    typical: ONE,
  }),
];
