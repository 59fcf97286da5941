import type { Accepts, ShippedModel, Source, Usual } from '#server/catalogue/shipped.ts';
import { perMillionTokens, type TokenCosts } from './price.ts';
import { choice, file, files, parameters, prompt, shaped, whole } from './schema.ts';
import { MEGABYTE } from './text.ts';

const PAGE: Source = { url: 'https://platform.openai.com/docs/pricing', basis: 'official', on: '2026-11-10' };

const ACCEPTS: Accepts = {
  mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
  maxFiles: 16,
  maxBytes: 50 * MEGABYTE,
};

/** One set of prices for gpt-image-2 and all that came after it. */
const CURRENT: TokenCosts = {
  input: '5',
  cached: '1.25',
  imageInput: '8',
  cachedImageInput: '2',
  imageOutput: '30',
};

/**
 * Output tokens of one image, for the estimate only. Counted for gpt-image-2; 2.5 and 2.6 are taken to be alike, and
 * `xhigh` and `max` to need half as much again and twice as much as `high`, until measured.
 */
const IMAGE_TOKENS: Usual[] = [
  { unit: 'output_image_token', quantity: 1767 },
  { unit: 'output_image_token', quantity: 196, when: { quality: 'low' } },
  { unit: 'output_image_token', quantity: 1767, when: { quality: 'medium' } },
  { unit: 'output_image_token', quantity: 7024, when: { quality: 'high' } },
  { unit: 'output_image_token', quantity: 5488, when: { quality: 'high', size: '1536x1024' } },
  { unit: 'output_image_token', quantity: 5488, when: { quality: 'high', size: '1024x1536' } },
  { unit: 'output_image_token', quantity: 10_536, when: { quality: 'xhigh' } },
  { unit: 'output_image_token', quantity: 14_048, when: { quality: 'max' } },
];

/** gpt-image-1-mini: $0.005, $0.011 and $0.036 an image at $8 for a million tokens. */
const MINI_TOKENS: Usual[] = [
  { unit: 'output_image_token', quantity: 1375 },
  { unit: 'output_image_token', quantity: 625, when: { quality: 'low' } },
  { unit: 'output_image_token', quantity: 1375, when: { quality: 'medium' } },
  { unit: 'output_image_token', quantity: 4500, when: { quality: 'high' } },
];

const SIZES = [
  { label: 'Square', value: '1024x1024' },
  { label: 'Landscape', value: '1536x1024' },
  { label: 'Portrait', value: '1024x1536' },
];

function freeSize() {
  return shaped(
    'Size',
    'Width × height in pixels. Both divisible by 16, no side more than three times the other, at most 3840×2160 pixels in area. `auto` lets the model choose.',
    {
      type: 'string',
      pattern: '^(auto|[1-9][0-9]{2,3}x[1-9][0-9]{2,3})$',
      default: '1024x1024',
      'x-size': { multipleOf: 16, maxRatio: 3, maxPixels: 8_294_400 },
    },
    {
      group: 'output',
      widget: 'size',
      advanced: false,
      presets: [
        ...SIZES,
        { label: 'Wide 2K', value: '2048x1152' },
        { label: 'Square 2K', value: '2048x2048' },
        { label: 'Wide 4K', value: '3840x2160' },
      ],
    },
  );
}

function fields(generation: 'mini' | '2' | '2.5' | '2.6') {
  const late = generation === '2.5' || generation === '2.6';
  const qualities = ['low', 'medium', 'high', ...(late ? ['xhigh', 'max'] : [])];
  return {
    prompt: prompt(32_000, 'What the picture shows, or how the pictures you give should change.'),
    images: files(
      'Images',
      'Pictures to change or to take from. With none, a new picture is made.',
      'image',
      16,
    ),
    mask: file(
      'Mask',
      'A PNG of the same size as the first picture: only where it is transparent may the picture change.',
      'image',
      { advanced: true },
    ),
    ...(late
      ? {
          markup: file(
            'Markup',
            'A PNG with marks drawn over the picture that show what you mean.',
            'image',
            { advanced: true },
          ),
        }
      : {}),
    size:
      generation === 'mini'
        ? choice(
            'Size',
            'Width × height in pixels. `auto` lets the model choose.',
            ['auto', ...SIZES.map((size) => size.value)],
            '1024x1024',
            { group: 'output', widget: 'size', presets: SIZES },
          )
        : freeSize(),
    quality: choice(
      'Quality',
      'More quality takes longer and costs more.',
      ['auto', ...qualities],
      'medium',
      {
        group: 'output',
      },
    ),
    ...(generation === '2.6'
      ? {
          complexity: choice(
            'Planning',
            'How much the model plans the picture before it draws.',
            ['low', 'medium', 'high'],
            undefined,
            { group: 'style', advanced: true },
          ),
        }
      : {}),
    n: whole(
      'Pictures',
      'How many pictures to make. Each is charged.',
      { min: 1, max: 10, fallback: 1 },
      { group: 'output' },
    ),
    partial_images: whole(
      'Looks',
      'How often the picture is shown while it is made, for one picture at a time. Each look costs 100 tokens of picture more.',
      { min: 0, max: 3, fallback: 0 },
      { group: 'output', advanced: true },
    ),
    background: choice(
      'Background',
      'A transparent background needs PNG or WebP.',
      ['auto', 'opaque', 'transparent'],
      'auto',
      { group: 'output', advanced: true },
    ),
    output_format: choice('Format', 'The kind of file.', ['png', 'webp', 'jpeg'], 'png', {
      group: 'output',
      advanced: true,
    }),
    output_compression: whole(
      'Compression',
      'How much of the quality is kept in WebP and JPEG.',
      { min: 0, max: 100 },
      { group: 'output', unit: '%', advanced: true, providerDefault: 100 },
    ),
    moderation: choice('Filter', 'How strictly OpenAI filters content.', ['auto', 'low'], 'auto', {
      group: 'style',
      advanced: true,
    }),
  };
}

