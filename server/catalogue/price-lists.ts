import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import type { Unit } from '#server/providers/provider.ts';
import { withMarkup } from './prices.ts';
import { costMicroOf, type ShippedModel, type ShippedPrice, type Source, type When } from './shipped.ts';

/** Those who may see where prices come from: jobs, and staff. */
export type Reader = Tx<'service' | 'support' | 'finance' | 'operator' | 'auditor'>;
/** Those who may change prices: jobs, and the staff that set them. */
export type Editor = Tx<'service' | 'finance' | 'operator'>;

/** One price of a list before markup. */
export interface Cost {
  unit: Unit;
  /** Micro-units of US dollars for 1,000,000 units. */
  costMicro: bigint;
  when: When | null;
  sourceUrl: string;
  sourceBasis: Source['basis'];
  /** `YYYY-MM-DD` */
  readOn: string;
}

/** All costs of a model from one moment on. */
export interface PriceListDraft {
  from: Date;
  costs: Cost[];
}

export interface StoredPriceList extends PriceListDraft {
  id: string;
  until: Date | null;
  origin: 'shipped' | 'staff';
  markupBasisPoints: number;
  reason: string;
  madeAt: Date;
}

/** The lists that follow from shipped prices: the one for `now`, and one for each later moment at which a price changes. */
export function shippedLists(model: ShippedModel, now: Date): PriceListDraft[] {
  const moments = model.prices.flatMap((price) => [price.from, price.until]).filter((at) => at !== undefined);
  const later = new Set(moments.map((at) => Date.parse(at)).filter((at) => at > now.getTime()));
  return [now.getTime(), ...[...later].toSorted((a, b) => a - b)].map((at) => ({
    from: new Date(at),
    costs: model.prices
      .filter(({ from, until }) => isReached(from, at, true) && !isReached(until, at, false))
      .map(costOf),
  }));
}

/** Whether a day (which begins at midnight UTC) or moment has come. */
function isReached(moment: string | undefined, at: number, absent: boolean): boolean {
  return moment === undefined ? absent : Date.parse(moment) <= at;
}

export function costOf(price: ShippedPrice): Cost {
  return {
    unit: price.unit,
    costMicro: costMicroOf(price),
    when: price.when ?? null,
    sourceUrl: price.source.url,
    sourceBasis: price.source.basis,
    readOn: price.source.on,
  };
}

/** The lists of these models that hold at `now` or will hold later, oldest first. */
export async function openLists(
  tx: Reader,
  modelIds: readonly string[],
  now: Date,
): Promise<Map<string, StoredPriceList[]>> {
  if (modelIds.length === 0) return new Map();
  const lists = await listQuery(tx)
    .where('modelId', 'in', [...modelIds])
    .where((where) => where.or([where('validUntil', 'is', null), where('validUntil', '>', now)]))
    .orderBy('validFrom')
    .orderBy('id')
    .execute();
  return withCosts(tx, lists);
}

