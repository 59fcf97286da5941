import type { ShippedModel, Source } from '#server/catalogue/shipped.ts';
import { pictureExamples } from './examples.ts';
import { aspectRatio, count, freeSize, PICTURES, takes } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, decimal, files, flag, prompt, seed, whole, words } from './schema.ts';
import { NO_FILES } from './text.ts';

/** Pictures of others that fal resells. */

export const falPage = (endpoint: string, basis: Source['basis'] = 'list', on = '2026-11-24'): Source => ({
  url: `https://fal.ai/models/${endpoint}`,
  basis,
  on,
});
export const SEED = seed(2_147_483_647);

const STYLE = { group: 'style', advanced: true } as const;
const ONE = { label: '1 picture', units: { image: 1 }, params: {} };
const RATIOS = ['21:9', '16:9', '4:3', '3:2', '1:1', '2:3', '3:4', '9:16', '9:21'];

export const tolerance = (max: number, fallback = 2) =>
  whole(
    'Tolerance',
    'How much the provider’s filter lets through: 1 is strictest.',
    { min: 1, max, fallback },
    STYLE,
  );
const format = () =>
  choice('Format', 'The kind of file.', ['jpeg', 'png'], 'jpeg', { group: 'output', advanced: true });
const enrich = () =>
  flag('Enrich the prompt', 'Lets the model write your prompt out in more detail first.', false, STYLE);

const sizes = (fallback: string, named: string[] = []) =>
  freeSize(
    fallback,
    { multipleOf: 16, maxRatio: 8, maxPixels: 4_194_304 },
    [
      { label: 'Square', value: '1024x1024' },
      { label: 'Landscape', value: '1536x1024' },
      { label: 'Portrait', value: '1024x1536' },
    ],
    named,
  );

const flux2 = (endpoint: string) => [
  price('first_megapixel', '0.03', falPage(endpoint)),
  price('extra_megapixel', '0.015', falPage(endpoint)),
];
const MEGAPIXEL = {
  label: '1 picture, 1024 × 1024',
  units: { first_megapixel: 1 },
  params: { size: '1024x1024' },
};

const words32k = prompt(32_000, 'What the picture shows.');
const amount = (title: string, description: string, fallback?: number) =>
  decimal(title, description, { min: 0, max: 1, ...(fallback === undefined ? {} : { fallback }) }, STYLE);

