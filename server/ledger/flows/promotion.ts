import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import { lockAccounts, mustPost, openWallet } from '#server/ledger/ledger.ts';
import { derivedId } from '#server/ledger/transfer.ts';
import { entry } from './entry.ts';

export interface Grant {
  grantId: string;
  memberId: string;
  amountMicro: bigint;
  currency?: string;
  /** Absent: it does not end. */
  expiresAt?: Date;
  actorId?: string;
  reason?: string;
}

/**
 * Gives promotional money: Dr 4300 → Cr 2110, a bucket of its own. It is spent before cash, soonest to end first, and
 * never refunded. Twice is harmless.
 */
export async function grantPromotion(tx: Tx<'service'>, grant: Grant): Promise<void> {
  const { grantId, memberId, amountMicro, currency, expiresAt, actorId, reason } = grant;
  await openWallet(tx, memberId, currency); // its mark sends holds to the buckets first
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(grantId, 'promotion'),
      code: 'promotion',
      debit: { code: 4300 },
      credit: { ownerId: memberId, code: 2110, label: grantId, expiresAt },
      amountMicro,
      currency,
      groupId: grantId,
      actorId,
      reason,
    }),
  ]);
}

/**
 * Ends buckets whose time has come: Dr 2110 → Cr 4300 for what is available. Open holds keep theirs; what they free
 * goes back to the bucket and is ended by a later round. Answers how many buckets were looked at.
 */
export async function expirePromotions(tx: Tx<'service'>, limit: number): Promise<number> {
  const buckets = await tx
    .selectFrom('ledger.account')
    .select(['id', 'userId', 'currency', 'label'])
    .where('code', '=', 2110)
    .where('closed', '=', false)
    .where('expiresAt', '<=', sql<Date>`now()`)
    .orderBy('expiresAt')
    .limit(limit)
    .execute();
  const locked = await lockAccounts(
    tx,
    buckets.map(({ id }) => id),
  );
  for (const { id, userId, currency, label } of buckets) {
    const { availableMicro, version } = locked.get(id)!;
    if (availableMicro === 0n) continue;
    await mustPost(tx, [
      await entry(tx, {
        // The bucket is locked and its version grows with each transfer: the id is new each time, and the same on a repeat.
        id: derivedId(label, `expired at version ${version}`),
        code: 'promotion_expired',
        debit: { ownerId: userId, code: 2110, label },
        credit: { code: 4300 },
        amountMicro: availableMicro,
        currency,
        groupId: label,
      }),
    ]);
  }
  await sql`select ledger.close_ended_buckets(${buckets.map(({ id }) => id)}::bigint[])`.execute(tx);
  return buckets.length;
}

export interface PromotionCode {
  code: string;
  name: string;
  amountMicro: bigint;
  currency?: string;
  uses: number;
  redeemUntil: Date;
  lastsDays: number;
  createdBy: string;
}

/** As it is kept: capitals, without the spaces and hyphens that people add or leave out. */
const hashOf = (code: string) =>
  createHash('sha256')
    .update(code.replaceAll(/[\s\p{Pd}]/gu, '').toUpperCase())
    .digest();

/** Makes a redemption code. Only its hash is kept. Throws when the same code exists. */
export async function createPromotionCode(
  tx: Tx<'service'> | Tx<'finance'>,
  made: PromotionCode,
): Promise<string> {
  const { code, name, amountMicro, currency = 'USD', uses, redeemUntil, lastsDays, createdBy } = made;
  const id = newId();
  await tx
    .insertInto('ledger.promotionCode')
    .values({
      id,
      codeHash: hashOf(code),
      name,
      amount: amountMicro,
      currency,
      usesLeft: uses,
      redeemUntil,
      lastsDays,
      createdBy,
    })
    .execute();
  return id;
}

export type Redeemed =
  | { ok: true; grantId: string; amountMicro: bigint; expiresAt: Date }
  | { ok: false; why: 'unknown_code' | 'too_late' | 'used_up' | 'redeemed_before' | 'own_code' };

/**
 * Redeems a code, once a member: the use count, the redemption and the money stand or fall with your transaction.
 * Refuses the one who made it (`own_code`). A guesser is told apart from who holds a code by a limit, which is the
 * caller's duty.
 */
export async function redeemCode(
  tx: Tx<'service'>,
  asked: { memberId: string; code: string; now?: Date },
): Promise<Redeemed> {
  const { memberId, code, now = new Date() } = asked;
  const found = await tx
    .selectFrom('ledger.promotionCode')
    .select(['id', 'amount', 'currency', 'usesLeft', 'redeemUntil', 'lastsDays', 'name', 'createdBy'])
    .where('codeHash', '=', hashOf(code))
    // The last use goes to one, and the second of a double click sees the redemption of the first.
    .forUpdate()
    .executeTakeFirst();
  if (found === undefined) return { ok: false, why: 'unknown_code' };
  if (found.createdBy === memberId) return { ok: false, why: 'own_code' };
  const before = await tx
    .selectFrom('ledger.redemption')
    .select('id')
    .where('userId', '=', memberId)
    .where('codeId', '=', found.id)
    .executeTakeFirst();
  if (before !== undefined) return { ok: false, why: 'redeemed_before' };
  if (found.redeemUntil < now) return { ok: false, why: 'too_late' };
  if (found.usesLeft === 0) return { ok: false, why: 'used_up' };
  await tx
    .updateTable('ledger.promotionCode')
    .set({ usesLeft: found.usesLeft - 1 })
    .where('id', '=', found.id)
    .execute();
  const grantId = newId();
  await tx
    .insertInto('ledger.redemption')
    .values({ userId: memberId, codeId: found.id, id: grantId })
    .execute();
  const expiresAt = new Date(now.getTime() + found.lastsDays * 86_400_000);
  await grantPromotion(tx, {
    grantId,
    memberId,
    amountMicro: found.amount,
    currency: found.currency,
    expiresAt,
    reason: found.name,
  });
  return { ok: true, grantId, amountMicro: found.amount, expiresAt };
}
