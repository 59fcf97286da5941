import type { ShippedModel, ShippedPrice, Source } from '#server/catalogue/shipped.ts';
import { pictureExamples } from './examples.ts';
import { freeSize, PICTURES, takes, watermark } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, files, prompt, whole } from './schema.ts';

const URL = 'https://docs.byteplus.com/en/docs/ModelArk/1544106';
const LISTS: Source = { url: URL, basis: 'derived', on: '2026-11-10' };

interface PictureRow {
  id: string;
  upstream: string;
  name: string;
  summary: string;
  sizes: string[];
  images: number;
  maxPixels: number;
  thinks?: true;
  png?: true;
  prices: ShippedPrice[];
}

function picture(row: PictureRow): ShippedModel {
  return mediaModel({
    id: `seedance/${row.id}`,
    upstream: row.upstream,
    kind: 'image',
    name: row.name,
    summary: row.summary,
    fields: {
      prompt: prompt(4000, 'What the picture shows, or how the pictures you give should change.'),
      images: files('Pictures', 'Pictures to change or to take from.', 'image', row.images),
      size: freeSize(
        row.sizes[0]!,
        { multipleOf: 1, maxRatio: 16, minPixels: 921_600, maxPixels: row.maxPixels },
        [...row.sizes.map((size) => ({ label: size, value: size })), { label: 'Wide', value: '2560x1440' }],
        row.sizes,
      ),
      max_images: whole(
        'Set',
        'Lets the model make up to this many pictures that belong together. Each is charged. With pictures sent in at most 15 in all.',
        { min: 1, max: 15, fallback: 1 },
        { group: 'output' },
      ),
      ...(row.png
        ? {
            output_format: choice('Format', 'The kind of file.', ['jpeg', 'png'], 'jpeg', {
              group: 'output',
              advanced: true,
            }),
          }
        : {}),
      optimize_prompt: choice(
        'Enrich the prompt',
        'How much time the provider takes to write your prompt out in more detail.',
        ['standard', 'fast'],
        undefined,
        { group: 'style', advanced: true },
      ),
      watermark: watermark(),
    },
    accepts: takes(PICTURES, row.images, 30),
    examples: pictureExamples,
    prices: row.prices,
    typical: { label: `1 picture, ${row.sizes[0]}`, units: { image: 1 }, params: { size: row.sizes[0]! } },
  });
}

export const seedream: ShippedModel[] = [
  picture({
    id: 'seedream-5.0-pro',
    upstream: 'seedream-5-0-pro-260628',
    name: 'Seedream 5.0 Pro',
    summary: 'ByteDance’s finest; beyond 2.36 megapixels it costs twice as much.',
    sizes: ['1K', '2K'],
    images: 10,
    maxPixels: 4_194_304,
    png: true,
    prices: [
      price('image', '0.045', LISTS),
      price('image', '0.09', LISTS, { when: { 'pixels>': 2_360_000 } }),
      price('input_image', '0.003', LISTS),
    ],
  }),
  picture({
    id: 'seedream-5.0',
    upstream: 'seedream-5-0-260128',
    name: 'Seedream 5.0',
    summary: 'The light one of the fifth generation.',
    sizes: ['2K', '4K'],
    images: 10,
    maxPixels: 16_777_216,
    png: true,
    prices: [price('image', '0.035', LISTS)],
  }),
  picture({
    id: 'seedream-4.5',
    upstream: 'seedream-4-5-251128',
    name: 'Seedream 4.5',
    summary: 'Strong at lettering, posters and series of pictures.',
    sizes: ['2K', '4K'],
    images: 14,
    maxPixels: 16_777_216,
    prices: [price('image', '0.04', LISTS)],
  }),
  picture({
    id: 'seedream-4.0',
    upstream: 'seedream-4-0-250828',
    name: 'Seedream 4.0',
    summary: 'The fourth generation, for less.',
    sizes: ['1K', '2K', '4K'],
    images: 10,
    maxPixels: 16_777_216,
    prices: [price('image', '0.03', LISTS)],
  }),
];