export const falImages: ShippedModel[] = [
  mediaModel({
    id: 'fal/flux-2-pro',
    upstream: 'fal-ai/flux-2-pro',
    kind: 'image',
    name: 'FLUX.2 pro (fal)',
    summary: 'FLUX.2 pro from words, resold by fal.',
    fields: {
      prompt: words32k,
      size: sizes('1024x1024'),
      seed: SEED,
      output_format: format(),
      safety_tolerance: tolerance(5),
    },
    accepts: NO_FILES,
    examples: pictureExamples,
    prices: flux2('fal-ai/flux-2-pro'),
    typical: MEGAPIXEL,
  }),
  mediaModel({
    id: 'fal/flux-2-pro-edit',
    upstream: 'fal-ai/flux-2-pro/edit',
    kind: 'image',
    name: 'FLUX.2 pro edit (fal)',
    summary: 'Changes up to eight pictures by words, resold by fal.',
    fields: {
      prompt: prompt(32_000, 'How the pictures you give should change.'),
      images: files('Pictures', 'Pictures to change or to take from.', 'image', 8),
      size: sizes('1024x1024', ['auto']),
      seed: SEED,
      output_format: format(),
      safety_tolerance: tolerance(5),
    },
    required: ['prompt', 'images'],
    accepts: takes(PICTURES, 8, 20),
    examples: [
      'Change the season to late autumn.',
      'Put the person of picture 1 into the coat of picture 2.',
      'Take away the people in the background.',
    ],
    prices: [
      ...flux2('fal-ai/flux-2-pro/edit'),
      price('input_megapixel', '0.015', falPage('fal-ai/flux-2-pro/edit')),
    ],
    typical: MEGAPIXEL,
  }),
  mediaModel({
    id: 'fal/flux-kontext-pro',
    upstream: 'fal-ai/flux-pro/kontext',
    kind: 'image',
    name: 'FLUX.1 Kontext pro (fal)',
    summary: 'Changes a picture by words, resold by fal.',
    fields: {
      prompt: prompt(32_000, 'How the picture you give should change.'),
      images: files('Picture', 'The picture to change.', 'image', 1),
      aspect_ratio: aspectRatio(RATIOS),
      n: count(4),
      guidance_scale: decimal(
        'Guidance',
        'How closely the picture follows the prompt.',
        { min: 1, max: 20, fallback: 3.5 },
        STYLE,
      ),
      enhance_prompt: enrich(),
      seed: SEED,
      output_format: format(),
      safety_tolerance: tolerance(6),
    },
    required: ['prompt', 'images'],
    accepts: takes(PICTURES, 1, 20),
    examples: ['Make it winter.', 'Turn this into a pencil drawing.', 'Put a straw hat on the dog.'],
    prices: [price('image', '0.04', falPage('fal-ai/flux-pro/kontext'))],
    typical: ONE,
  }),
  mediaModel({
    id: 'fal/flux-1.1-pro-ultra',
    upstream: 'fal-ai/flux-pro/v1.1-ultra',
    kind: 'image',
    name: 'FLUX 1.1 pro ultra (fal)',
    summary: 'Four megapixels in one go, resold by fal.',
    fields: {
      prompt: words32k,
      images: files('Picture', 'A picture whose composition to follow.', 'image', 1, { advanced: true }),
      image_prompt_strength: amount(
        'Strength of the picture',
        'How much the picture weighs beside the words.',
        0.1,
      ),
      aspect_ratio: aspectRatio(RATIOS, '16:9'),
      n: count(4),
      raw: flag('Raw', 'Less polished, nearer to a photograph.', false, { group: 'style' }),
      enhance_prompt: enrich(),
      seed: SEED,
      output_format: format(),
      safety_tolerance: tolerance(6),
    },
    accepts: takes(PICTURES, 1, 20),
    examples: pictureExamples,
    prices: [price('image', '0.06', falPage('fal-ai/flux-pro/v1.1-ultra'))],
    typical: ONE,
  }),
  mediaModel({
    id: 'fal/topaz-upscale-image',
    upstream: 'fal-ai/topaz/upscale/image',
    kind: 'image',
    name: 'Topaz Image Upscale (fal)',
    summary: 'Makes a picture larger, sharper and cleaner.',
    fields: {
      images: files('Picture', 'The picture to enlarge.', 'image', 1),
      upscale_factor: decimal(
        'Factor',
        'How many times wider and higher. Each begun 24 megapixels are charged.',
        { min: 1, max: 4, fallback: 2 },
        { group: 'output' },
      ),
      model: choice(
        'Kind of picture',
        'What the picture is, or how freely it may be made anew.',
        [
          ...['Standard V2', 'Low Resolution V2', 'High Fidelity V2', 'CGI', 'Text Refine', 'Recovery'],
          ...['Recovery V2', 'Redefine', 'Standard MAX', 'Wonder'],
        ],
        'Standard V2',
        { group: 'style' },
      ),
      prompt: words('Words', 'What the picture shows; for Redefine alone.', 1024, STYLE),
      autoprompt: flag(
        'Words by the model',
        'Lets it describe the picture; for Redefine alone.',
        undefined,
        STYLE,
      ),
      creativity: whole(
        'Freedom',
        'How freely it is made anew; for Redefine alone.',
        { min: 1, max: 6 },
        STYLE,
      ),
      texture: whole('Texture', 'How much texture is added; for Redefine alone.', { min: 1, max: 5 }, STYLE),
      subject_detection: choice(
        'Part',
        'What of the picture is worked on.',
        ['All', 'Foreground', 'Background'],
        'All',
        STYLE,
      ),
      face_enhancement: flag('Faces', 'Makes faces clearer.', true, { group: 'style' }),
      face_enhancement_strength: amount('Strength for faces', 'How much faces are changed.', 0.8),
      face_enhancement_creativity: amount('Freedom for faces', 'How freely faces are changed.', 0),
      sharpen: amount('Sharpness', 'How much it is sharpened.'),
      denoise: amount('Noise', 'How much noise is taken away.'),
      fix_compression: amount('Compression', 'How much traces of compression are repaired.'),
      strength: amount('Strength', 'How strongly it works; for Text Refine alone.'),
      detail: amount('Detail', 'How much detail is added; for Recovery alone.'),
      crop_to_fill: flag('Cut to fit', 'Cuts what does not fit the size.', false, STYLE),
      output_format: format(),
    },
    required: ['images'],
    accepts: takes(PICTURES, 1, 20),
    examples: ['A scanned family photograph.', 'A logo of 200 pixels.', 'A picture from an old phone.'],
    prices: [price('image', '0.08', falPage('fal-ai/topaz/upscale/image', 'official', '2026-09-26'))],
    typical: { ...ONE, label: '1 picture of up to 24 megapixels' },
  }),
];
