import type { ShippedPrice, Source, When } from '#server/catalogue/shipped.ts';

type Limits = Pick<ShippedPrice, 'when' | 'from' | 'until'>;

/** US dollars per million tokens, as price pages print them. */
export interface TokenCosts {
  input?: string;
  cached?: string;
  cacheWrite?: string;
  output?: string;
  imageInput?: string;
  cachedImageInput?: string;
  imageOutput?: string;
  audioInput?: string;
  audioOutput?: string;
  videoOutput?: string;
}

const unitOf = {
  input: 'input_token',
  cached: 'cached_input_token',
  cacheWrite: 'cache_write_token',
  output: 'output_token',
  imageInput: 'input_image_token',
  cachedImageInput: 'cached_input_image_token',
  imageOutput: 'output_image_token',
  audioInput: 'input_audio_token',
  audioOutput: 'output_audio_token',
  videoOutput: 'output_video_token',
} as const satisfies Record<keyof TokenCosts, ShippedPrice['unit']>;

export function perMillionTokens(costs: TokenCosts, source: Source, limits: Limits = {}): ShippedPrice[] {
  return Object.entries(costs).map(([kind, usd]) => ({
    unit: unitOf[kind as keyof TokenCosts],
    usd,
    per: 1_000_000,
    ...limits,
    source,
  }));
}

/** The whole request costs this when its prompt is longer than `tokens`. */
export function longerThan(
  tokens: number,
  costs: TokenCosts,
  source: Source,
  limits: Limits = {},
): ShippedPrice[] {
  const when: When = { ...limits.when, 'input_tokens>': tokens };
  return perMillionTokens(costs, source, { ...limits, when });
}

/** One price: `usd` for `per` units. */
export function price(
  unit: ShippedPrice['unit'],
  usd: string,
  source: Source,
  limits: Limits & { per?: number } = {},
): ShippedPrice {
  const { per = 1, ...rest } = limits;
  return { unit, usd, per, ...rest, source };
}
