import type { z } from 'zod';
import type { Restriction } from '#contract/privacy.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools, Role } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, type Tx } from '#server/database/transaction.ts';

type Cause = z.infer<typeof Restriction>['cause'];

/**
 * Whether the person has stopped processing (clause 9.5) or secured the account (clause 10.6): then nothing is generated,
 * analysed or advertised. What holds money asks in PostgreSQL (`generations.commit_batch`); this is for the others, and to
 * say so early.
 */
export async function isRestricted<R extends Extract<Role, 'member' | 'service' | 'identity'>>(
  tx: Tx<R>,
  memberId: string,
): Promise<boolean> {
  const row = await tx
    .selectFrom('privacy.restriction')
    .select('id')
    .where('userId', '=', memberId)
    .where('liftedAt', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** All restrictions of the person, newest first. */
export async function restrictionsOf(pools: Pools, memberId: string): Promise<z.input<typeof Restriction>[]> {
  const rows = await asMember(pools, memberId, (tx) =>
    tx
      .selectFrom('privacy.restriction')
      .select(['cause', 'since', 'liftedAt'])
      .orderBy('id', 'desc')
      .limit(100)
      .execute(),
  );
  return rows.map(({ cause, since, liftedAt }) => ({
    cause: cause as Cause,
    since: since.toISOString(),
    liftedAt: liftedAt?.toISOString() ?? null,
  }));
}

/** Stops processing by the person's own wish, from the next call on. Twice is harmless: the first stays. */
export async function restrict(pools: Pools, memberId: string, requestId: string): Promise<void> {
  await asMember(pools, memberId, async (tx) => {
    const made = await tx
      .insertInto('privacy.restriction')
      .values({ userId: memberId, id: newId(), cause: 'own-wish' })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made === undefined) return;
    await recordAudit(tx, {
      action: 'privacy.restrict',
      actorId: memberId,
      subjectId: memberId,
      object: made.id,
      requestId,
    });
  });
}

/** Lifts the restriction of this cause. False when none is in force. */
export async function lift(
  pools: Pools,
  memberId: string,
  cause: Cause,
  requestId: string,
): Promise<boolean> {
  return asMember(pools, memberId, async (tx) => {
    const lifted = await tx
      .updateTable('privacy.restriction')
      .set({ liftedAt: new Date() })
      .where('cause', '=', cause)
      .where('liftedAt', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (lifted === undefined) return false;
    await recordAudit(tx, {
      action: 'privacy.lift-restriction',
      actorId: memberId,
      subjectId: memberId,
      object: lifted.id,
      requestId,
    });
    return true;
  });
}
