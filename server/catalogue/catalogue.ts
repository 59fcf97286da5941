import type { Operation, Units } from '#server/providers/provider.ts';
import { type Checked, checkParams } from './params.ts';
import { captured, mostSpecial, type Priced, type PriceRow, upperBound } from './prices.ts';
import type { Accepts, JsonSchema, ShippedModel, Usual } from './shipped.ts';

/** A model with the prices of one version of its price list. */
export interface CatalogueModel {
  /** `provider/name` */
  id: string;
  providerId: string;
  providerName: string;
  kind: Operation;
  /** The provider's name for it. */
  upstream: string;
  name: string;
  summary: string;
  /** For text, without `messages`. */
  parameters: JsonSchema;
  contextTokens: number | null;
  defaultMaxOutputTokens: number | null;
  maxOutputTokens: number | null;
  accepts: Accepts;
  examples: string[];
  usual: Usual[];
  typical: ShippedModel['typical'];
  /** Names the price list: a quote keeps it, and the capture asks for it with `atVersion`. */
  priceVersion: string;
  pricesFrom: Date;
  prices: PriceRow[];
  /** When anything but the prices last changed. */
  changedAt: Date;
}

/** The catalogue in memory. Reads are synchronous and cheap; `refresh` follows a change (topic `catalogue`). */
export interface Catalogue {
  /** The model as it is offered now, or null: unknown, taken off offer, or its provider closed by staff. */
  findModel(id: string): CatalogueModel | null;
  /**
   * The model with the prices that a quote was made from, offered or not. Null when that list ended over 90 days ago,
   * and when another process has begun it and this one has not heard yet: `refresh`, then ask again.
   */
  atVersion(priceVersion: string): CatalogueModel | null;
  /** All models on offer from these providers, in the order in which a person sees them. */
  listModels(openProviders: ReadonlySet<string>): CatalogueModel[];
  /** What staff set for a route; open with full weight unless they did. */
  routeState(routeId: string): { open: boolean; weight: number };
  /** Reads everything again. Calls at once share what is read. */
  refresh(): Promise<void>;
}

/** Whether there is an adapter for this kind of work of a provider: what nobody can do is not on offer. */
export type HasAdapter = (providerId: string, kind: Operation) => boolean;

/** Checks parameters (for text: all but `messages`) and fills in defaults. */
export function validateParams(model: CatalogueModel, params: Record<string, unknown>): Checked {
  return checkParams(model.parameters, params);
}

/** What a call that used these units costs. To be called once per generation: it rounds once. */
export function priceOf(model: CatalogueModel, units: Units, params: Record<string, unknown>): Priced {
  return captured(model.prices, units, params);
}

/** The most that a call bounded by these units can cost: what is held. Throws when a unit has no price. */
export function boundOf(model: CatalogueModel, units: Units, params: Record<string, unknown>): Priced {
  return upperBound(model.prices, units, params);
}

/**
 * What a call usually costs, given its bound: exact where the bound is, and where it is not, with what such calls
 * usually use. For text that is 350 tokens out, and a token in for four that the bound counts: it counts bytes.
 * Never above the bound.
 */
export function usualOf(model: CatalogueModel, bound: Units, params: Record<string, unknown>): Priced {
  const units: Units = { ...bound };
  if (model.kind === 'text') units.input_token = ((bound.input_token ?? 0n) + 3n) / 4n;
  for (const unit of new Set(model.usual.map((row) => row.unit))) {
    const most = bound[unit];
    const row = mostSpecial(
      model.usual.filter((each) => each.unit === unit),
      params,
      0n,
    );
    if (most === undefined || row === null) continue;
    const usual = usualQuantity(row, params);
    if (usual < most) units[unit] = usual;
  }
  return captured(model.prices, units, params);
}

function usualQuantity({ quantity, of }: Usual, { n, prompt, duration }: Record<string, unknown>): bigint {
  const times = (count: unknown) =>
    BigInt(quantity) * (typeof count === 'number' ? BigInt(Math.ceil(count)) : 1n);
  if (of === 'second') return times(duration);
  if (of === 'thousand_characters') return (times(String(prompt ?? '').length) + 999n) / 1000n;
  return times(n);
}
