import type { ShippedPrice, Source, When } from '#server/catalogue/shipped.ts';

type Limits = Pick<ShippedPrice, 'when' | 'from' | 'until'>;

/** US dollars per million tokens, as price pages print them. */
export interface TokenCosts {
  input?: string;
  cached?: string;
  cacheWrite?: string;
  cacheWriteHour?: string;
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
  cacheWriteHour: 'cache_write_hour_token',
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

/** The same prices times a fraction, exactly, under further conditions: a surcharge that a page gives as a factor. */
export function scaled(
  prices: readonly ShippedPrice[],
  factor: { numerator: bigint; denominator: bigint },
  when: When,
): ShippedPrice[] {
  return prices.map((each) => {
    const [whole = '0', fraction = ''] = each.usd.split('.');
    const pico = BigInt(whole + fraction.padEnd(12, '0')) * factor.numerator;
    if (pico % factor.denominator !== 0n) throw new Error(`${each.usd} cannot be scaled exactly`);
    const digits = (pico / factor.denominator).toString().padStart(13, '0');
    const usd = `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, '');
    return { ...each, usd, when: { ...each.when, ...when } };
  });
}
