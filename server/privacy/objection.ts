import type { z } from 'zod';
import type { Objection } from '#contract/privacy-rights.ts';
import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, type Tx } from '#server/database/transaction.ts';
import { objectionable } from './inventory.ts';
import type { Privacy } from './parts.ts';

type Parts = Pick<Privacy, 'pools' | 'inventory'>;

/** Every purpose that rests on a legitimate interest, and since when the person objects to it. */
export async function objectionsOf(
  { pools, inventory }: Parts,
  memberId: string,
): Promise<z.input<typeof Objection>[]> {
  const rows = await asMember(pools, memberId, (tx) =>
    tx
      .selectFrom('privacy.objection')
      .select(['purpose', 'since'])
      .where('withdrawnAt', 'is', null)
      .limit(100)
      .execute(),
  );
  return [...objectionable(inventory)].map(([id, one]) => ({
    id,
    ...one,
    since: rows.find(({ purpose }) => purpose === id)?.since.toISOString() ?? null,
  }));
}

/**
 * Objects to a purpose, at once: what records for it asks in PostgreSQL, and what was recorded goes in this
 * transaction. Twice is harmless. False when nothing is done for such a purpose.
 */
export async function objectTo(parts: Parts, memberId: string, purpose: string, requestId: string) {
  if (!objectionable(parts.inventory).has(purpose)) return false;
  await asMember(parts.pools, memberId, async (tx) => {
    const made = await tx
      .insertInto('privacy.objection')
      .values({ userId: memberId, id: newId(), purpose })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made !== undefined) await record(tx, memberId, 'privacy.object', purpose, requestId);
  });
  return true;
}

/** Takes an objection back. False when there is none. */
export async function withdrawObjection(
  { pools }: Parts,
  memberId: string,
  purpose: string,
  requestId: string,
): Promise<boolean> {
  return asMember(pools, memberId, async (tx) => {
    const withdrawn = await tx
      .updateTable('privacy.objection')
      .set({ withdrawnAt: new Date() })
      .where('purpose', '=', purpose)
      .where('withdrawnAt', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (withdrawn === undefined) return false;
    await record(tx, memberId, 'privacy.withdraw-objection', purpose, requestId);
    return true;
  });
}

function record(tx: Tx<'member'>, memberId: string, action: string, object: string, requestId: string) {
  return recordAudit(tx, { action, actorId: memberId, subjectId: memberId, object, requestId });
}
