import type { ShippedModel, ShippedPrice, ShippedProvider } from '#server/catalogue/shipped.ts';
import { pictureExamples, soundExamples } from './examples.ts';
import { KLING_FRAMES } from './file-limits.ts';
import { klingTalking } from './kling-talking.ts';
import { dollars, klingVideos, PAGE, PICTURES } from './kling-video.ts';
import { aspectRatio, count, negativePrompt, resolution, takes, watermark } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { decimal, files, prompt, whole } from './schema.ts';
import { NO_FILES } from './text.ts';

interface PictureRow {
  id: string;
  upstream: string;
  name: string;
  summary: string;
  resolutions: string[];
  ratios: string[];
  images: number;
  prices: ShippedPrice[];
}

function picture(row: PictureRow): ShippedModel {
  return mediaModel({
    id: `kling/${row.id}`,
    upstream: row.upstream,
    kind: 'image',
    name: row.name,
    summary: row.summary,
    fields: {
      prompt: prompt(
        2500,
        row.images === 1
          ? 'What the picture shows.'
          : 'What the picture shows. Speak of pictures you give as `<<<image_1>>>`.',
      ),
      ...(row.images === 1 ? { negative_prompt: negativePrompt(2500) } : {}),
      images: files('Pictures', 'Pictures to change or to take from.', 'image', row.images),
      aspect_ratio: aspectRatio(row.ratios, row.ratios.includes('auto') ? 'auto' : '1:1'),
      resolution: resolution(row.resolutions, '1k'),
      n: count(9),
      ...(row.images === 1
        ? {}
        : {
            series_amount: whole(
              'Series',
              'Makes so many pictures that tell one story, instead of pictures side by side. Each is charged.',
              { min: 2, max: 9 },
              { group: 'output', advanced: true },
            ),
          }),
      watermark: watermark(),
    },
    accepts: takes(PICTURES, row.images, 10, KLING_FRAMES),
    examples: pictureExamples,
    prices: row.prices,
    typical: { label: '1 picture', units: { image: 1 }, params: { resolution: '1k' } },
  });
}

const PICTURE_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'];
const omniPrices = [
  price('image', '0.028', PAGE),
  price('image', '0.056', PAGE, { when: { resolution: '4k' } }),
];

const pictures: ShippedModel[] = [
  picture({
    id: 'kling-v3-image',
    upstream: 'kling-v3',
    name: 'Kling 3.0 Image',
    summary: 'Pictures from words or from one picture.',
    resolutions: ['1k', '2k'],
    ratios: PICTURE_RATIOS,
    images: 1,
    prices: [price('image', '0.028', PAGE)],
  }),
  picture({
    id: 'kling-v3-omni-image',
    upstream: 'kling-v3-omni',
    name: 'Kling 3.0 Omni Image',
    summary: 'Up to ten reference pictures, up to 4K.',
    resolutions: ['1k', '2k', '4k'],
    ratios: ['auto', ...PICTURE_RATIOS],
    images: 10,
    prices: omniPrices,
  }),
  picture({
    id: 'kling-image-o1',
    upstream: 'kling-image-o1',
    name: 'Kling Image O1',
    summary: 'The first of Kling’s picture models with many references.',
    resolutions: ['1k', '2k'],
    ratios: ['auto', ...PICTURE_RATIOS],
    images: 10,
    prices: [price('image', '0.028', PAGE)],
  }),
  picture({
    id: 'kling-v2-1-image',
    upstream: 'kling-v2-1',
    name: 'Kling 2.1 Image',
    summary: 'The cheapest of Kling’s picture models.',
    resolutions: ['1k', '2k'],
    ratios: PICTURE_RATIOS,
    images: 1,
    prices: [price('image', '0.014', PAGE), price('image', '0.028', PAGE, { when: { 'images?': true } })],
  }),
];

const sounds: ShippedModel[] = [
  mediaModel({
    id: 'kling/kling-text-to-audio',
    upstream: 'text-to-audio',
    kind: 'sound',
    name: 'Kling text to audio',
    summary: 'Short sounds from words.',
    fields: {
      prompt: prompt(200, 'What is heard.'),
      duration: decimal(
        'Length',
        'How many seconds the sound lasts.',
        { min: 3, max: 10, fallback: 5 },
        { group: 'output', unit: 's' },
      ),
    },
    accepts: NO_FILES,
    examples: soundExamples,
    prices: [price('request', dollars(2.5), PAGE)],
    typical: { label: '1 sound', units: { request: 1 }, params: {} },
  }),
];

export const kling: ShippedProvider = {
  id: 'kling',
  name: 'Kling',
  models: [...klingVideos, ...klingTalking, ...pictures, ...sounds],
};
