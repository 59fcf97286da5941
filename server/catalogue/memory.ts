import { isDeepStrictEqual } from 'node:util';
import type { Pools } from '#server/database/connections.ts';
import { asVisitor, type Tx } from '#server/database/transaction.ts';
import type { Operation, Unit } from '#server/providers/provider.ts';
import type { CatalogueModel, HasAdapter } from './catalogue.ts';
import type { PriceRow } from './prices.ts';
import type { Accepts, JsonSchema, ShippedModel, Usual, When } from './shipped.ts';

/** The whole catalogue as one process holds it. Replaced as a whole, never changed. */
export interface Memory {
  models: Map<string, Entry>;
  /** By price list, those that ended less than 90 days ago too: a capture may come late. */
  versions: Map<string, CatalogueModel>;
  routes: Map<string, { open: boolean; weight: number }>;
}

export interface Entry {
  providerId: string;
  /** By staff, its provider not closed by staff, and there is an adapter for it. */
  offered: boolean;
  /** One for each price list that holds now or will, oldest first. */
  ahead: CatalogueModel[];
}

const LATE_CAPTURE_MS = 90 * 86_400_000;

/** The model under the price list that holds at `nowMs`. */
export function currentOf(entry: Entry, nowMs: number): CatalogueModel {
  let current = entry.ahead[0]!; // clocks differ by some ms: a list that another process just began holds here too
  for (const model of entry.ahead) if (model.pricesFrom.getTime() <= nowMs) current = model;
  return current;
}

export async function readCatalogue(
  pools: Pools,
  hasAdapter: HasAdapter,
  before: Memory | null,
): Promise<Memory> {
  const { models, lists, prices, routes } = await asVisitor(pools, readRows);
  const rowsOf = Map.groupBy(prices, (price) => price.priceListId);
  const listsOf = Map.groupBy(lists, (list) => list.modelId);
  const now = Date.now();
  const memory: Memory = {
    models: new Map(),
    versions: new Map(),
    routes: new Map(routes.map(({ id, open, weight }) => [id, { open, weight }])),
  };
  for (const model of models) {
    const parameters = sameSchema(before?.models.get(model.id), model.parameters as JsonSchema);
    const entry: Entry = {
      providerId: model.providerId,
      offered: model.offered && model.open && hasAdapter(model.providerId, model.kind as Operation),
      ahead: [],
    };
    for (const list of listsOf.get(model.id) ?? []) {
      const version: CatalogueModel = {
        id: model.id,
        providerId: model.providerId,
        providerName: model.providerName,
        kind: model.kind as Operation,
        upstream: model.upstream,
        name: model.name,
        summary: model.summary,
        parameters,
        contextTokens: model.contextTokens,
        defaultMaxOutputTokens: model.defaultMaxOutputTokens,
        maxOutputTokens: model.maxOutputTokens,
        accepts: model.accepts as Accepts,
        examples: model.examples as string[],
        usual: model.usual as Usual[],
        typical: model.typical as ShippedModel['typical'],
        priceVersion: list.id,
        pricesFrom: list.validFrom,
        changedAt: model.changedAt,
        prices: (rowsOf.get(list.id) ?? []).map(
          (price): PriceRow => ({
            unit: price.unit as Unit,
            costMicro: price.costMicro,
            priceMicro: price.priceMicro,
            when: price.conditions as When | null,
          }),
        ),
      };
      memory.versions.set(list.id, version);
      if (list.validUntil === null || list.validUntil.getTime() > now) entry.ahead.push(version);
    }
    if (entry.ahead.length > 0) memory.models.set(model.id, entry);
  }
  return memory;
}

/** The schema object of before while nothing changed in it: its compiled validator stays. */
function sameSchema(before: Entry | undefined, parameters: JsonSchema): JsonSchema {
  const known = before?.ahead[0]?.parameters;
  return known !== undefined && isDeepStrictEqual(known, parameters) ? known : parameters;
}

async function readRows(tx: Tx<'member'>) {
  const since = new Date(Date.now() - LATE_CAPTURE_MS);
  const models = await tx
    .selectFrom('catalogue.model as model')
    .innerJoin('catalogue.provider as provider', 'provider.id', 'model.providerId')
    .selectAll('model')
    .select(['provider.name as providerName', 'provider.open'])
    .orderBy('provider.position')
    .orderBy('model.position')
    .orderBy('model.id')
    .limit(10_000)
    .execute();
  const lists = await tx
    .selectFrom('catalogue.priceList')
    .select(['id', 'modelId', 'validFrom', 'validUntil'])
    .where((where) => where.or([where('validUntil', 'is', null), where('validUntil', '>', since)]))
    .whereRef('validFrom', 'is distinct from', 'validUntil')
    .orderBy('validFrom')
    .orderBy('id')
    .limit(100_000)
    .execute();
  const prices = await tx
    .selectFrom('catalogue.price as price')
    .innerJoin('catalogue.priceList as list', 'list.id', 'price.priceListId')
    .selectAll('price')
    .where((where) => where.or([where('list.validUntil', 'is', null), where('list.validUntil', '>', since)]))
    .orderBy('price.priceListId')
    .orderBy('price.position')
    .limit(1_000_000)
    .execute();
  const routes = await tx
    .selectFrom('catalogue.route')
    .select(['id', 'open', 'weight'])
    .limit(10_000)
    .execute();
  return { models, lists, prices, routes };
}
