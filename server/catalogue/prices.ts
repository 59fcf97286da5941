import type { Unit, Units } from '#server/providers/provider.ts';
import type { When } from './shipped.ts';

/** One line of a price list: what 1,000,000 of a unit cost us, and what they cost a member. Micro-units, whole. */
export interface PriceRow {
  unit: Unit;
  costMicro: bigint;
  priceMicro: bigint;
  when: When | null;
}

export interface PricedLine {
  unit: Unit;
  /** A person's word for the unit, such as "tokens out". */
  label: string;
  quantity: bigint;
  amountMicro: bigint;
}

export interface Priced {
  /** What the member pays: the sum of the lines. */
  amountMicro: bigint;
  lines: PricedLine[];
  /** What the provider charges us. */
  costMicro: bigint;
  /** Units that came without any price: nothing is charged for them, and somebody should look. */
  unpriced: Unit[];
}

/** For how many units a price is shown, and what one is called. Prices are kept per million whatever the unit. */
export const unitWords: Record<Unit, { per: number; price: string; line: string }> = {
  input_token: { per: 1_000_000, price: '1 million tokens in', line: 'tokens in' },
  cached_input_token: { per: 1_000_000, price: '1 million cached tokens in', line: 'cached tokens in' },
  cache_write_token: {
    per: 1_000_000,
    price: '1 million tokens written to the cache',
    line: 'tokens cached',
  },
  cache_write_hour_token: {
    per: 1_000_000,
    price: '1 million tokens written to the cache for an hour',
    line: 'tokens cached for an hour',
  },
  output_token: { per: 1_000_000, price: '1 million tokens out', line: 'tokens out' },
  input_image_token: { per: 1_000_000, price: '1 million image tokens in', line: 'image tokens in' },
  cached_input_image_token: {
    per: 1_000_000,
    price: '1 million cached image tokens in',
    line: 'cached image tokens in',
  },
  output_image_token: { per: 1_000_000, price: '1 million image tokens out', line: 'image tokens out' },
  input_audio_token: { per: 1_000_000, price: '1 million audio tokens in', line: 'audio tokens in' },
  output_audio_token: { per: 1_000_000, price: '1 million audio tokens out', line: 'audio tokens out' },
  output_video_token: { per: 1_000_000, price: '1 million video tokens out', line: 'video tokens out' },
  image: { per: 1, price: '1 picture', line: 'pictures' },
  input_image: { per: 1, price: '1 picture sent in', line: 'pictures sent in' },
  input_megapixel: { per: 1, price: '1 megapixel in', line: 'megapixels in' },
  first_megapixel: { per: 1, price: 'the first megapixel', line: 'first megapixel' },
  extra_megapixel: { per: 1, price: 'each further megapixel', line: 'further megapixels' },
  second: { per: 1, price: '1 second', line: 'seconds' },
  input_second: { per: 60, price: '1 minute sent in', line: 'seconds sent in' },
  character: { per: 1000, price: '1,000 characters', line: 'characters' },
  credit: { per: 1, price: '1 credit', line: 'credits' },
  charged_microdollar: {
    per: 1_000_000,
    price: '1 dollar that the provider says it charged',
    line: 'millionths of a dollar, as the provider charged',
  },
  request: { per: 1, price: '1 call', line: 'calls' },
};

export function isUnit(word: string): word is Unit {
  return Object.hasOwn(unitWords, word);
}

/** A provider that reports a unit without a price of its own means this one. */
const standsFor: Partial<Record<Unit, Unit>> = {
  cached_input_token: 'input_token',
  cache_write_token: 'input_token',
  cache_write_hour_token: 'cache_write_token',
  input_image_token: 'input_token',
  input_audio_token: 'input_token',
  cached_input_image_token: 'input_image_token',
  output_image_token: 'output_token',
  output_audio_token: 'output_token',
  output_video_token: 'output_token',
};

/** Before a call nobody knows which part of a prompt the cache will serve or take: a bound counts the dearest. */
const mayBecome: Partial<Record<Unit, Unit[]>> = {
  input_token: ['cached_input_token', 'cache_write_token'],
  input_image_token: ['cached_input_image_token'],
};

const PROMPT_UNITS: Unit[] = [
  'input_token',
  'cached_input_token',
  'cache_write_token',
  'cache_write_hour_token',
  'input_image_token',
  'cached_input_image_token',
  'input_audio_token',
];
const MILLION = 1_000_000n;
const TOKENS_OVER = 'input_tokens>';
const PIXELS_OVER = 'pixels>';

/** A member's price for a million units: cost and markup, a fraction of a micro-unit counted up. */
export function withMarkup(costMicro: bigint, markupBasisPoints: number): bigint {
  return (costMicro * BigInt(10_000 + markupBasisPoints) + 9_999n) / 10_000n;
}

/**
 * What these units cost. All lines are added before anything is rounded, then rounded once, half to even; each line
 * shows its share of that sum.
 */
export function captured(rows: readonly PriceRow[], units: Units, params: Record<string, unknown>): Priced {
  const promptTokens = promptTokensOf(units);
  const lines: PricedLine[] = [];
  const unpriced: Unit[] = [];
  let price = 0n;
  let cost = 0n;
  let shown = 0n;
  for (const [unit, quantity] of entries(units)) {
    const row = rowFor(rows, unit, params, promptTokens);
    if (row === null) {
      unpriced.push(unit);
      continue;
    }
    price += quantity * row.priceMicro;
    cost += quantity * row.costMicro;
    const upToHere = halfEven(price);
    lines.push({ unit, label: unitWords[unit].line, quantity, amountMicro: upToHere - shown });
    shown = upToHere;
  }
  return { amountMicro: shown, lines, costMicro: halfEven(cost), unpriced };
}

