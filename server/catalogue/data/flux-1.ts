import type { JsonSchema, ShippedModel, Source } from '#server/catalogue/shipped.ts';
import { pictureExamples } from './examples.ts';
import { format, image, ONE, PAGE, RATIOS, tolerance, upsampling } from './flux-2.ts';
import { aspectRatio } from './media.ts';
import { price } from './price.ts';
import { decimal, file, files, flag, parameters, prompt, seed, whole } from './schema.ts';

/** FLUX.1 and the tools that change a part of a picture: older, still served, billed by the picture. */

const RESOLD: Source = { ...PAGE, basis: 'derived', on: '2026-08-20' };
const STYLE = { group: 'style', advanced: true } as const;

const side = (name: 'Width' | 'Height', fallback: number) =>
  whole(
    name,
    'Pixels, a multiple of 32.',
    { min: 256, max: 1440, fallback, multipleOf: 32 },
    { group: 'output', widget: 'size', unit: 'px' },
  );
const composition = () =>
  file('Picture', 'A picture whose composition to follow.', 'image', { advanced: true });
const steps = (min: number, fallback: number) =>
  whole('Steps', 'More steps, more detail, more time.', { min, max: 50, fallback }, STYLE);
const guidance = (min: number, max: number, fallback: number) =>
  decimal('Guidance', 'How closely the picture follows the prompt.', { min, max, fallback }, STYLE);
const ends = (upsamples = true) => ({
  ...(upsamples ? { prompt_upsampling: upsampling(false) } : {}),
  seed: seed(4_294_967_295),
  output_format: format('jpeg'),
  safety_tolerance: tolerance(6),
});
const words = prompt(32_000, 'What the picture shows.');
const SIZE = { width: side('Width', 1024), height: side('Height', 768) };
/** The words may be left out, where a picture is given. */
const loose = prompt(32_000, 'What should appear in the changed part.');

function tool(
  row: { id: string; name: string; summary: string; examples: ShippedModel['examples'] },
  schema: JsonSchema,
  maxFiles: number,
): ShippedModel {
  return image({
    ...row,
    parameters: schema,
    maxFiles,
    prices: [price('image', '0.05', PAGE)],
    typical: ONE,
  });
}

const edge = (name: string) =>
  whole(
    name,
    'How many pixels are added on this side.',
    { min: 0, max: 2048, fallback: 0 },
    { group: 'output', unit: 'px' },
  );
const toChange = () => files('Picture', 'The picture to change.', 'image', 1);
const mask = (description: string) => file('Mask', description, 'image');

export const flux1Images: ShippedModel[] = [
  image({
    id: 'flux-pro-1.1-ultra',
    name: 'FLUX 1.1 pro ultra',
    summary: 'Four megapixels in one go; `raw` looks less made up.',
    parameters: parameters(
      {
        prompt: words,
        image_prompt: composition(),
        image_prompt_strength: decimal(
          'Strength of the picture',
          'How much the picture weighs beside the words.',
          { min: 0, max: 1, fallback: 0.1 },
          STYLE,
        ),
        aspect_ratio: aspectRatio(RATIOS, '16:9'),
        raw: flag('Raw', 'Less polished, nearer to a photograph.', false, { group: 'style' }),
        ...ends(),
      },
      ['prompt'],
    ),
    maxFiles: 1,
    prices: [price('image', '0.06', PAGE)],
    typical: ONE,
    examples: pictureExamples,
  }),
  image({
    id: 'flux-pro-1.1',
    name: 'FLUX 1.1 pro',
    summary: 'The picture model of the first generation.',
    parameters: parameters({ prompt: words, image_prompt: composition(), ...SIZE, ...ends() }, ['prompt']),
    maxFiles: 1,
    prices: [price('image', '0.04', PAGE)],
    typical: ONE,
    examples: pictureExamples,
  }),
  image({
    id: 'flux-dev',
    name: 'FLUX.1 dev',
    summary: 'The open model of the first generation, with steps and guidance to set yourself.',
    parameters: parameters(
      {
        prompt: words,
        image_prompt: composition(),
        ...SIZE,
        steps: steps(1, 28),
        guidance: guidance(1.5, 5, 3),
        ...ends(),
      },
      ['prompt'],
    ),
    maxFiles: 1,
    prices: [price('image', '0.025', PAGE)],
    typical: ONE,
    examples: pictureExamples,
  }),
  tool(
    {
      id: 'flux-pro-1.0-fill',
      name: 'FLUX.1 Fill',
      summary: 'Paints anew what a mask shows, and leaves the rest alone.',
      examples: ['A red scarf.', 'An empty shelf.', 'A window with a view of the sea.'],
    },
    parameters(
      {
        prompt: loose,
        images: toChange(),
        mask: mask('White is painted anew, black stays. Without it the transparent part of the picture is.'),
        steps: steps(15, 50),
        guidance: guidance(1.5, 100, 60),
        ...ends(),
      },
      ['images'],
    ),
    2,
  ),
  tool(
    {
      id: 'flux-pro-1.0-expand',
      name: 'FLUX.1 Expand',
      summary: 'Goes on with a picture beyond its edges.',
      examples: ['The beach goes on to both sides.', 'More sky.', 'The whole table.'],
    },
    parameters(
      {
        prompt: loose,
        images: toChange(),
        top: edge('Above'),
        bottom: edge('Below'),
        left: edge('Left'),
        right: edge('Right'),
        steps: steps(15, 50),
        guidance: guidance(1.5, 100, 60),
        ...ends(),
      },
      ['images'],
    ),
    1,
  ),
  image({
    id: 'flux-erase-v1',
    upstream: 'flux-tools/erase-v1',
    name: 'FLUX Erase',
    summary: 'Takes away what a mask shows, and closes the gap.',
    parameters: parameters(
      {
        images: toChange(),
        mask: mask('White is taken away.'),
        dilate_pixels: whole(
          'Margin',
          'How many pixels around the mask are taken away as well.',
          { min: 0, max: 25, fallback: 10 },
          { group: 'style', unit: 'px' },
        ),
        ...ends(false),
      },
      ['images', 'mask'],
    ),
    maxFiles: 2,
    prices: [price('first_megapixel', '0.03', RESOLD), price('extra_megapixel', '0.004', RESOLD)],
    typical: { label: '1 picture, 1 megapixel', units: { first_megapixel: 1 }, params: {} },
    examples: [
      'A passer-by in the background.',
      'A power line before the sky.',
      'A date stamp in the corner.',
    ],
  }),
];