/** Looks come one picture at a time. */
const ONE_AT_A_TIME = {
  if: { properties: { partial_images: { type: 'integer', minimum: 1 } }, required: ['partial_images'] },
  // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema’s word
  then: { properties: { n: { type: 'integer', maximum: 1 } } },
};

interface Row {
  id: string;
  name: string;
  summary: string;
  generation: 'mini' | '2' | '2.5' | '2.6';
  examples: [string, string, string];
}

function model(row: Row): ShippedModel {
  const mini = row.generation === 'mini';
  return {
    id: `openai/${row.id}`,
    kind: 'image',
    upstream: row.id,
    name: row.name,
    summary: row.summary,
    parameters: parameters(fields(row.generation), ['prompt'], ONE_AT_A_TIME),
    contextTokens: null,
    defaultMaxOutputTokens: null,
    maxOutputTokens: null,
    accepts: ACCEPTS,
    examples: row.examples,
    prices: perMillionTokens(mini ? { input: '2', imageInput: '2.5', imageOutput: '8' } : CURRENT, PAGE),
    usual: mini ? MINI_TOKENS : IMAGE_TOKENS,
    typical: {
      label: '1 picture, 1024 × 1024, medium quality',
      units: { input_token: 50, output_image_token: mini ? 1375 : 1767 },
      params: { size: '1024x1024', quality: 'medium' },
    },
  };
}

export const openaiImages: ShippedModel[] = [
  model({
    id: 'gpt-image-2.6-sunburst',
    name: 'GPT Image 2.6 Sunburst',
    summary: 'OpenAI’s newest picture model: plans first, follows long instructions, writes text well.',
    generation: '2.6',
    examples: [
      'A poster for a jazz evening: a trumpet made of folded paper, warm light, the words "Friday, 8 pm".',
      'An exploded drawing of a bicycle hub, every part labelled, engraving style.',
      'A shop window in Lisbon in the rain, seen from inside, at dusk.',
    ],
  }),
  model({
    id: 'gpt-image-2.6-flare',
    name: 'GPT Image 2.6 Flare',
    summary: 'The quick one of the newest pair.',
    generation: '2.6',
    examples: [
      'A flat icon of a lighthouse in three colours.',
      'A bowl of noodles from above on a blue table, soft daylight.',
      'A child’s drawing of a dragon that runs a bakery.',
    ],
  }),
  model({
    id: 'gpt-image-2.5-sunburst',
    name: 'GPT Image 2.5 Sunburst',
    summary: 'The careful picture model of September 2026.',
    generation: '2.5',
    examples: [
      'A botanical plate of a fig branch with Latin labels.',
      'A reading room with green lamps, wide angle, nobody there.',
      'Replace the sky in my picture with a clear evening.',
    ],
  }),
  model({
    id: 'gpt-image-2.5-flare',
    name: 'GPT Image 2.5 Flare',
    summary: 'The quick picture model of September 2026.',
    generation: '2.5',
    examples: [
      'A sticker of a sleepy fox, thick white border.',
      'A pattern of lemons and leaves that repeats.',
      'A red tram on a steep street, morning fog.',
    ],
  }),
  model({
    id: 'gpt-image-2',
    name: 'GPT Image 2',
    summary: 'Any size up to 4K, good text and editing.',
    generation: '2',
    examples: [
      'A menu for a small Ethiopian restaurant, hand-lettered.',
      'A glass house in a pine forest, first snow.',
      'Put the product from my picture on a marble shelf.',
    ],
  }),
  model({
    id: 'gpt-image-1-mini',
    name: 'GPT Image 1 mini',
    summary: 'The cheapest of OpenAI’s picture models; they call it deprecated.',
    generation: 'mini',
    examples: [
      'A lighthouse at dusk, oil painting.',
      'A friendly robot watering plants, flat colours.',
      'A map of an island for a children’s book.',
    ],
  }),
];
