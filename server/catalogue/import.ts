import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';
import { shippedProviders } from './data/shipped-models.ts';
import {
  type Cost,
  openLists,
  type PriceListDraft,
  type Succession,
  shippedLists,
  succeed,
} from './price-lists.ts';
import { DEFAULT_MARKUP_BASIS_POINTS, type ShippedModel, type ShippedProvider } from './shipped.ts';

/** One way in which the catalogue here and the shipped one differ. `kept`: staff changed it, so an import leaves it. */
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

interface Compared {
  differences: Difference[];
  fresh: { provider: ShippedProvider; model: ShippedModel }[];
  changed: { modelId: string; fields: Record<string, unknown> }[];
  priced: Succession[];
  withdrawn: string[];
}

/** What an import would change, and what it would leave because staff changed it. */
export async function differenceOf(
  tx: Tx<'service'>,
  providers: readonly ShippedProvider[] = shippedProviders,
  now: Date = new Date(),
): Promise<Difference[]> {
  return (await compare(tx, providers, now)).differences;
}

/**
 * Brings the shipped catalogue in: new models with their prices, and changes of what staff have not touched. Models
 * that are shipped no longer are taken off offer. Twice changes nothing; several processes may start at once.
 * Returns the differences as they were before.
 */
export async function importCatalogue(
  tx: Tx<'service'>,
  providers: readonly ShippedProvider[] = shippedProviders,
  now: Date = new Date(),
): Promise<Difference[]> {
  await sql`select pg_advisory_xact_lock(hashtext('catalogue import'))`.execute(tx);
  await putProviders(tx, providers);
  const { differences, fresh, changed, priced, withdrawn } = await compare(tx, providers, now);
  if (fresh.length > 0) {
    await tx
      .insertInto('catalogue.model')
      .values(fresh.map(({ provider, model }) => newModel(provider, model)))
      .execute();
  }
  for (const { modelId, fields } of changed) {
    await tx
      .updateTable('catalogue.model')
      .set({ ...fields, changedAt: now })
      .where('id', '=', modelId)
      .execute();
  }
  if (withdrawn.length > 0) {
    await tx
      .updateTable('catalogue.model')
      .set({ offered: false, changedAt: now })
      .where('id', 'in', withdrawn)
      .execute();
  }
  await succeed(tx, priced);
  if (differences.length > 0) await sql`select mluen.tell('catalogue', 'import')`.execute(tx);
  return differences;
}

async function compare(
  tx: Tx<'service'>,
  providers: readonly ShippedProvider[],
  now: Date,
): Promise<Compared> {
  const result: Compared = { differences: [], fresh: [], changed: [], priced: [], withdrawn: [] };
  const stored = await tx.selectFrom('catalogue.model').selectAll().limit(10_000).execute();
  const here = new Map(stored.map((model) => [model.id, model]));
  const lists = await openLists(tx, [...here.keys()], now);
  const shipped = new Set<string>();

  for (const provider of providers) {
    for (const model of provider.models) {
      shipped.add(model.id);
      const found = here.get(model.id);
      const drafts = shippedLists(model, now);
      const succession = (markupBasisPoints: number): Succession => ({
        modelId: model.id,
        lists: drafts,
        markupBasisPoints,
        origin: 'shipped',
        reason: 'shipped catalogue',
      });
      if (found === undefined) {
        result.differences.push({ what: 'new_model', modelId: model.id });
        result.fresh.push({ provider, model });
        result.priced.push(succession(DEFAULT_MARKUP_BASIS_POINTS));
        continue;
      }
      compareFields(result, model, found);
      const own = lists.get(model.id) ?? [];
      const mine = asText(own, now);
      const theirs = asText(drafts, now);
      if (!isDeepStrictEqual(mine, theirs)) {
        const kept = own.some((list) => list.origin === 'staff');
        result.differences.push({ what: 'prices', modelId: model.id, here: mine, shipped: theirs, kept });
        if (!kept) result.priced.push(succession(found.markupBasisPoints));
      }
    }
  }
  for (const model of stored) {
    if (shipped.has(model.id) || !model.offered) continue;
    const kept = model.edited.includes('offered');
    result.differences.push({ what: 'not_shipped', modelId: model.id, kept });
    if (!kept) result.withdrawn.push(model.id);
  }
  return result;
}

function compareFields(
  result: Compared,
  model: ShippedModel,
  found: Record<string, unknown> & { id: string; edited: string[] },
): void {
  const fields: Record<string, unknown> = {};
  for (const [field, shipped] of Object.entries(plainFields(model))) {
    if (isDeepStrictEqual(found[field], shipped)) continue;
    const kept = found.edited.includes(field);
    result.differences.push({ what: 'field', modelId: model.id, field, here: found[field], shipped, kept });
    if (!kept) fields[field] = JSON_FIELDS.has(field) ? JSON.stringify(shipped) : shipped;
  }
  if (Object.keys(fields).length > 0) result.changed.push({ modelId: model.id, fields });
}

const JSON_FIELDS = new Set(['parameters', 'accepts', 'examples', 'usual', 'typical']);

/** The columns that follow the shipped catalogue, as they come back from the database. */
function plainFields(model: ShippedModel) {
  const { parameters, accepts, examples, usual, typical } = model;
  return {
    offered: true,
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

function newModel(provider: ShippedProvider, model: ShippedModel) {
  const fields = plainFields(model);
  return {
    id: model.id,
    providerId: provider.id,
    position: provider.models.indexOf(model),
    markupBasisPoints: DEFAULT_MARKUP_BASIS_POINTS,
    ...fields,
    parameters: JSON.stringify(fields.parameters),
    accepts: JSON.stringify(fields.accepts),
    examples: JSON.stringify(fields.examples),
    usual: JSON.stringify(fields.usual),
    typical: JSON.stringify(fields.typical),
  };
}

async function putProviders(tx: Tx<'service'>, providers: readonly ShippedProvider[]): Promise<void> {
  if (providers.length === 0) return;
  await tx
    .insertInto('catalogue.provider')
    .values(providers.map(({ id, name }, position) => ({ id, name, position })))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((set) => ({
        name: set.ref('excluded.name'),
        position: set.ref('excluded.position'),
      })),
    )
    .execute();
}

function asText(lists: readonly PriceListDraft[], now: Date): PriceText[] {
  return lists.map((list) => ({
    from: list.from <= now ? null : list.from.toISOString(),
    costs: list.costs.map(costText),
  }));
}

function costText(cost: Cost): string {
  const when = Object.entries(cost.when ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const conditions = when.map(([key, value]) => ` ${key}=${value}`).join('');
  return `${cost.unit} ${cost.costMicro}${conditions} (${cost.sourceBasis} ${cost.sourceUrl} ${cost.readOn})`;
}
