import { createHash } from 'node:crypto';
import { type Cost, type Editor, openLists, type StoredPriceList, succeed } from './price-lists.ts';
import { isCondition, isUnit } from './prices.ts';
import { type Author, record } from './record.ts';
import type { JsonSchema } from './shipped.ts';

/** Why an edit was refused. */
export type EditRefused =
  | 'no_such_model'
  | 'no_such_provider'
  /** Another edit came between what this person saw and this one. */
  | 'changed_meanwhile'
  | 'in_the_past'
  | 'no_prices'
  /** A unit that nothing reports, or a condition on a parameter that the model has not. */
  | 'unknown_unit'
  | 'unknown_condition'
  /** A unit that has a price now would have none. */
  | 'unit_left_out';

/** What an edit of a model names: `seen` is its version as the person saw it (`versionOf`); absent: whatever it is. */
interface ModelEdit {
  modelId: string;
  seen?: string;
  reason: string;
  now?: Date;
}

/** Sets what is added to a model's cost, in basis points (1000 = 10 %), from now on. Costs stay as they are. */
export async function setMarkup(
  tx: Editor,
  by: Author,
  edit: ModelEdit & { markupBasisPoints: number },
): Promise<EditRefused | null> {
  const now = edit.now ?? new Date();
  const found = await locked(tx, edit, now);
  if (typeof found === 'string') return found;
  const { model, lists } = found;
  if (lists.length === 0) return 'no_prices';
  const { markupBasisPoints, reason } = edit;
  // Prices that staff set stay theirs: the origin of what holds now goes on.
  const origin = lists.some((list) => list.origin === 'staff') ? 'staff' : 'shipped';
  const drafts = lists.map(({ from, costs }, index) => ({ from: index === 0 ? now : from, costs }));
  await succeed(tx, [{ modelId: model.id, lists: drafts, markupBasisPoints, origin, reason }]);
  await mark(tx, model, 'markupBasisPoints', { markupBasisPoints });
  const [before, after] = [model.markupBasisPoints, markupBasisPoints];
  await record(tx, by, { what: 'markup', id: model.id, before, after, reason });
  return null;
}

/**
 * Gives a model new costs from a moment on, now or later; they replace all costs from then on, and every list that
 * was to begin later. Quotes made before keep theirs. From here on starts leave this model's prices alone.
 */
export async function addPrice(
  tx: Editor,
  by: Author,
  edit: ModelEdit & { from: Date; costs: Cost[] },
): Promise<EditRefused | null> {
  const now = edit.now ?? new Date();
  const { from, costs, reason } = edit;
  if (from < now) return 'in_the_past';
  if (costs.length === 0) return 'no_prices';
  const found = await locked(tx, edit, now);
  if (typeof found === 'string') return found;
  const { model, lists } = found;
  const fault = faultOf(costs, lists[0]?.costs ?? [], model.parameters as JsonSchema);
  if (fault !== null) return fault;
  const { markupBasisPoints } = model;
  await succeed(tx, [
    { modelId: model.id, lists: [{ from, costs }], markupBasisPoints, origin: 'staff', reason },
  ]);
  const [before, after] = [lists.map(plain), plain({ from, costs })];
  await record(tx, by, { what: 'prices', id: model.id, before, after, reason });
  return null;
}

/** What would make calls of the model fail, or go unpaid. */
export function faultOf(
  costs: readonly Cost[],
  before: readonly Cost[],
  parameters: JsonSchema,
): EditRefused | null {
  const fields = Object.keys(parameters.properties as object);
  const conditions = costs.flatMap(({ when }) => Object.keys(when ?? {}));
  if (!costs.every(({ unit }) => isUnit(unit))) return 'unknown_unit';
  if (!conditions.every((key) => isCondition(key, fields))) return 'unknown_condition';
  const priced = new Set(costs.map(({ unit }) => unit));
  return before.every(({ unit }) => priced.has(unit)) ? null : 'unit_left_out';
}

/** Puts a model on offer or takes it off. Calls that run go on, and are charged as quoted. */
export async function setOffered(
  tx: Editor,
  by: Author,
  edit: ModelEdit & { offered: boolean },
): Promise<EditRefused | null> {
  const found = await locked(tx, edit, edit.now ?? new Date());
  if (typeof found === 'string') return found;
  const { model } = found;
  const { offered, reason } = edit;
  await mark(tx, model, 'offered', { offered });
  await record(tx, by, { what: 'offered', id: model.id, before: model.offered, after: offered, reason });
  return null;
}

