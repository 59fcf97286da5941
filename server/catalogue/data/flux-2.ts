import type { Accepts, JsonSchema, ShippedModel, ShippedPrice, Source } from '#server/catalogue/shipped.ts';
import { price } from './price.ts';
import { choice, decimal, files, flag, parameters, prompt, seed, whole } from './schema.ts';
import { MEGABYTE } from './text.ts';

export const PAGE: Source = { url: 'https://bfl.ai/pricing', basis: 'official', on: '2026-02-20' };

const IMAGES_IN = ['image/png', 'image/jpeg', 'image/webp'];

function accepts(maxFiles: number): Accepts {
  return {
    mediaTypes: IMAGES_IN,
    maxFiles,
    maxBytes: 20 * MEGABYTE,
    limits: { image: { maxPixels: 20_000_000 } },
  };
}

/** FLUX.2 charges the first megapixel, each further one begun, and what is sent in. Dollars. */
function byMegapixel(first: string, extra: string): ShippedPrice[] {
  return [
    price('first_megapixel', first, PAGE),
    price('extra_megapixel', extra, PAGE),
    price('input_megapixel', extra, PAGE),
  ];
}

const TOLERANCE = 'How much the provider’s filter lets through: 0 is strictest.';

export function format(fallback: 'jpeg' | 'png') {
  return choice('Format', 'The kind of file.', ['jpeg', 'png', 'webp'], fallback, {
    group: 'output',
    advanced: true,
  });
}

export function tolerance(max: number) {
  return whole('Tolerance', TOLERANCE, { min: 0, max, fallback: 2 }, { group: 'style', advanced: true });
}

const SIDES = {
  width: whole(
    'Width',
    'Pixels, a multiple of 16. With the height at most 4 megapixels.',
    { min: 64, max: 4096, fallback: 1024, multipleOf: 16 },
    { group: 'output', widget: 'size', unit: 'px' },
  ),
  height: whole(
    'Height',
    'Pixels, a multiple of 16. With the width at most 4 megapixels.',
    { min: 64, max: 4096, fallback: 1024, multipleOf: 16 },
    { group: 'output', widget: 'size', unit: 'px' },
  ),
};

export const RATIOS = ['21:9', '16:9', '3:2', '4:3', '1:1', '3:4', '2:3', '9:16', '9:21'];

export const upsampling = (fallback: boolean) =>
  flag('Enrich the prompt', 'Lets the provider write your prompt out in more detail first.', fallback, {
    group: 'style',
    advanced: true,
  });

function flux2(maxImages: number, more: Parameters<typeof parameters>[0]) {
  return parameters(
    {
      prompt: prompt(32_000, 'What the picture shows, or how the pictures you give should change.'),
      images: files(
        'Reference pictures',
        'Pictures to change or to take from, in the order in which the prompt speaks of them.',
        'image',
        maxImages,
      ),
      ...SIDES,
      ...more,
      seed: seed(4_294_967_295),
      output_format: format('jpeg'),
      safety_tolerance: tolerance(5),
    },
    ['prompt'],
    { 'x-maxPixels': 4_194_304 },
  );
}

const PRO = {
  transparent_bg: flag('Transparent background', 'Makes a PNG with transparency.', false, {
    group: 'output',
    advanced: true,
  }),
  disable_pup: flag(
    'Take the prompt as it is',
    'Switches off that the provider writes your prompt out in more detail.',
    false,
    { group: 'style', advanced: true },
  ),
};

interface Row {
  id: string;
  /** Where the path is another than the name. */
  upstream?: string;
  name: string;
  summary: string;
  parameters: JsonSchema;
  maxFiles: number;
  prices: ShippedPrice[];
  typical: ShippedModel['typical'];
  examples: [string, string, string];
}

const MEGAPIXEL = {
  label: '1 picture, 1024 × 1024',
  units: { first_megapixel: 1 },
  params: { width: 1024, height: 1024 },
};
export const ONE = { label: '1 picture', units: { image: 1 }, params: {} };

export function image(row: Row): ShippedModel {
  return {
    id: `flux/${row.id}`,
    kind: 'image',
    upstream: row.upstream ?? row.id,
    name: row.name,
    summary: row.summary,
    parameters: row.parameters,
    contextTokens: null,
    defaultMaxOutputTokens: null,
    maxOutputTokens: null,
    accepts: accepts(row.maxFiles),
    examples: row.examples,
    prices: row.prices,
    usual: [],
    typical: row.typical,
  };
}

export const flux2Images: ShippedModel[] = [
  image({
    id: 'flux-2-pro',
    name: 'FLUX.2 pro',
    summary: 'The house standard: photographs, products, several reference pictures.',
    parameters: flux2(8, PRO),
    maxFiles: 8,
    prices: byMegapixel('0.03', '0.015'),
    typical: MEGAPIXEL,
    examples: [
      'A studio photograph of a ceramic teapot on linen, soft side light, 85 mm.',
      'A crowded night market in the rain, neon in the puddles, film grain.',
      'Put the person from picture 1 into the coat of picture 2.',
    ],
  }),
  image({
    id: 'flux-2-max',
    name: 'FLUX.2 max',
    summary: 'The best of the FLUX.2 family: fine detail and faithful editing.',
    parameters: flux2(8, PRO),
    maxFiles: 8,
    prices: byMegapixel('0.07', '0.03'),
    typical: MEGAPIXEL,
    examples: [
      'A close portrait of an old fisherman, every line of the face, overcast light.',
      'An advertisement for a watch: black sand, one ray of sun, space for text on the left.',
      'Change the season in picture 1 to late autumn and keep everything else.',
    ],
  }),
  image({
    id: 'flux-2-flex',
    name: 'FLUX.2 flex',
    summary: 'With steps and guidance to set yourself; strong at lettering.',
    parameters: flux2(8, {
      ...PRO,
      prompt_upsampling: upsampling(true),
      steps: whole(
        'Steps',
        'More steps, more detail, more time.',
        { min: 1, max: 50, fallback: 50 },
        { group: 'style', advanced: true },
      ),
      guidance: decimal(
        'Guidance',
        'How closely the picture follows the prompt.',
        { min: 1.5, max: 10, fallback: 5 },
        { group: 'style', advanced: true },
      ),
    }),
    maxFiles: 8,
    prices: byMegapixel('0.05', '0.05'),
    typical: MEGAPIXEL,
    examples: [
      'A book cover: the title "The Quiet Engine" in heavy letters over a blueprint.',
      'An infographic of the water cycle with five labels.',
      'A neon sign that says "open late", brick wall, slight rain.',
    ],
  }),
  image({
    id: 'flux-2-klein-9b',
    name: 'FLUX.2 klein 9B',
    summary: 'In a second or two, for little money.',
    parameters: flux2(4, {}),
    maxFiles: 4,
    prices: byMegapixel('0.015', '0.002'),
    typical: MEGAPIXEL,
    examples: [
      'A small cabin under the northern lights.',
      'A cat on a pile of books, watercolour.',
      'A plate of sushi from above, bright colours.',
    ],
  }),
  image({
    id: 'flux-2-klein-4b',
    name: 'FLUX.2 klein 4B',
    summary: 'The cheapest picture here: for trying ideas out.',
    parameters: flux2(4, {}),
    maxFiles: 4,
    prices: byMegapixel('0.014', '0.001'),
    typical: MEGAPIXEL,
    examples: [
      'A lighthouse at dusk, oil painting.',
      'Three pears on a wooden table, morning light.',
      'A fox reading a newspaper on a park bench.',
    ],
  }),
];
