import type { Operation } from '#server/providers/provider.ts';
import { openLists, type Reader, type StoredPriceList } from './price-lists.ts';
import { unitWords } from './prices.ts';
import {
  type Accepts,
  type JsonSchema,
  type ShippedModel,
  type ShippedPrice,
  type ShippedProvider,
  type Usual,
  usdOf,
} from './shipped.ts';

/** The catalogue as it is here, with markups and what is off offer: taken back in at once, it changes nothing. */
export async function exportCatalogue(tx: Reader, now: Date = new Date()): Promise<ShippedProvider[]> {
  const providers = await tx
    .selectFrom('catalogue.provider')
    .select(['id', 'name'])
    .orderBy('position')
    .orderBy('id')
    .limit(1000)
    .execute();
  const models = await tx
    .selectFrom('catalogue.model')
    .selectAll()
    .orderBy('position')
    .orderBy('id')
    .limit(10_000)
    .execute();
  const lists = await openLists(
    tx,
    models.map(({ id }) => id),
    now,
  );
  const modelsOf = Map.groupBy(models, (model) => model.providerId);
  return providers.map(({ id, name }) => ({
    id,
    name,
    models: (modelsOf.get(id) ?? []).map((model) => ({
      id: model.id,
      kind: model.kind as Operation,
      name: model.name,
      summary: model.summary,
      upstream: model.upstream,
      ...(model.offered ? {} : { offered: false }),
      markupBasisPoints: model.markupBasisPoints,
      prices: pricesOf(lists.get(model.id) ?? [], now),
      contextTokens: model.contextTokens,
      defaultMaxOutputTokens: model.defaultMaxOutputTokens,
      maxOutputTokens: model.maxOutputTokens,
      accepts: model.accepts as Accepts,
      examples: model.examples as ShippedModel['examples'],
      usual: model.usual as Usual[],
      typical: model.typical as ShippedModel['typical'],
      parameters: model.parameters as JsonSchema,
    })),
  }));
}

/** A cost that goes on from one list to the next stands there once. */
function pricesOf(lists: readonly StoredPriceList[], now: Date): ShippedPrice[] {
  const prices: ShippedPrice[] = [];
  const running = new Map<string, ShippedPrice>();
  lists.forEach((list, index) => {
    const next = lists[index + 1];
    const still = new Map<string, ShippedPrice>();
    for (const cost of list.costs) {
      const { per } = unitWords[cost.unit];
      const price: ShippedPrice = {
        unit: cost.unit,
        usd: usdOf(cost.costMicro, per),
        per,
        ...(cost.when === null ? {} : { when: cost.when }),
        source: { url: cost.sourceUrl, basis: cost.sourceBasis, on: cost.readOn },
      };
      const key = JSON.stringify(price);
      const known = running.get(key);
      const placed = known ?? { ...price, ...(list.from <= now ? {} : { from: list.from.toISOString() }) };
      if (known === undefined) prices.push(placed);
      if (next === undefined) delete placed.until;
      else placed.until = next.from.toISOString();
      still.set(key, placed);
    }
    running.clear();
    for (const [key, price] of still) running.set(key, price);
  });
  return prices;
}