/** Closes a provider, so that none of its models is on offer, or opens it again. */
export async function setProviderOpen(
  tx: Editor,
  by: Author,
  edit: { providerId: string; open: boolean; reason: string },
): Promise<EditRefused | null> {
  const provider = await lockedProvider(tx, edit.providerId);
  if (provider === undefined) return 'no_such_provider';
  const { open, reason } = edit;
  await tx.updateTable('catalogue.provider').set(openness(edit)).where('id', '=', provider.id).execute();
  await record(tx, by, { what: 'provider', id: provider.id, before: provider.open, after: open, reason });
  return null;
}

/** Opens or closes one route of a provider, and says how much of the traffic it takes beside the others (0–100). */
export async function setRoute(
  tx: Editor,
  by: Author,
  edit: { routeId: string; providerId: string; open: boolean; weight: number; reason: string },
): Promise<EditRefused | null> {
  const provider = await lockedProvider(tx, edit.providerId);
  if (provider === undefined) return 'no_such_provider';
  const before = await tx
    .selectFrom('catalogue.route')
    .select(['open', 'weight'])
    .where('id', '=', edit.routeId)
    .executeTakeFirst();
  const { open, weight, reason } = edit;
  const state = { ...openness(edit), weight };
  await tx
    .insertInto('catalogue.route')
    .values({ id: edit.routeId, providerId: provider.id, ...state })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(state))
    .execute();
  const change = { before: before ?? null, after: { open, weight } };
  await record(tx, by, { what: 'route', id: edit.routeId, ...change, reason });
  return null;
}

function openness({ open, reason }: { open: boolean; reason: string }) {
  return { open, closedBecause: open ? null : reason, changedAt: new Date() };
}

/** Held until the edit commits; a provider's lock holds for its routes too. */
function lockedProvider(tx: Editor, providerId: string) {
  return tx
    .selectFrom('catalogue.provider')
    .select(['id', 'open'])
    .where('id', '=', providerId)
    .forUpdate()
    .executeTakeFirst();
}

interface EditedModel {
  id: string;
  markupBasisPoints: number;
  offered: boolean;
  edited: string[];
  parameters: unknown;
}

/** The model, held until the edit commits, with its lists that hold or will; or why it cannot be edited. */
async function locked(
  tx: Editor,
  edit: ModelEdit,
  now: Date,
): Promise<{ model: EditedModel; lists: StoredPriceList[] } | EditRefused> {
  const model = await tx
    .selectFrom('catalogue.model')
    .select(['id', 'markupBasisPoints', 'offered', 'edited', 'parameters'])
    .where('id', '=', edit.modelId)
    .forUpdate()
    .executeTakeFirst();
  if (model === undefined) return 'no_such_model';
  const lists = (await openLists(tx, [model.id], now)).get(model.id) ?? [];
  if (edit.seen !== undefined && edit.seen !== versionOf(model, lists)) return 'changed_meanwhile';
  return { model, lists };
}

/** Changes with whatever staff can edit of a model, and when another price list begins to hold. */
export function versionOf(
  model: Pick<EditedModel, 'id' | 'markupBasisPoints' | 'offered'>,
  lists: readonly Pick<StoredPriceList, 'id'>[],
): string {
  const { id, markupBasisPoints, offered } = model;
  return createHash('sha256')
    .update(JSON.stringify([id, markupBasisPoints, offered, lists.map((list) => list.id)]))
    .digest('base64url')
    .slice(0, 22);
}

/** Changes a field and remembers that staff did, so that a start leaves it. */
async function mark(
  tx: Editor,
  model: EditedModel,
  field: string,
  change: { markupBasisPoints?: number; offered?: boolean },
): Promise<void> {
  await tx
    .updateTable('catalogue.model')
    .set({ ...change, edited: [...new Set([...model.edited, field])], changedAt: new Date() })
    .where('id', '=', model.id)
    .execute();
}

function plain({ from, costs }: { from: Date; costs: readonly Cost[] }) {
  return {
    from: from.toISOString(),
    costs: costs.map(({ unit, costMicro, when }) => ({ unit, costMicro: costMicro.toString(), when })),
  };
}