/**
 * The most that these units, or fewer, can cost: what is held. Rounded up; of all prices that a shorter prompt or the
 * provider's cache could bring about, the dearest counts. Throws when a unit has no price: such a call must not start.
 */
export function upperBound(rows: readonly PriceRow[], units: Units, params: Record<string, unknown>): Priced {
  const promptTokens = promptTokensOf(units);
  // Only a prompt that passes a threshold can turn out to fall under another tier.
  const passed = thresholds(rows).filter((tokens) => tokens <= promptTokens);
  const lengths = passed.length === 0 ? [promptTokens] : [promptTokens, ...passed, 0n];
  const lines: PricedLine[] = [];
  let price = 0n;
  let cost = 0n;
  let shown = 0n;
  for (const [unit, quantity] of entries(units)) {
    const possible = [unit, ...(mayBecome[unit] ?? [])].flatMap((each) =>
      lengths.map((length) => rowFor(rows, each, params, length)).filter((row) => row !== null),
    );
    if (possible.length === 0) throw new Error(`no price for ${unit}`);
    price += quantity * dearest(possible.map((row) => row.priceMicro));
    cost += quantity * dearest(possible.map((row) => row.costMicro));
    const upToHere = ceiling(price);
    lines.push({ unit, label: unitWords[unit].line, quantity, amountMicro: upToHere - shown });
    shown = upToHere;
  }
  return { amountMicro: shown, lines, costMicro: ceiling(cost), unpriced: [] };
}

/** Whether all of a price's or an estimate's conditions hold. */
export function holds(
  when: When | null | undefined,
  params: Record<string, unknown>,
  promptTokens: bigint,
): boolean {
  if (when === null || when === undefined) return true;
  return Object.entries(when).every(([key, wanted]) => {
    if (key === TOKENS_OVER) return promptTokens > BigInt(wanted as number);
    if (key === PIXELS_OVER) return pixelsOf(params) > Number(wanted);
    if (key.endsWith('?')) return isGiven(params[key.slice(0, -1)]) === wanted;
    return params[key] === wanted;
  });
}

/** Whether a key can stand in a price's conditions, for a model with these parameters. */
export function isCondition(key: string, parameters: readonly string[]): boolean {
  return key === TOKENS_OVER || key === PIXELS_OVER || parameters.includes(key.replace(/\?$/, ''));
}

/** The most special of the rows that hold: most conditions first, then the highest threshold. */
export function mostSpecial<Row extends { when?: When | null }>(
  rows: readonly Row[],
  params: Record<string, unknown>,
  promptTokens: bigint,
): Row | null {
  let best: Row | null = null;
  for (const row of rows) {
    if (!holds(row.when, params, promptTokens)) continue;
    if (best === null || isMoreSpecial(row.when, best.when)) best = row;
  }
  return best;
}

function isMoreSpecial(a: When | null | undefined, b: When | null | undefined): boolean {
  const many = Object.keys(a ?? {}).length - Object.keys(b ?? {}).length;
  if (many !== 0) return many > 0;
  return threshold(a) > threshold(b);
}

function threshold(when: When | null | undefined): number {
  return Number(when?.[TOKENS_OVER] ?? when?.[PIXELS_OVER] ?? 0);
}

function rowFor(
  rows: readonly PriceRow[],
  unit: Unit,
  params: Record<string, unknown>,
  promptTokens: bigint,
): PriceRow | null {
  for (let each: Unit | undefined = unit; each !== undefined; each = standsFor[each]) {
    const named = each;
    const row = mostSpecial(
      rows.filter((candidate) => candidate.unit === named),
      params,
      promptTokens,
    );
    if (row !== null) return row;
  }
  return null;
}

function promptTokensOf(units: Units): bigint {
  return PROMPT_UNITS.reduce((sum, unit) => sum + (units[unit] ?? 0n), 0n);
}

function thresholds(rows: readonly PriceRow[]): bigint[] {
  const found = new Set(rows.map((row) => row.when?.[TOKENS_OVER]).filter((tokens) => tokens !== undefined));
  return [...found].map((tokens) => BigInt(tokens as number) + 1n);
}

/** Width × height, from `size` ("2048x1024", "2048*1024", "2K") or `width` and `height`; 0 when not said. */
function pixelsOf(params: Record<string, unknown>): number {
  const { size, width, height } = params;
  if (typeof width === 'number' && typeof height === 'number') return width * height;
  if (typeof size !== 'string') return 0;
  const sides = /^(\d+)[x*](\d+)$/.exec(size);
  if (sides !== null) return Number(sides[1]) * Number(sides[2]);
  const thousands = /^([1-8])K$/i.exec(size);
  return thousands === null ? 0 : (Number(thousands[1]) * 1024) ** 2;
}

function isGiven(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

function entries(units: Units): [Unit, bigint][] {
  const present = Object.entries(units).filter(([, quantity]) => quantity !== undefined && quantity !== 0n);
  for (const [unit, quantity] of present) if (quantity < 0n) throw new Error(`${unit} below nought`);
  return present as [Unit, bigint][];
}

function dearest(amounts: bigint[]): bigint {
  return amounts.toSorted((a, b) => (a < b ? 1 : -1))[0]!;
}

function ceiling(numerator: bigint): bigint {
  return (numerator + MILLION - 1n) / MILLION;
}

function halfEven(numerator: bigint): bigint {
  const whole = numerator / MILLION;
  const twice = 2n * (numerator % MILLION);
  if (twice < MILLION) return whole;
  if (twice > MILLION) return whole + 1n;
  return whole + (whole % 2n);
}
