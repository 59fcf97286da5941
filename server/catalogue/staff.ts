import { sql } from 'kysely';
import { type Cost, type Editor, openLists, succeed } from './price-lists.ts';
import { isCondition, unitWords } from './prices.ts';
import type { JsonSchema } from './shipped.ts';

/** What was changed, for the audit log, which writes it in the same transaction. */
export interface CatalogueChange {
  what: 'markup' | 'prices' | 'offered' | 'provider' | 'route';
  /** Model, provider or route. */
  id: string;
  before: unknown;
  after: unknown;
  reason: string;
}

export type Audit = (change: CatalogueChange) => Promise<void>;

/** Why an edit was refused. */
export type EditRefused =
  | 'no_such_model'
  | 'no_such_provider'
  | 'in_the_past'
  | 'no_prices'
  /** A unit that nothing reports, or a condition on a parameter that the model has not. */
  | 'unknown_unit'
  | 'unknown_condition'
  /** A unit that has a price now would have none. */
  | 'unit_left_out';

/** Sets what is added to a model's cost, in basis points (1000 = 10 %), from now on. Costs stay as they are. */
export async function setMarkup(
  tx: Editor,
  audit: Audit,
  edit: { modelId: string; markupBasisPoints: number; reason: string; now?: Date },
): Promise<EditRefused | null> {
  const now = edit.now ?? new Date();
  const model = await locked(tx, edit.modelId);
  if (model === undefined) return 'no_such_model';
  const lists = (await openLists(tx, [model.id], now)).get(model.id) ?? [];
  if (lists.length === 0) return 'no_prices';
  // Prices that staff set stay theirs: the origin of what holds now goes on.
  await succeed(tx, [
    {
      modelId: model.id,
      lists: lists.map(({ from, costs }, index) => ({ from: index === 0 ? now : from, costs })),
      markupBasisPoints: edit.markupBasisPoints,
      origin: lists.some((list) => list.origin === 'staff') ? 'staff' : 'shipped',
      reason: edit.reason,
    },
  ]);
  await mark(tx, model, 'markupBasisPoints', { markupBasisPoints: edit.markupBasisPoints });
  await audit({
    what: 'markup',
    id: model.id,
    before: model.markupBasisPoints,
    after: edit.markupBasisPoints,
    reason: edit.reason,
  });
  await tell(tx, model.id);
  return null;
}

/**
 * Gives a model new costs from a moment on, now or later; they replace all costs from then on, and every list that
 * was to begin later. Quotes made before keep theirs. From here on imports leave this model's prices alone.
 */
export async function addPrice(
  tx: Editor,
  audit: Audit,
  edit: { modelId: string; from: Date; costs: Cost[]; reason: string; now?: Date },
): Promise<EditRefused | null> {
  const now = edit.now ?? new Date();
  if (edit.from < now) return 'in_the_past';
  if (edit.costs.length === 0) return 'no_prices';
  const model = await locked(tx, edit.modelId);
  if (model === undefined) return 'no_such_model';
  const before = (await openLists(tx, [model.id], now)).get(model.id) ?? [];
  const fault = faultOf(edit.costs, before[0]?.costs ?? [], model.parameters as JsonSchema);
  if (fault !== null) return fault;
  await succeed(tx, [
    {
      modelId: model.id,
      lists: [{ from: edit.from, costs: edit.costs }],
      markupBasisPoints: model.markupBasisPoints,
      origin: 'staff',
      reason: edit.reason,
    },
  ]);
  await audit({
    what: 'prices',
    id: model.id,
    before: before.map(({ from, costs }) => ({ from: from.toISOString(), costs: costs.map(plain) })),
    after: { from: edit.from.toISOString(), costs: edit.costs.map(plain) },
    reason: edit.reason,
  });
  await tell(tx, model.id);
  return null;
}

