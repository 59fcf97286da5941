import { sql } from 'kysely';
import type { z } from 'zod';
import type { StaffCatalogue, StaffModel, StaffModelDetail } from '#contract/console-catalogue.ts';
import type { Operation, Unit } from '#server/providers/provider.ts';
import { labelOf } from './describe.ts';
import { type Cost, listsOf, openLists, type Reader, type StoredPriceList } from './price-lists.ts';
import { captured, type Priced, type PriceRow, unitWords, withMarkup } from './prices.ts';
import { type JsonSchema, type ShippedModel, unitsOf, usdOf } from './shipped.ts';
import { versionOf } from './staff.ts';

type Example = StaffModel['example'];
type StaffPrice = z.output<typeof StaffModelDetail>['lists'][number]['prices'][number];

/** As many lists and edits of one model as a page shows. */
const SHOWN = 100;

/** Every model as staff see it. `isSeen` says whether members do. */
export async function staffCatalogue(
  tx: Reader,
  isSeen: (modelId: string) => boolean,
  now: Date,
): Promise<z.output<typeof StaffCatalogue>> {
  const models = await modelQuery(tx).limit(10_000).execute();
  const lists = await openLists(
    tx,
    models.map(({ id }) => id),
    now,
  );
  const providers = await tx
    .selectFrom('catalogue.provider')
    .select(['id', 'name', 'open', 'closedBecause'])
    .orderBy('position')
    .orderBy('id')
    .limit(1000)
    .execute();
  return {
    mayEdit: await mayEdit(tx),
    items: models
      .filter(({ id }) => lists.has(id))
      .map((model) => rowOf(model, lists.get(model.id)!, isSeen(model.id), now)),
    providers,
  };
}

/** One model with its prices of before, now and later, and what was edited. Null: there is no such model. */
export async function staffModel(
  tx: Reader,
  id: string,
  isSeen: (modelId: string) => boolean,
  now: Date,
): Promise<z.output<typeof StaffModelDetail> | null> {
  const model = await modelQuery(tx).where('model.id', '=', id).executeTakeFirst();
  if (model === undefined) return null;
  const lists = await listsOf(tx, id, SHOWN);
  const open = lists.filter(({ until }) => until === null || until > now);
  if (open.length === 0) return null;
  const changes = await tx
    .selectFrom('catalogue.change')
    .select(['at', 'what', 'before', 'after', 'reason'])
    .where('target', '=', id)
    .orderBy('id', 'desc')
    .limit(SHOWN)
    .execute();
  const parameters = model.parameters as JsonSchema;
  return {
    model: rowOf(model, open, isSeen(id), now),
    mayEdit: await mayEdit(tx),
    version: versionOf(model, open),
    lists: lists.map((list) => ({
      id: list.id,
      from: list.from.toISOString(),
      until: list.until?.toISOString() ?? null,
      holds: list.from > now ? 'later' : list === open[0] ? 'now' : 'before',
      origin: list.origin,
      markupBasisPoints: list.markupBasisPoints,
      reason: list.reason,
      madeAt: list.madeAt.toISOString(),
      prices: list.costs.map((cost) => priceOf(cost, list.markupBasisPoints, parameters)),
    })),
    changes: changes.map(({ at, what, before, after, reason }) => ({
      at: at.toISOString(),
      what,
      before: briefly(before),
      after: briefly(after),
      reason,
    })),
    units: Object.entries(unitWords).map(([unit, { per, price }]) => ({ unit, per, label: price })),
    conditions: Object.keys(parameters.properties as object),
  };
}

/** The lists of one model that hold now or will, with what a preview needs of it. Null: there is no such model. */
export async function pricedModel(tx: Reader, id: string, now: Date) {
  const model = await modelQuery(tx).where('model.id', '=', id).executeTakeFirst();
  const lists = (await openLists(tx, [id], now)).get(id);
  return model === undefined || lists === undefined ? null : { model, current: lists[0]! };
}

function modelQuery(tx: Reader) {
  return tx
    .selectFrom('catalogue.model as model')
    .innerJoin('catalogue.provider as provider', 'provider.id', 'model.providerId')
    .select([
      'model.id',
      'model.name',
      'model.kind',
      'model.providerId',
      'provider.name as providerName',
      'provider.open as isProviderOpen',
      'model.offered',
      'model.markupBasisPoints',
      'model.parameters',
      'model.typical',
    ])
    .orderBy('provider.position')
    .orderBy('model.position')
    .orderBy('model.id');
}

type Row = Awaited<ReturnType<ReturnType<typeof modelQuery>['execute']>>[number];

function rowOf(model: Row, lists: StoredPriceList[], isSeen: boolean, now: Date): StaffModel {
  const current = lists[0]!;
  const { id, name, providerId, providerName, offered, markupBasisPoints } = model;
  const sources = current.costs.map(sourceOf);
  return {
    id,
    name,
    kind: model.kind as Operation,
    providerId,
    providerName,
    offered,
    // What members are shown follows a moment after what was set.
    isSeen: isSeen && offered && model.isProviderOpen,
    origin: current.origin,
    markupBasisPoints,
    example: exampleOf(
      model.typical as ShippedModel['typical'],
      rowsOf(current.costs, current.markupBasisPoints),
    ),
    sources: [...new Map(sources.map((source) => [JSON.stringify(source), source])).values()],
    nextFrom: lists.find(({ from }) => from > now)?.from.toISOString() ?? null,
  };
}

/** What a typical call costs us and a member under these prices. */
export function exampleOf(typical: ShippedModel['typical'], rows: readonly PriceRow[]): Example {
  const { costMicro, amountMicro }: Priced = captured(rows, unitsOf(typical.units), typical.params);
  return {
    label: typical.label,
    costMicro,
    priceMicro: amountMicro,
    marginMicro: amountMicro - costMicro,
  };
}

export function rowsOf(costs: readonly Cost[], markupBasisPoints: number): PriceRow[] {
  return costs.map(({ unit, costMicro, when }) => ({
    unit,
    costMicro,
    when,
    priceMicro: withMarkup(costMicro, markupBasisPoints),
  }));
}

function priceOf(cost: Cost, markupBasisPoints: number, parameters: JsonSchema): StaffPrice {
  const { per } = unitWords[cost.unit];
  const priceMicro = withMarkup(cost.costMicro, markupBasisPoints);
  return {
    unit: cost.unit,
    label: labelOf(cost, parameters),
    per,
    when: cost.when,
    costUsd: usdOf(cost.costMicro, per),
    priceUsd: usdOf(priceMicro, per),
    costMicro: cost.costMicro,
    priceMicro,
    source: sourceOf(cost),
  };
}

export function sourceOf({ sourceUrl, sourceBasis, readOn }: Cost): StaffPrice['source'] {
  return { url: sourceUrl, basis: sourceBasis, on: readOn };
}

/** For `per` units of a cost or price, in dollars. */
export function usdFor(unit: Unit, micro: bigint): string {
  return usdOf(micro, unitWords[unit].per);
}

/** By how much `after` is above `before`, in hundredths of a per cent, rounded to nought. Null: there is no telling. */
export function changeOf(before: bigint | undefined, after: bigint | undefined): number | null {
  if (before === undefined || after === undefined || before === 0n) return null;
  return Number(((after - before) * 10_000n) / before);
}

/** PostgreSQL itself says whether this role may write prices. */
export async function mayEdit(tx: Reader): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`
    select has_table_privilege('catalogue.price_list', 'insert') as may`.execute(tx);
  return rows[0]!.may;
}

function briefly(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value).slice(0, 2000) : String(value);
}
