/** BFL's endpoints: which fields each takes, and what it costs. Prices in credits (US cents), read in November 2026. */

export type Field =
  | { kind: 'text'; required?: boolean }
  | { kind: 'image'; required?: boolean }
  | { kind: 'images' }
  | { kind: 'whole'; low: number; high: number; multipleOf?: number; orZero?: boolean }
  | { kind: 'number'; low: number; high: number }
  | { kind: 'flag' }
  | { kind: 'word'; words: readonly string[] }
  | { kind: 'any' };

type Price =
  | { by: 'megapixel'; first: number; extra: number }
  | { by: 'image'; cents: number }
  | { by: 'resolution'; cents: Record<string, number> }
  | { by: 'second' };

export interface Model {
  fields: Record<string, Field>;
  price: Price;
  format: 'jpeg' | 'png';
  /** How many may run at once. */
  activeLimit: number;
  seconds: number;
  takesWebhook: boolean;
}

const formats: Field = { kind: 'word', words: ['jpeg', 'png', 'webp'] };
const seed: Field = { kind: 'whole', low: 0, high: 4_294_967_295 };
const ratio: Field = { kind: 'text' };
const tolerance = (high: number): Field => ({ kind: 'whole', low: 0, high });
const hook: Record<string, Field> = { webhook_url: { kind: 'text' }, webhook_secret: { kind: 'text' } };

function images(count: number): Record<string, Field> {
  const named = Array.from({ length: count }, (_, at) =>
    at === 0 ? 'input_image' : `input_image_${at + 1}`,
  );
  return Object.fromEntries(named.map((name) => [name, { kind: 'image' } as const]));
}

const side: Field = { kind: 'whole', low: 64, high: 16_384, multipleOf: 16, orZero: true };
const flux2: Record<string, Field> = {
  prompt: { kind: 'text', required: true },
  width: side,
  height: side,
  seed,
  safety_tolerance: tolerance(5),
  output_format: formats,
  ...hook,
};
const flux2Pro = {
  ...flux2,
  ...images(8),
  disable_pup: { kind: 'flag' },
  transparent_bg: { kind: 'flag' },
} as const;
const flux2Flex = {
  ...flux2Pro,
  prompt_upsampling: { kind: 'flag' },
  guidance: { kind: 'number', low: 1.5, high: 10 },
  steps: { kind: 'whole', low: 1, high: 50 },
} as const;
const flux2Klein = { ...flux2, ...images(4) };
const flux1: Record<string, Field> = {
  seed,
  safety_tolerance: tolerance(6),
  output_format: formats,
  ...hook,
};
const kontext = {
  ...flux1,
  ...images(4),
  prompt: { kind: 'text', required: true },
  aspect_ratio: ratio,
  prompt_upsampling: { kind: 'flag' },
} as const;
const flux1Side: Field = { kind: 'whole', low: 256, high: 1440, multipleOf: 32 };
const pro11 = {
  ...flux1,
  prompt: { kind: 'text' },
  image_prompt: { kind: 'image' },
  width: flux1Side,
  height: flux1Side,
  prompt_upsampling: { kind: 'flag' },
} as const;
const expand = {
  ...flux1,
  image: { kind: 'image', required: true },
  prompt: { kind: 'text' },
  prompt_upsampling: { kind: 'flag' },
  steps: { kind: 'whole', low: 15, high: 50 },
  guidance: { kind: 'number', low: 1.5, high: 100 },
} as const;
const fill = { ...expand, mask: { kind: 'image' } } as const;
const edge: Field = { kind: 'whole', low: 0, high: 2048 };

function model(fields: Record<string, Field>, price: Price, other: Partial<Model> = {}): Model {
  return { fields, price, format: 'jpeg', activeLimit: 24, seconds: 1.5, takesWebhook: true, ...other };
}

const byMegapixel = (first: number, extra: number): Price => ({ by: 'megapixel', first, extra });
const byImage = (cents: number): Price => ({ by: 'image', cents });

export const models: Readonly<Record<string, Model>> = {
  'flux-2-max': model(flux2Pro, byMegapixel(7, 3)),
  'flux-2-pro': model(flux2Pro, byMegapixel(3, 1.5)),
  'flux-2-pro-preview': model(flux2Pro, byMegapixel(3, 1.5)),
  'flux-2-flex': model(flux2Flex, byMegapixel(5, 5)),
  'flux-2-klein-9b': model(flux2Klein, byMegapixel(1.5, 0.2)),
  'flux-2-klein-9b-preview': model(flux2Klein, byMegapixel(1.5, 0.2)),
  'flux-2-klein-4b': model(flux2Klein, byMegapixel(1.4, 0.1)),
  'flux-kontext-pro': model(kontext, byImage(4), { format: 'png' }),
  'flux-kontext-max': model(kontext, byImage(8), { format: 'png', activeLimit: 6 }),
  'flux-pro-1.1': model(pro11, byImage(4)),
  'flux-dev': model(
    { ...pro11, steps: { kind: 'whole', low: 1, high: 50 }, guidance: { kind: 'number', low: 1.5, high: 5 } },
    byImage(2.5),
  ),
  'flux-pro-1.1-ultra': model(
    {
      ...flux1,
      prompt: { kind: 'text' },
      prompt_upsampling: { kind: 'flag' },
      aspect_ratio: ratio,
      raw: { kind: 'flag' },
      image_prompt: { kind: 'image' },
      image_prompt_strength: { kind: 'number', low: 0, high: 1 },
    },
    byImage(6),
  ),
  'flux-pro-1.0-fill': model(fill, byImage(5)),
  'flux-pro-1.0-expand': model(
    {
      ...expand,
      top: edge,
      bottom: edge,
      left: edge,
      right: edge,
    },
    byImage(5),
  ),
  'flux-tools/erase-v1': model(
    {
      ...flux1,
      image: { kind: 'image', required: true },
      mask: { kind: 'image', required: true },
      dilate_pixels: { kind: 'whole', low: 0, high: 25 },
    },
    byMegapixel(3, 0.4),
  ),
  'flux-3-image': model(
    {
      prompt: { kind: 'text', required: true },
      images: { kind: 'images' },
      aspect_ratio: ratio,
      resolution: { kind: 'word', words: ['768sq', '1k', '1.5k', '2k', '4k'] },
      grounding: { kind: 'flag' },
      safety_tolerance: tolerance(4),
      version: { kind: 'word', words: ['latest'] },
    },
    { by: 'resolution', cents: { '768sq': 4.8, '1k': 4.8, '1.5k': 7.2, '2k': 9.6, '4k': 19.2 } },
    { takesWebhook: false, seconds: 2 },
  ),
  'flux-3-video': model(
    {
      mode: {
        kind: 'word',
        words: [
          't2v',
          'text-to-video',
          'i2v',
          'image-continuation',
          'v2v',
          'video-continuation',
          'draft_enhance',
          'draft-enhance',
        ],
      },
      prompt: { kind: 'text' },
      aspect_ratio: { kind: 'word', words: ['auto', '21:9', '2:1', '16:9', '4:3', '1:1', '3:4', '9:16'] },
      duration: { kind: 'any' },
      resolution: { kind: 'word', words: ['hd', 'fhd'] },
      generate_audio: { kind: 'flag' },
      draft: { kind: 'flag' },
      safety_tolerance: tolerance(4),
      version: { kind: 'word', words: ['latest'] },
      keyframes: { kind: 'any' },
      start_video: { kind: 'text' },
      draft_cache: { kind: 'text' },
      ...hook,
    },
    { by: 'second' },
    { seconds: 4 },
  ),
};
