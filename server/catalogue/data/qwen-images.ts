import type { ShippedModel, ShippedPrice } from '#server/catalogue/shipped.ts';
import { pictureExamples } from './examples.ts';
import { count, freeSize, negativePrompt, PICTURES, takes, watermark } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { DERIVED, LISTS, rewrite, SEED } from './qwen-media.ts';
import { choice, files, flag, prompt } from './schema.ts';

const SIZES = [
  { label: 'Square', value: '1024x1024' },
  { label: 'Landscape', value: '1536x1024' },
  { label: 'Portrait', value: '1024x1536' },
  { label: 'Square 2K', value: '2048x2048' },
];
const FIXED_SIZES = ['1328x1328', '1664x928', '1472x1104', '1104x1472', '928x1664'];

interface PictureRow {
  id: string;
  name: string;
  summary: string;
  size: ReturnType<typeof freeSize>;
  /** How many pictures can be sent in; none: text to image only. */
  images: number;
  needsImages?: true;
  most: number;
  prices: ShippedPrice[];
}

function picture(row: PictureRow): ShippedModel {
  return mediaModel({
    id: `qwen/${row.id}`,
    kind: 'image',
    name: row.name,
    summary: row.summary,
    fields: {
      prompt: prompt(800, 'What the picture shows, or how the pictures you give should change.'),
      negative_prompt: negativePrompt(500),
      ...(row.images > 0
        ? { images: files('Pictures', 'Pictures to change or to take from.', 'image', row.images) }
        : {}),
      size: row.size,
      ...(row.most > 1 ? { n: count(row.most) } : {}),
      prompt_extend: rewrite(),
      watermark: watermark(),
      seed: SEED,
    },
    required: row.needsImages ? ['prompt', 'images'] : ['prompt'],
    accepts: row.images > 0 ? takes(PICTURES, row.images, 10) : takes([], 0, 0),
    examples: pictureExamples,
    prices: row.prices,
    typical: { label: '1 picture, 1024 × 1024', units: { image: 1 }, params: {} },
  });
}

const free = (maxPixels: number, fallback?: string) =>
  freeSize(fallback, { multipleOf: 16, maxRatio: 4, minPixels: 262_144, maxPixels }, SIZES);

function wanPicture(id: string, name: string, summary: string, named: string[], each: string): ShippedModel {
  return mediaModel({
    id: `qwen/${id}`,
    kind: 'image',
    name,
    summary,
    fields: {
      prompt: prompt(5000, 'What the picture shows, or how the pictures you give should change.'),
      images: files('Pictures', 'Pictures to change or to take from.', 'image', 9),
      size: freeSize(
        '1K',
        { multipleOf: 16, maxRatio: 8, maxPixels: named.includes('4K') ? 16_777_216 : 4_194_304 },
        SIZES,
        named,
      ),
      n: count(12),
      enable_sequential: flag(
        'Series',
        'Makes pictures that belong together: up to twelve, instead of up to four side by side.',
        false,
        { group: 'output', advanced: true },
      ),
      thinking_mode: flag(
        'Think first',
        'Plans the picture before it is drawn; only without pictures sent in.',
        undefined,
        {
          group: 'style',
          advanced: true,
        },
      ),
      watermark: watermark(),
      seed: SEED,
    },
    rules: {
      if: { properties: { enable_sequential: { const: false } } },
      // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's word
      then: { properties: { n: { type: 'integer', maximum: 4 } } },
    },
    accepts: takes(PICTURES, 9, 20),
    examples: pictureExamples,
    prices: [price('image', each, LISTS)],
    typical: { label: '1 picture', units: { image: 1 }, params: {} },
  });
}

