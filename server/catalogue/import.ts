import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';
import { type Compared, compare, type Difference, digestOf, type Manner, plainFields } from './compare.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { validatorOf } from './params.ts';
import { type Editor, type Reader, succeed } from './price-lists.ts';
import { type Author, record } from './record.ts';
import {
  DEFAULT_MARKUP_BASIS_POINTS,
  type JsonSchema,
  type ShippedModel,
  type ShippedProvider,
} from './shipped.ts';

/**
 * Brings the shipped catalogue in at a start: new models with their prices, and changes of what staff have not touched.
 * Models that are shipped no longer are taken off offer. Twice changes nothing; several processes may start at once.
 * Returns the differences as they were before.
 */
export async function importCatalogue(
  tx: Tx<'service'>,
  providers: readonly ShippedProvider[] = shippedProviders,
  now: Date = new Date(),
): Promise<Difference[]> {
  await alone(tx);
  await putProviders(tx, providers, true);
  const taking = { manner: 'start', reason: 'shipped catalogue', now, lock: true } as const;
  const compared = await compare(tx, providers, taking);
  await write(tx, compared, { manner: 'start', now });
  if (compared.differences.length > 0) await sql`select mluen.tell('catalogue', 'import')`.execute(tx);
  return compared.differences;
}

/** A difference that staff look at before they take it. */
export interface Shown extends Compared {
  /** Confirms this difference and no other. */
  digest: string;
}

/** What taking this catalogue would change. Locks nothing. */
export async function differenceOf(
  tx: Reader,
  providers: readonly ShippedProvider[],
  manner: Exclude<Manner, 'start'>,
  now: Date = new Date(),
): Promise<Shown> {
  const compared = await compare(tx, providers, { manner, reason: '', now, lock: false });
  return { ...compared, digest: digestOf(compared, manner) };
}

export type TakeRefused = 'changed_meanwhile' | 'nothing_chosen' | { modelId: string; schema: string };

/**
 * Takes these models of a difference that was shown, exactly as it was shown: refused when the catalogue here changed
 * since, or the other one is another. Quotes made before keep their prices. Returns how many models changed.
 */
export async function takeDifference(
  tx: Editor,
  by: Author,
  taken: {
    providers: readonly ShippedProvider[];
    manner: Exclude<Manner, 'start'>;
    digest: string;
    modelIds: readonly string[];
    reason: string;
    now?: Date;
  },
): Promise<TakeRefused | number> {
  const { manner, reason, digest, now = new Date() } = taken;
  await alone(tx);
  const all = await compare(tx, taken.providers, { manner, reason, now, lock: true });
  if (digestOf(all, manner) !== digest) return 'changed_meanwhile';
  const chosen = only(all, new Set(taken.modelIds));
  const modelIds = [...new Set(chosen.differences.map(({ modelId }) => modelId))];
  if (modelIds.length === 0) return 'nothing_chosen';
  const invalid = invalidSchema(chosen);
  if (invalid !== null) return invalid;
  await putProviders(tx, [...new Set(chosen.fresh.map(({ provider }) => provider))], false);
  await write(tx, chosen, { manner, now });
  await record(tx, by, {
    what: 'import',
    id: digest,
    before: null,
    after: { manner, differences: chosen.differences.map(briefly) },
    reason,
  });
  return modelIds.length;
}

function only(compared: Compared, modelIds: ReadonlySet<string>): Compared {
  return {
    differences: compared.differences.filter(({ modelId }) => modelIds.has(modelId)),
    fresh: compared.fresh.filter(({ model }) => modelIds.has(model.id)),
    changed: compared.changed.filter(({ modelId }) => modelIds.has(modelId)),
    priced: compared.priced.filter(({ modelId }) => modelIds.has(modelId)),
    withdrawn: compared.withdrawn.filter((modelId) => modelIds.has(modelId)),
    lists: compared.lists,
  };
}

/** Schemas are compiled only where they are new: all of them take a second. */
function invalidSchema({ fresh, changed }: Compared): { modelId: string; schema: string } | null {
  const schemas = [
    ...fresh.map(({ model }) => ({ modelId: model.id, parameters: model.parameters })),
    ...changed
      .filter(({ fields }) => 'parameters' in fields)
      .map(({ modelId, fields }) => ({ modelId, parameters: JSON.parse(String(fields.parameters)) })),
  ];
  for (const { modelId, parameters } of schemas) {
    try {
      validatorOf(parameters as JsonSchema);
    } catch (error) {
      return { modelId, schema: error instanceof Error ? error.message : 'is no schema' };
    }
  }
  return null;
}

/** What a difference was, without whole schemas: the rows themselves keep those. */
function briefly(difference: Difference) {
  return difference.what === 'field' && difference.field === 'parameters'
    ? { what: 'field', modelId: difference.modelId, field: 'parameters' }
    : difference;
}

async function alone(tx: Editor): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('catalogue import'))`.execute(tx);
}

async function write(
  tx: Editor,
  { fresh, changed, priced, withdrawn }: Compared,
  { manner, now }: { manner: Manner; now: Date },
): Promise<void> {
  if (fresh.length > 0) {
    await tx
      .insertInto('catalogue.model')
      .values(fresh.map(({ provider, model }) => newModel(provider, model, manner)))
      .execute();
  }
  for (const { modelId, fields, edited } of changed) {
    await tx
      .updateTable('catalogue.model')
      .set({ ...fields, edited, changedAt: now })
      .where('id', '=', modelId)
      .execute();
  }
  if (withdrawn.length > 0) {
    await tx
      .updateTable('catalogue.model')
      .set({ offered: false, changedAt: now })
      .$if(manner === 'file', (update) =>
        update.set({ edited: sql`array_append(array_remove(edited, 'offered'), 'offered')` }),
      )
      .where('id', 'in', withdrawn)
      .execute();
  }
  await succeed(tx, priced);
}

function newModel(provider: ShippedProvider, model: ShippedModel, manner: Manner) {
  const { markupBasisPoints = DEFAULT_MARKUP_BASIS_POINTS, ...fields } = plainFields(model);
  return {
    id: model.id,
    providerId: provider.id,
    position: provider.models.indexOf(model),
    markupBasisPoints,
    ...fields,
    parameters: JSON.stringify(fields.parameters),
    accepts: JSON.stringify(fields.accepts),
    examples: JSON.stringify(fields.examples),
    usual: JSON.stringify(fields.usual),
    typical: JSON.stringify(fields.typical),
    // A model that staff brought is theirs: the next start, which does not ship it, leaves it on offer.
    edited: manner === 'file' ? Object.keys(fields) : [],
  };
}

/** A start brings names and order of what is shipped; a file only providers that are not here yet. */
async function putProviders(
  tx: Editor,
  providers: readonly ShippedProvider[],
  isShipped: boolean,
): Promise<void> {
  if (providers.length === 0) return;
  await tx
    .insertInto('catalogue.provider')
    .values(
      providers.map(({ id, name }, index) => ({ id, name, position: isShipped ? index : 1000 + index })),
    )
    .onConflict((conflict) => {
      const known = conflict.column('id');
      if (!isShipped) return known.doNothing();
      return known.doUpdateSet((set) => ({
        name: set.ref('excluded.name'),
        position: set.ref('excluded.position'),
      }));
    })
    .execute();
}
