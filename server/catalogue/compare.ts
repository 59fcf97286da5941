import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type Cost,
  openLists,
  type PriceListDraft,
  type Reader,
  type StoredPriceList,
  type Succession,
  shippedLists,
} from './price-lists.ts';
import { DEFAULT_MARKUP_BASIS_POINTS, type ShippedModel, type ShippedProvider } from './shipped.ts';

/** One way in which the catalogue here and another one differ. `kept`: staff changed it, so a start leaves it. */
export type Difference =
  | { what: 'new_model'; modelId: string }
  | { what: 'not_shipped'; modelId: string; kept: boolean }
  | { what: 'field'; modelId: string; field: string; here: unknown; shipped: unknown; kept: boolean }
  | { what: 'prices'; modelId: string; here: PriceText[]; shipped: PriceText[]; kept: boolean };

/** A price list as text, for people and for comparing: `from` is null for the list that holds now. */
export interface PriceText {
  from: string | null;
  costs: string[];
}

/**
 * How the other catalogue is taken. `start`: the shipped one, where staff changed nothing. `shipped`: the shipped one,
 * over what staff changed. `file`: one that staff bring, whose models and prices are theirs from then on; of providers
 * that it does not name it says nothing.
 */
export type Manner = 'start' | 'shipped' | 'file';

/** What taking it would write, model by model. */
export interface Compared {
  differences: Difference[];
  fresh: { provider: ShippedProvider; model: ShippedModel }[];
  changed: { modelId: string; fields: Record<string, unknown>; edited: string[] }[];
  priced: Succession[];
  withdrawn: string[];
  /** Lists of both sides, for showing a difference in prices. */
  lists: Map<string, { here: StoredPriceList[]; there: PriceListDraft[] }>;
}

interface StoredModel extends Record<string, unknown> {
  id: string;
  providerId: string;
  offered: boolean;
  edited: string[];
  markupBasisPoints: number;
}

/** Compares what is here with another catalogue. `lock` holds the models' rows until the transaction ends. */
export async function compare(
  tx: Reader,
  providers: readonly ShippedProvider[],
  taking: { manner: Manner; reason: string; now: Date; lock: boolean },
): Promise<Compared> {
  const result: Compared = {
    differences: [],
    fresh: [],
    changed: [],
    priced: [],
    withdrawn: [],
    lists: new Map(),
  };
  let read = tx.selectFrom('catalogue.model').selectAll().orderBy('id').limit(10_000);
  if (taking.lock) read = read.forUpdate();
  const stored: StoredModel[] = await read.execute();
  const here = new Map(stored.map((model) => [model.id, model]));
  const lists = await openLists(tx, [...here.keys()], taking.now);
  const models = providers.flatMap((provider) => provider.models.map((model) => ({ provider, model })));
  for (const each of models) {
    const found = here.get(each.model.id);
    if (found === undefined) compareNew(result, each, taking);
    else compareModel(result, each.model, found, lists.get(found.id) ?? [], taking);
  }
  const there = new Set(models.map(({ model }) => model.id));
  const named = new Set(providers.map(({ id }) => id));
  for (const model of stored) {
    const isMeant = taking.manner === 'start' || named.has(model.providerId);
    if (there.has(model.id) || !model.offered || !isMeant) continue;
    const kept = model.edited.includes('offered');
    result.differences.push({ what: 'not_shipped', modelId: model.id, kept });
    if (!kept || taking.manner !== 'start') result.withdrawn.push(model.id);
  }
  return result;
}

/** Names a difference: what is confirmed by it is what was shown, or nothing. */
export function digestOf({ differences }: Compared, manner: Manner): string {
  return createHash('sha256')
    .update(JSON.stringify([manner, differences]))
    .digest('base64url');
}