export const qwenImages: ShippedModel[] = [
  picture({
    id: 'qwen-image-3.0',
    name: 'Qwen-Image 3.0',
    summary: 'Pictures with good lettering in Chinese and English, and edits of up to three pictures.',
    size: free(4_194_304),
    images: 3,
    most: 6,
    prices: [price('image', '0.03', DERIVED), price('input_image', '0.003', DERIVED)],
  }),
  picture({
    id: 'qwen-image-3.0-pro',
    name: 'Qwen-Image 3.0 Pro',
    summary: 'The finer one; beyond 2.25 megapixels it costs nearly twice as much.',
    // Its price hangs on the size, which is therefore always sent.
    size: free(4_194_304, '1024x1024'),
    images: 3,
    most: 6,
    prices: [
      price('image', '0.04', DERIVED),
      price('image', '0.075', DERIVED, { when: { 'pixels>': 2_250_000 } }),
      price('input_image', '0.003', DERIVED),
    ],
  }),
  picture({
    id: 'qwen-image-2.0',
    name: 'Qwen-Image 2.0',
    summary: 'The generation before.',
    size: free(4_194_304),
    images: 3,
    most: 6,
    prices: [price('image', '0.035', DERIVED)],
  }),
  picture({
    id: 'qwen-image-2.0-pro',
    name: 'Qwen-Image 2.0 Pro',
    summary: 'The finer one of the generation before.',
    size: free(4_194_304),
    images: 3,
    most: 6,
    prices: [price('image', '0.075', DERIVED)],
  }),
  picture({
    id: 'qwen-image-plus',
    name: 'Qwen-Image Plus',
    summary: 'Text to picture in five sizes.',
    size: fixedSize(),
    images: 0,
    most: 1,
    prices: [price('image', '0.035', DERIVED)],
  }),
  picture({
    id: 'qwen-image-max',
    name: 'Qwen-Image Max',
    summary: 'Text to picture in five sizes, the finer one.',
    size: fixedSize(),
    images: 0,
    most: 1,
    prices: [price('image', '0.075', DERIVED)],
  }),
  picture({
    id: 'qwen-image-edit-plus',
    name: 'Qwen-Image Edit Plus',
    summary: 'Changes pictures by words; takes up to three.',
    size: free(4_194_304),
    images: 3,
    needsImages: true,
    most: 6,
    prices: [price('image', '0.035', DERIVED)],
  }),
  picture({
    id: 'qwen-image-edit-max',
    name: 'Qwen-Image Edit Max',
    summary: 'Changes pictures by words, the finer one.',
    size: free(4_194_304),
    images: 3,
    needsImages: true,
    most: 6,
    prices: [price('image', '0.075', DERIVED)],
  }),
  wanPicture(
    'wan2.7-image',
    'Wan 2.7 Image',
    'Pictures and edits with up to nine references.',
    ['1K', '2K'],
    '0.03',
  ),
  wanPicture(
    'wan2.7-image-pro',
    'Wan 2.7 Image Pro',
    'The finer one, up to 4K.',
    ['1K', '2K', '4K'],
    '0.075',
  ),
  earlierPicture(
    'wan2.5-t2i-preview',
    'Wan 2.5 text to image',
    'Pictures from words, the generation before.',
    0,
  ),
  earlierPicture(
    'wan2.5-i2i-preview',
    'Wan 2.5 image to image',
    'Changes up to three pictures by words, the generation before.',
    3,
  ),
];

function earlierPicture(id: string, name: string, summary: string, images: number): ShippedModel {
  return mediaModel({
    id: `qwen/${id}`,
    kind: 'image',
    name,
    summary,
    fields: {
      prompt: prompt(2000, 'What the picture shows, or how the pictures you give should change.'),
      negative_prompt: negativePrompt(500),
      ...(images > 0 ? { images: files('Pictures', 'Pictures to change.', 'image', images) } : {}),
      size: freeSize(
        '1024x1024',
        { multipleOf: 16, maxRatio: 4, minPixels: 589_824, maxPixels: 2_073_600 },
        SIZES.slice(0, 3),
      ),
      n: count(4),
      prompt_extend: rewrite(),
      watermark: watermark(),
      seed: SEED,
    },
    ...(images > 0 ? { required: ['prompt', 'images'] } : {}),
    accepts: images > 0 ? takes(PICTURES, images, 10) : takes([], 0, 0),
    examples: pictureExamples,
    prices: [price('image', '0.03', LISTS)],
    typical: { label: '1 picture, 1024 × 1024', units: { image: 1 }, params: {} },
  });
}

function fixedSize() {
  return choice('Size', 'Width × height in pixels.', FIXED_SIZES, '1328x1328', {
    group: 'output',
    widget: 'size',
    presets: FIXED_SIZES.map((value) => ({ label: value.replace('x', ' × '), value })),
  });
}