/** What would make calls of the model fail, or go unpaid. */
function faultOf(
  costs: readonly Cost[],
  before: readonly Cost[],
  parameters: JsonSchema,
): EditRefused | null {
  const fields = Object.keys(parameters.properties as object);
  const conditions = costs.flatMap(({ when }) => Object.keys(when ?? {}));
  if (costs.some(({ unit }) => !(unit in unitWords))) return 'unknown_unit';
  if (conditions.some((key) => !isCondition(key, fields))) return 'unknown_condition';
  const priced = new Set(costs.map(({ unit }) => unit));
  return before.every(({ unit }) => priced.has(unit)) ? null : 'unit_left_out';
}

/** Puts a model on offer or takes it off. Calls that run go on, and are charged as quoted. */
export async function setOffered(
  tx: Editor,
  audit: Audit,
  edit: { modelId: string; offered: boolean; reason: string },
): Promise<EditRefused | null> {
  const model = await locked(tx, edit.modelId);
  if (model === undefined) return 'no_such_model';
  await mark(tx, model, 'offered', { offered: edit.offered });
  await audit({
    what: 'offered',
    id: model.id,
    before: model.offered,
    after: edit.offered,
    reason: edit.reason,
  });
  await tell(tx, model.id);
  return null;
}

/** Closes a provider, so that none of its models is on offer, or opens it again. */
export async function setProviderOpen(
  tx: Editor,
  audit: Audit,
  edit: { providerId: string; open: boolean; reason: string },
): Promise<EditRefused | null> {
  const provider = await tx
    .selectFrom('catalogue.provider')
    .select(['id', 'open'])
    .where('id', '=', edit.providerId)
    .forUpdate()
    .executeTakeFirst();
  if (provider === undefined) return 'no_such_provider';
  await tx
    .updateTable('catalogue.provider')
    .set({ open: edit.open, closedBecause: edit.open ? null : edit.reason, changedAt: new Date() })
    .where('id', '=', provider.id)
    .execute();
  await audit({
    what: 'provider',
    id: provider.id,
    before: provider.open,
    after: edit.open,
    reason: edit.reason,
  });
  await tell(tx, provider.id);
  return null;
}

/** Opens or closes one route of a provider, and says how much of the traffic it takes beside the others (0–100). */
export async function setRoute(
  tx: Editor,
  audit: Audit,
  edit: { routeId: string; providerId: string; open: boolean; weight: number; reason: string },
): Promise<EditRefused | null> {
  const provider = await tx
    .selectFrom('catalogue.provider')
    .select('id')
    .where('id', '=', edit.providerId)
    .executeTakeFirst();
  if (provider === undefined) return 'no_such_provider';
  const before = await tx
    .selectFrom('catalogue.route')
    .select(['open', 'weight'])
    .where('id', '=', edit.routeId)
    .forUpdate()
    .executeTakeFirst();
  const state = {
    open: edit.open,
    weight: edit.weight,
    closedBecause: edit.open ? null : edit.reason,
    changedAt: new Date(),
  };
  await tx
    .insertInto('catalogue.route')
    .values({ id: edit.routeId, providerId: edit.providerId, ...state })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(state))
    .execute();
  await audit({
    what: 'route',
    id: edit.routeId,
    before: before ?? null,
    after: { open: edit.open, weight: edit.weight },
    reason: edit.reason,
  });
  await tell(tx, edit.routeId);
  return null;
}

async function locked(tx: Editor, modelId: string) {
  return tx
    .selectFrom('catalogue.model')
    .select(['id', 'markupBasisPoints', 'offered', 'edited', 'parameters'])
    .where('id', '=', modelId)
    .forUpdate()
    .executeTakeFirst();
}

/** Changes a field and remembers that staff did, so that an import leaves it. */
async function mark(
  tx: Editor,
  model: { id: string; edited: string[] },
  field: string,
  change: { markupBasisPoints?: number; offered?: boolean },
): Promise<void> {
  await tx
    .updateTable('catalogue.model')
    .set({ ...change, edited: [...new Set([...model.edited, field])], changedAt: new Date() })
    .where('id', '=', model.id)
    .execute();
}

/** Every process drops what it holds in memory when this commits. */
async function tell(tx: Editor, id: string): Promise<void> {
  await sql`select mluen.tell('catalogue', ${id})`.execute(tx);
}

function plain(cost: Cost) {
  return { unit: cost.unit, costMicro: cost.costMicro.toString(), when: cost.when };
}