/** The newest `limit` lists of one model that held, hold or will, oldest first. */
export async function listsOf(tx: Reader, modelId: string, limit: number): Promise<StoredPriceList[]> {
  const lists = await listQuery(tx)
    .where('modelId', '=', modelId)
    .orderBy('validFrom', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return (await withCosts(tx, lists.toReversed())).get(modelId) ?? [];
}

/** Without those that never held: they were to begin later, and others came before. */
function listQuery(tx: Reader) {
  return tx
    .selectFrom('catalogue.priceList')
    .select(['id', 'modelId', 'validFrom', 'validUntil', 'origin', 'markupBasisPoints', 'reason', 'madeAt'])
    .whereRef('validFrom', 'is distinct from', 'validUntil');
}

async function withCosts(
  tx: Reader,
  lists: Awaited<ReturnType<ReturnType<typeof listQuery>['execute']>>,
): Promise<Map<string, StoredPriceList[]>> {
  const found = new Map<string, StoredPriceList[]>();
  if (lists.length === 0) return found;
  const prices = await tx
    .selectFrom('catalogue.price')
    .selectAll()
    .where(
      'priceListId',
      'in',
      lists.map((list) => list.id),
    )
    .orderBy('priceListId')
    .orderBy('position')
    .execute();
  const costsOf = Map.groupBy(prices, (price) => price.priceListId);
  for (const { modelId, validFrom, validUntil, origin, ...list } of lists) {
    const stored: StoredPriceList = {
      ...list,
      from: validFrom,
      until: validUntil,
      origin: origin as StoredPriceList['origin'],
      costs: (costsOf.get(list.id) ?? []).map((price) => ({
        unit: price.unit as Unit,
        costMicro: price.costMicro,
        when: price.conditions as When | null,
        sourceUrl: price.sourceUrl,
        sourceBasis: price.sourceBasis as Cost['sourceBasis'],
        readOn: price.readOn,
      })),
    };
    found.set(modelId, [...(found.get(modelId) ?? []), stored]);
  }
  return found;
}

/** New lists for one model, which end the ones it has from the first new one's begin. */
export interface Succession {
  modelId: string;
  lists: PriceListDraft[];
  markupBasisPoints: number;
  origin: 'shipped' | 'staff';
  reason: string;
}

/**
 * Writes new lists. What held until then ends where the first new list begins; what was to begin later never does.
 * Nothing that a quote may name is changed. The caller holds a lock on the models' rows.
 */
export async function succeed(tx: Editor, successions: readonly Succession[]): Promise<void> {
  if (successions.length === 0) return;
  const byBegin = Map.groupBy(successions, (each) => beginOf(each).getTime());
  for (const [begin, together] of byBegin) {
    await endLists(
      tx,
      together.map((each) => each.modelId),
      new Date(begin),
    );
  }
  const lists = successions.flatMap((each) =>
    each.lists.map(({ from, costs }, index) => ({
      id: newId(),
      each,
      from,
      until: each.lists[index + 1]?.from,
      costs,
    })),
  );
  await tx
    .insertInto('catalogue.priceList')
    .values(
      lists.map(({ id, each, from, until }) => ({
        id,
        modelId: each.modelId,
        validFrom: from,
        validUntil: until ?? null,
        markupBasisPoints: each.markupBasisPoints,
        origin: each.origin,
        reason: each.reason,
      })),
    )
    .execute();
  await tx
    .insertInto('catalogue.price')
    .values(
      lists.flatMap(({ id, each, costs }) =>
        costs.map((cost, position) => row(id, position, cost, each.markupBasisPoints)),
      ),
    )
    .execute();
}

function beginOf(succession: Succession): Date {
  const first = succession.lists[0];
  if (first === undefined || succession.lists.some((list) => list.costs.length === 0)) {
    throw new Error(`${succession.modelId} would be left without prices`);
  }
  return first.from;
}

async function endLists(tx: Editor, modelIds: string[], at: Date): Promise<void> {
  await tx
    .updateTable('catalogue.priceList')
    .set({ validUntil: at })
    .where('modelId', 'in', modelIds)
    .where('validFrom', '<=', at)
    .where((where) => where.or([where('validUntil', 'is', null), where('validUntil', '>', at)]))
    .execute();
  await tx
    .updateTable('catalogue.priceList')
    .set((set) => ({ validUntil: set.ref('validFrom') }))
    .where('modelId', 'in', modelIds)
    .where('validFrom', '>', at)
    .execute();
}

function row(priceListId: string, position: number, cost: Cost, markupBasisPoints: number) {
  return {
    priceListId,
    position,
    unit: cost.unit,
    costMicro: cost.costMicro,
    priceMicro: withMarkup(cost.costMicro, markupBasisPoints),
    conditions: cost.when === null ? null : JSON.stringify(cost.when),
    sourceUrl: cost.sourceUrl,
    sourceBasis: cost.sourceBasis,
    readOn: cost.readOn,
  };
}
