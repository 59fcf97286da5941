import type { FileLimits } from '#contract/catalogue.ts';
import type { Operation, Unit, Units } from '#server/providers/provider.ts';

/**
 * What the shipped catalogue is made of. Files in `data/` are meant to be read beside a provider's price page: costs
 * stand there as the page prints them, in US dollars as decimal text, and are never turned into a float.
 */

/** Where a cost was read, when, and how good the source is. */
export interface Source {
  url: string;
  /** `official`: the provider's own page. `list`: price lists of others that pass it through. `derived`: worked out from such lists. `staff`: agreed or decided, in files of an installation. */
  basis: 'official' | 'list' | 'derived' | 'staff';
  /** `YYYY-MM-DD` */
  on: string;
}

/**
 * When a price holds. A plain key names a parameter and its value; `name?` asks whether that parameter is given;
 * `input_tokens>` and `pixels>` compare what is counted. All must hold; the price with most conditions wins, and
 * of two thresholds the higher one.
 */
export type When = Record<string, string | number | boolean>;

export interface ShippedPrice {
  unit: Unit;
  /** US dollars for `per` units, as the source prints them. */
  usd: string;
  per: number;
  when?: When;
  /** First day of this price, `YYYY-MM-DD` (UTC), or its first moment. Absent: since ever. */
  from?: string;
  /** First day or moment on which it no longer holds. */
  until?: string;
  source: Source;
}

/** What a call usually uses of a unit whose amount is not known before; the row with most conditions wins. */
export interface Usual {
  unit: Unit;
  /** For one call (one picture where `n` says how many), for a thousand characters of its prompt, or a second asked for. */
  quantity: number;
  of?: 'thousand_characters' | 'second';
  when?: When;
}

export type FileFamily = 'image' | 'video' | 'audio' | 'document' | 'text';

export interface Accepts {
  /** Media types, `image/*` allowed. */
  mediaTypes: string[];
  maxFiles: number;
  maxBytes: number;
  /** What the provider demands beside, by family. */
  limits?: Partial<Record<FileFamily, FileLimits>>;
}

export interface ShippedModel {
  /** `provider/name`. */
  id: string;
  kind: Operation;
  /** The provider's name for it. */
  upstream: string;
  name: string;
  summary: string;
  /** Absent: on offer. */
  offered?: boolean;
  /** Absent: what staff set, or the default. Only files of an installation name it. */
  markupBasisPoints?: number;
  /** JSON Schema, draft 2020-12, with `x-ui` hints for the form. For text, without `messages`. */
  parameters: JsonSchema;
  contextTokens: number | null;
  /** What we send when the caller names no limit, and the most the model takes; null where output is not text. */
  defaultMaxOutputTokens: number | null;
  maxOutputTokens: number | null;
  accepts: Accepts;
  examples: [string, string, string];
  prices: ShippedPrice[];
  usual: Usual[];
  /** A thing that people know, priced on the model's card. */
  typical: { label: string; units: Partial<Record<Unit, number>>; params: Record<string, unknown> };
}

export interface ShippedProvider {
  id: string;
  name: string;
  models: ShippedModel[];
}

export interface JsonSchema {
  [keyword: string]: unknown;
}

/** What is added to a provider's cost unless staff set otherwise: 1000 = 10 %. */
export const DEFAULT_MARKUP_BASIS_POINTS = 1000;

/**
 * The provider's cost in micro-units for 1,000,000 units, in whole numbers from the printed text: a part of a
 * micro-unit (of a million units) is counted up. Throws when the text is no plain decimal.
 */
export function costMicroOf(price: Pick<ShippedPrice, 'usd' | 'per'>): bigint {
  const match = /^(\d+)(?:\.(\d{1,12}))?$/.exec(price.usd);
  if (match === null) throw new Error(`not a decimal amount: ${price.usd}`);
  const picoUsd = BigInt(match[1]! + (match[2] ?? '').padEnd(12, '0'));
  const per = BigInt(price.per);
  return (picoUsd + per - 1n) / per; // pico-dollars for one unit are micro-dollars for a million
}

/** A cost in micro-units for 1,000,000 units as US dollars for `per` of them, exactly: what `costMicroOf` turns back. */
export function usdOf(costMicro: bigint, per: number): string {
  const pico = (costMicro * BigInt(per)).toString().padStart(13, '0');
  return `${pico.slice(0, -12)}.${pico.slice(-12)}`.replace(/\.?0+$/, '');
}

/** Quantities as the files write them, as they are counted. */
export function unitsOf(units: ShippedModel['typical']['units']): Units {
  return Object.fromEntries(Object.entries(units).map(([unit, quantity]) => [unit, BigInt(quantity)]));
}
