import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';
import { lockAccounts, mustPost, openWallet, post } from '#server/ledger/ledger.ts';
import { derivedId, lesserOf, type Status } from '#server/ledger/transfer.ts';
import { entry } from './entry.ts';

export interface CardRefund {
  refundId: string;
  /** The payment that is refunded: the money goes back where it came from. */
  topUpId: string;
  memberId: string;
  amountMicro: bigint;
  currency?: string;
  actorId?: string;
  reason?: string;
}

/** The pending transfer of a refund: also the idempotency key of the call to the processor. */
export const refundTransferId = (refundId: string) => derivedId(refundId, 'refund');

/**
 * What can go back to the card of a top-up: the lesser of available cash and of what was paid less what was refunded,
 * reversed or disputed of it. Promotional money is never refunded. Locks the wallet until your transaction ends.
 */
export async function refundableMicro(
  tx: Tx<'service'>,
  asked: { memberId: string; topUpId: string; currency?: string },
): Promise<bigint> {
  const { memberId, topUpId, currency = 'USD' } = asked;
  const wallet = await openWallet(tx, memberId, currency);
  const locked = await lockAccounts(tx, [wallet]);
  const { rows } = await sql<{ left: bigint }>`
    select coalesce(sum(case
      when t.code = 'top_up' and t.kind in ('single', 'post') then t.amount
      when t.code = 'refund_failed' and t.credit_account = ${wallet} then t.amount
      when t.code = 'refund' and t.kind = 'pending' and not exists (
        select 1 from ledger.transfer v where v.group_id = t.group_id and v.code = 'refund' and v.kind = 'void' and v.pending_id = t.id)
        then -t.amount
      when t.code = 'top_up_reversed' or (t.code = 'dispute' and t.kind = 'single') then -t.amount
      when t.code = 'dispute_won' and t.kind = 'single' then t.amount
      else 0 end), 0)::bigint as left
    from ledger.transfer t
    where t.group_id = ${topUpId} and t.code not in ('hold', 'capture', 'release')`.execute(tx);
  const left = rows[0]!.left < 0n ? 0n : rows[0]!.left;
  const available = locked.get(wallet)!.availableMicro;
  return lesserOf(left, available < 0n ? 0n : available);
}

/**
 * Reserves a refund to the card, before the processor is asked: pending Dr 2100 → Cr 2300. `insufficient` when more
 * is asked than is refundable; a repeat answers `replay`.
 */
export async function refundBegins(tx: Tx<'service'>, refund: CardRefund): Promise<Status> {
  const { refundId, topUpId, memberId, amountMicro, currency, actorId, reason } = refund;
  const id = refundTransferId(refundId);
  // The reading locks the wallet: two refunds of one payment wait for each other.
  const refundable = await refundableMicro(tx, { memberId, topUpId, currency });
  const before = await tx.selectFrom('ledger.transfer').select('id').where('id', '=', id).executeTakeFirst();
  if (before === undefined && amountMicro > refundable) return 'insufficient';
  const [status] = await post(tx, [
    await entry(tx, {
      id,
      kind: 'pending',
      code: 'refund',
      debit: { ownerId: memberId, code: 2100 },
      credit: { code: 2300 },
      amountMicro,
      currency,
      groupId: topUpId,
      actorId,
      reason,
    }),
  ]);
  return status!;
}

/** The processor paid the refund: posts the reserved sum, and Dr 2300 → Cr 1100, linked. Twice is harmless. */
export async function refundSucceeded(
  tx: Tx<'service'>,
  refund: CardRefund & { processor: string },
): Promise<void> {
  const { refundId, topUpId, amountMicro, currency, processor } = refund;
  const pendingId = refundTransferId(refundId);
  await mustPost(tx, [
    { id: derivedId(pendingId, 'posted'), kind: 'post', code: 'refund', pendingId, link: 1 },
    await entry(tx, {
      id: derivedId(pendingId, 'paid'),
      code: 'refund_paid',
      debit: { code: 2300 },
      credit: { code: 1100, label: processor },
      amountMicro,
      currency,
      groupId: topUpId,
      link: 1,
    }),
  ]);
}

/** The processor refused the refund, or it was cancelled: voids the reserved sum. Twice is harmless. */
export async function refundFailed(tx: Tx<'service'>, refundId: string): Promise<void> {
  const pendingId = refundTransferId(refundId);
  await mustPost(tx, [{ id: derivedId(pendingId, 'void'), kind: 'void', code: 'refund', pendingId }]);
}

/** A refund failed after it had succeeded (the card was closed): both legs back, Dr 1100 → Cr 2300 → Cr 2100, linked. */
export async function refundFailedLate(
  tx: Tx<'service'>,
  refund: CardRefund & { processor: string },
): Promise<void> {
  const { refundId, topUpId, memberId, amountMicro, currency, processor } = refund;
  const common = { code: 'refund_failed', amountMicro, currency, groupId: topUpId, link: 1 } as const;
  const pendingId = refundTransferId(refundId);
  await mustPost(tx, [
    await entry(tx, {
      ...common,
      id: derivedId(pendingId, 'returned'),
      debit: { code: 1100, label: processor },
      credit: { code: 2300 },
    }),
    await entry(tx, {
      ...common,
      id: derivedId(pendingId, 'given back'),
      debit: { code: 2300 },
      credit: { ownerId: memberId, code: 2100 },
    }),
  ]);
}