function compareNew(
  result: Compared,
  fresh: { provider: ShippedProvider; model: ShippedModel },
  taking: { manner: Manner; reason: string; now: Date },
): void {
  const { model } = fresh;
  result.differences.push({ what: 'new_model', modelId: model.id });
  result.fresh.push(fresh);
  const there = shippedLists(model, taking.now);
  result.lists.set(model.id, { here: [], there });
  result.priced.push(successionOf(model, there, DEFAULT_MARKUP_BASIS_POINTS, taking));
}

function compareModel(
  result: Compared,
  model: ShippedModel,
  found: StoredModel,
  own: StoredPriceList[],
  taking: { manner: Manner; reason: string; now: Date },
): void {
  const takesAll = taking.manner !== 'start';
  const fields: Record<string, unknown> = {};
  for (const [field, shipped] of Object.entries(plainFields(model))) {
    if (isDeepStrictEqual(found[field], shipped)) continue;
    const kept = found.edited.includes(field);
    result.differences.push({ what: 'field', modelId: model.id, field, here: found[field], shipped, kept });
    if (!kept || takesAll) fields[field] = JSON_FIELDS.has(field) ? JSON.stringify(shipped) : shipped;
  }
  if (Object.keys(fields).length > 0) {
    const touched = Object.keys(fields);
    const edited =
      taking.manner === 'file'
        ? [...new Set([...found.edited, ...touched])]
        : found.edited.filter((field) => !touched.includes(field));
    result.changed.push({ modelId: model.id, fields, edited });
  }
  const there = shippedLists(model, taking.now);
  const [mine, theirs] = [asText(own, taking.now), asText(there, taking.now)];
  const differs = !isDeepStrictEqual(mine, theirs);
  const kept = own.some((list) => list.origin === 'staff');
  if (differs) {
    result.differences.push({ what: 'prices', modelId: model.id, here: mine, shipped: theirs, kept });
    result.lists.set(model.id, { here: own, there });
  }
  // Prices follow from cost and markup, so another markup needs new lists too.
  if ((differs && (!kept || takesAll)) || 'markupBasisPoints' in fields)
    result.priced.push(successionOf(model, there, found.markupBasisPoints, taking));
}

function successionOf(
  model: ShippedModel,
  lists: PriceListDraft[],
  markupBasisPoints: number,
  { manner, reason }: { manner: Manner; reason: string },
): Succession {
  return {
    modelId: model.id,
    lists,
    markupBasisPoints: model.markupBasisPoints ?? markupBasisPoints,
    origin: manner === 'file' ? 'staff' : 'shipped',
    reason,
  };
}

const JSON_FIELDS = new Set(['parameters', 'accepts', 'examples', 'usual', 'typical']);

/** The columns that follow the other catalogue, as they come back from the database. */
export function plainFields(model: ShippedModel) {
  const { parameters, accepts, examples, usual, typical, markupBasisPoints } = model;
  return {
    offered: model.offered ?? true,
    ...(markupBasisPoints === undefined ? {} : { markupBasisPoints }),
    kind: model.kind,
    upstream: model.upstream,
    name: model.name,
    summary: model.summary,
    contextTokens: model.contextTokens,
    defaultMaxOutputTokens: model.defaultMaxOutputTokens,
    maxOutputTokens: model.maxOutputTokens,
    // Through JSON and back: a field that is undefined is no field.
    ...(JSON.parse(JSON.stringify({ parameters, accepts, examples, usual, typical })) as {
      parameters: unknown;
      accepts: unknown;
      examples: unknown;
      usual: unknown;
      typical: unknown;
    }),
  };
}

function asText(lists: readonly PriceListDraft[], now: Date): PriceText[] {
  return lists.map((list) => ({
    from: list.from <= now ? null : list.from.toISOString(),
    // The order of costs means nothing.
    costs: list.costs.map(costText).toSorted(),
  }));
}

function costText(cost: Cost): string {
  const when = Object.entries(cost.when ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const conditions = when.map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join('');
  return `${cost.unit} ${cost.costMicro}${conditions} (${cost.sourceBasis} ${cost.sourceUrl} ${cost.readOn})`;
}
