import type { ShippedModel, ShippedPrice, Source, Usual } from '#server/catalogue/shipped.ts';
import { pictureExamples } from './examples.ts';
import { safetyThreshold } from './google-safety.ts';
import { aspectRatio, PICTURES, takes } from './media.ts';
import { mediaModel } from './media-model.ts';
import { perMillionTokens } from './price.ts';
import { choice, files, prompt } from './schema.ts';

const PAGE: Source = {
  url: 'https://ai.google.dev/gemini-api/docs/pricing',
  basis: 'official',
  on: '2026-11-10',
};
const LISTS: Source = { ...PAGE, basis: 'list', on: '2026-10-20' };

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

interface PictureRow {
  id: string;
  name: string;
  summary: string;
  ratios?: string[];
  /** Tokens of one picture by size; one size means that there is nothing to choose. */
  tokens: Partial<Record<'1K' | '2K' | '4K', number>>;
  prices: ShippedPrice[];
}

function picture(row: PictureRow): ShippedModel {
  const sizes = Object.keys(row.tokens);
  const [first = 0] = Object.values(row.tokens);
  return mediaModel({
    id: `google/${row.id}`,
    kind: 'image',
    name: row.name,
    summary: row.summary,
    fields: {
      prompt: prompt(32_000, 'What the picture shows, or how the pictures you give should change.'),
      images: files('Pictures', 'Pictures to change or to take from.', 'image', 14),
      aspect_ratio: aspectRatio(row.ratios ?? RATIOS),
      ...(sizes.length > 1
        ? {
            image_size: choice('Size', 'The longer side in thousands of pixels.', sizes, '1K', {
              group: 'output',
            }),
          }
        : {}),
      safety_threshold: safetyThreshold(),
    },
    accepts: takes(PICTURES, 14, 7),
    examples: pictureExamples,
    prices: row.prices,
    usual: [
      { unit: 'output_token', quantity: 300 },
      { unit: 'output_image_token', quantity: first },
      ...(sizes.length > 1 ? Object.entries(row.tokens).map(bySize) : []),
    ],
    typical: {
      label: '1 picture, about one megapixel',
      units: { input_token: 50, output_image_token: first },
      params: {},
    },
  });
}

function bySize([image_size, quantity]: [string, number]): Usual {
  return { unit: 'output_image_token', quantity, when: { image_size } };
}

export const googleImages: ShippedModel[] = [
  picture({
    id: 'gemini-nano-banana-2.1',
    name: 'Nano Banana 2.1',
    summary: 'Google’s newest picture model: quick, cheap, keeps faces and things alike over many pictures.',
    ratios: [...RATIOS, '1:4', '4:1', '1:8', '8:1'],
    tokens: { '1K': 1120, '2K': 1680, '4K': 2520 },
    prices: perMillionTokens({ input: '1.50', output: '7.50', imageOutput: '30' }, LISTS),
  }),
  picture({
    id: 'gemini-3-pro-image',
    name: 'Nano Banana Pro',
    summary: 'Plans before it draws: diagrams, lettering, many references.',
    tokens: { '1K': 1120, '2K': 1120, '4K': 2000 },
    prices: perMillionTokens({ input: '2', output: '12', imageOutput: '120' }, PAGE),
  }),
  picture({
    id: 'gemini-3.1-flash-lite-image',
    name: 'Gemini 3.1 Flash-Lite Image',
    summary: 'The cheapest of Google’s picture models.',
    tokens: { '1K': 1120 },
    prices: perMillionTokens({ input: '0.25', output: '1.50', imageOutput: '30' }, PAGE),
  }),
  picture({
    id: 'gemini-2.5-flash-image',
    name: 'Nano Banana',
    summary: 'The first of its name, for those who pinned it.',
    tokens: { '1K': 1290 },
    prices: perMillionTokens({ input: '0.30', output: '2.50', imageOutput: '30' }, PAGE),
  }),
];
