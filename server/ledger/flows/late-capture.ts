import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';
import { accountOf, type LockedAccount, lockAccounts, mustPost } from '#server/ledger/ledger.ts';
import { derivedId, lesserOf } from '#server/ledger/transfer.ts';
import { legsOf } from './generation.ts';

/** So long after its hold went back a generation may still be charged; what comes later is the house's. */
export const LATE_CHARGE_DAYS = 7;

export type LateCapture =
  | { ok: true; chargedMicro: bigint; shortfallMicro: bigint }
  /** The hold is open: capture it. Or a capture ended it: nothing more is due. */
  | { ok: false; why: 'still_held' | 'captured' };

export interface LateCharge {
  holdId: string;
  /** `lateCaptureIdOf(generationId)`. */
  chargeId: string;
  /** What it costs by the price that was quoted. */
  amountMicro: bigint;
  now?: Date;
}

/**
 * A capture that came after its hold had been released (docs/decisions/late-capture.md). Charged at once, Dr 2110…/2100 →
 * Cr 3100, promotional money first as a hold would: the least of the cost, the former hold and what is available, and
 * nothing once `LATE_CHARGE_DAYS` have passed or the wallet is closed. The rest is ours, and a memo says so. Decided once:
 * a repeat answers the first decision, whatever the wallet has by then.
 */
export async function lateCapture(tx: Tx<'service'>, late: LateCharge): Promise<LateCapture> {
  const { holdId, chargeId, amountMicro, now = new Date() } = late;
  const hold = await holdOf(tx, holdId);
  const wallet = await accountOf(tx, { ownerId: hold.userId, code: 2100, currency: hold.currency });
  const buckets = await bucketsOf(tx, hold, now);
  const locked = await lockAccounts(tx, [...buckets, wallet, hold.creditAccount]);
  const ended = await endOf(tx, holdId);
  if (ended === null) return { ok: false, why: 'still_held' };
  if (ended.kind === 'post') return { ok: false, why: 'captured' };
  const before = await decisionOf(tx, chargeId);
  if (before !== null) return { ok: true, ...before };

  const held = (await legsOf(tx, holdId)).reduce((sum, leg) => sum + leg.amount, 0n);
  const inTime = now.getTime() - ended.createdAt.getTime() <= LATE_CHARGE_DAYS * 86_400_000;
  const chargeable = inTime && !locked.get(wallet)!.closed ? lesserOf(amountMicro, held) : 0n;
  const parts = split(
    [...buckets, wallet].map((id) => locked.get(id)!),
    chargeable,
  );
  await mustPost(
    tx,
    parts.map(({ id, part }, n) => ({
      id: n === 0 ? chargeId : derivedId(chargeId, `leg:${n}`),
      kind: 'single',
      code: 'late_capture',
      debit: id,
      credit: hold.creditAccount,
      amountMicro: part,
      currency: hold.currency,
      groupId: hold.groupId,
      link: 1,
    })),
  );
  const chargedMicro = parts.reduce((sum, { part }) => sum + part, 0n);
  const shortfallMicro = amountMicro - chargedMicro;
  if (shortfallMicro > 0n) await remember(tx, 'late_shortfall', hold, chargeId, shortfallMicro);
  return { ok: true, chargedMicro, shortfallMicro };
}

/**
 * The provider did the work after its hold had been released, and nobody gets it: the person had stopped or deleted it.
 * Nothing is charged; what it would have cost stands in a memo. Twice is harmless.
 */
export async function bearUndelivered(tx: Tx<'service'>, late: LateCharge): Promise<void> {
  if (late.amountMicro > 0n)
    await remember(tx, 'undelivered', await holdOf(tx, late.holdId), late.chargeId, late.amountMicro);
}

interface FormerHold {
  userId: string;
  currency: string;
  groupId: string;
  creditAccount: bigint;
}

function holdOf(tx: Tx<'service'>, holdId: string): Promise<FormerHold> {
  return tx
    .selectFrom('ledger.transfer')
    .select(['userId', 'currency', 'groupId', 'creditAccount'])
    .where('id', '=', holdId)
    .where('kind', '=', 'pending')
    .executeTakeFirstOrThrow();
}

/** Promotional money that can be spent, soonest to end first. */
async function bucketsOf(tx: Tx<'service'>, hold: FormerHold, now: Date): Promise<bigint[]> {
  const rows = await tx
    .selectFrom('ledger.account')
    .select('id')
    .where('userId', '=', hold.userId)
    .where('code', '=', 2110)
    .where('currency', '=', hold.currency)
    .where('closed', '=', false)
    .where(({ or, eb }) => or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)]))
    .orderBy(sql`expires_at asc nulls last`)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** How the first leg of a hold was resolved; all legs are resolved together, and a capture takes the first leg first. */
async function endOf(tx: Tx<'service'>, holdId: string) {
  const row = await tx
    .selectFrom('ledger.transfer')
    .select(['kind', 'createdAt'])
    .where('pendingId', '=', holdId)
    .executeTakeFirst();
  return row ?? null;
}

async function decisionOf(tx: Tx<'service'>, chargeId: string) {
  const legs = await legsOf(tx, chargeId);
  const memo = await tx
    .selectFrom('ledger.memo')
    .select('amount')
    .where('transferId', '=', chargeId)
    .executeTakeFirst();
  if (legs.length === 0 && memo === undefined) return null;
  return {
    chargedMicro: legs.reduce((sum, leg) => sum + leg.amount, 0n),
    shortfallMicro: memo?.amount ?? 0n,
  };
}

function split(accounts: LockedAccount[], wanted: bigint): { id: bigint; part: bigint }[] {
  let missing = wanted;
  return accounts.flatMap(({ id, availableMicro, closed }) => {
    const part = closed || availableMicro <= 0n ? 0n : lesserOf(missing, availableMicro);
    missing -= part;
    return part > 0n ? [{ id, part }] : [];
  });
}

async function remember(
  tx: Tx<'service'>,
  kind: 'late_shortfall' | 'undelivered',
  { userId, groupId }: FormerHold,
  chargeId: string,
  amount: bigint,
) {
  await sql`select ledger.remember(${kind}, ${userId}::uuid, ${groupId}::uuid, ${chargeId}::uuid, ${amount})`.execute(
    tx,
  );
}
