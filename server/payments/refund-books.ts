import { recordAudit } from '#server/audit/audit.ts';
import { isId, newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import { entry } from '#server/ledger/flows/entry.ts';
import { refundFailed, refundFailedLate, refundSucceeded } from '#server/ledger/flows/refund.ts';
import { topUpReversed } from '#server/ledger/flows/top-up.ts';
import { mustPost } from '#server/ledger/ledger.ts';
import { derivedId } from '#server/ledger/transfer.ts';
import { postAndRepay } from './debts.ts';
import { mailMember } from './member-mail.ts';
import { isCredited, lockMoneyIn, type MoneyInRow } from './money-in.ts';
import type { ProcessorRefund } from './processor-books.ts';
import { refundLetter } from './refund-letter.ts';

export type RefundState = 'asked' | 'pending' | 'succeeded' | 'failed' | 'returned';

/** Where a refund goes from where it stands, by what the processor says now; null: it stays. */
export function nextStateOf(now: RefundState, said: ProcessorRefund['state']): RefundState | null {
  switch (now) {
    case 'asked':
      return said;
    case 'pending':
      return said === 'pending' ? null : said;
    case 'succeeded':
      return said === 'failed' ? 'returned' : null;
    case 'failed':
    case 'returned':
      return null;
    default:
      return now satisfies never;
  }
}

/**
 * Books what has become of a refund: one of ours, or one that was made at the processor without us, whose sum is then taken
 * from the wallet, or owed. Twice is harmless.
 */
export async function bookRefund(
  tx: Tx<'service'>,
  moneyIn: MoneyInRow,
  said: ProcessorRefund,
): Promise<void> {
  const locked = await lockMoneyIn(tx, moneyIn);
  const own = await ownRefund(tx, locked, said);
  if (own === undefined) return foreignRefund(tx, locked, said);
  const next = nextStateOf(own.state as RefundState, said.state);
  if (next === null) return;
  const refund = { ...refundIn(locked, own.id, said.amountMicro), processor: locked.rail };
  const credited = await isCredited(tx, locked);
  if (next === 'succeeded') await refundSucceeded(tx, refund);
  else if (next === 'failed') await refundFailed(tx, own.id);
  else if (next === 'returned' && credited)
    await postAndRepay(tx, { ...refund, paymentId: own.id }, () => refundFailedLate(tx, refund));
  else if (next === 'returned') await moveUnmatched(tx, locked, own.id, said.amountMicro, 'back');
  await keepState(tx, locked, own.id, next, said);
}

/** The processor refused to refund: what was reserved is free again. Twice is harmless. */
export async function refuseRefund(
  tx: Tx<'service'>,
  moneyIn: MoneyInRow,
  refundId: string,
  fault: string,
): Promise<void> {
  const locked = await lockMoneyIn(tx, moneyIn);
  const { state, amountMicro } = await tx
    .selectFrom('payments.refund')
    .select(['state', 'amountMicro'])
    .where('userId', '=', locked.userId)
    .where('id', '=', refundId)
    .executeTakeFirstOrThrow();
  if (state !== 'asked') return;
  await refundFailed(tx, refundId);
  await keepState(tx, locked, refundId, 'failed', { processorId: null, amountMicro, fault });
}

/** By the processor's id of it, else by ours: only where payment and sum agree, for what it tells proves nothing. */
async function ownRefund(tx: Tx<'service'>, moneyIn: MoneyInRow, said: ProcessorRefund) {
  const known = await tx
    .selectFrom('payments.refund')
    .select(['id', 'state'])
    .where('rail', '=', moneyIn.rail)
    .where('processorId', '=', said.processorId)
    .executeTakeFirst();
  if (known !== undefined || said.refundId === null || !isId(said.refundId)) return known;
  return tx
    .selectFrom('payments.refund')
    .select(['id', 'state'])
    .where('userId', '=', moneyIn.userId)
    .where('id', '=', said.refundId)
    .where('moneyInId', '=', moneyIn.id)
    .where('amountMicro', '=', said.amountMicro)
    .where('processorId', 'is', null)
    .executeTakeFirst();
}

/** Made on the processor's dashboard: the money has left, so it leaves the wallet too, as far as it is there. */
async function foreignRefund(tx: Tx<'service'>, moneyIn: MoneyInRow, said: ProcessorRefund): Promise<void> {
  if (said.state === 'failed') return; // it came and went while nobody looked
  const id = newId();
  const refund = refundIn(moneyIn, id, said.amountMicro);
  await tx
    .insertInto('payments.refund')
    .values({
      userId: moneyIn.userId,
      id,
      moneyInId: moneyIn.id,
      topUpId: moneyIn.topUpId,
      amountMicro: said.amountMicro,
      currency: moneyIn.currency,
      origin: 'processor',
      rail: moneyIn.rail,
      processorId: said.processorId,
    })
    .execute();
  if (await isCredited(tx, moneyIn))
    await topUpReversed(tx, { ...refund, reversalId: id, source: { code: 1100, label: moneyIn.rail } });
  else await moveUnmatched(tx, moneyIn, id, said.amountMicro, 'out');
  await keepState(tx, moneyIn, id, 'succeeded', said);
}

const refundIn = ({ topUpId, userId, currency }: MoneyInRow, refundId: string, amountMicro: bigint) => ({
  refundId,
  topUpId,
  memberId: userId,
  amountMicro,
  currency,
});

/** Money of which nobody knows whose it is went back to its card: Dr 2200 → Cr 1100; and back when that failed. */
async function moveUnmatched(
  tx: Tx<'service'>,
  { id, rail, currency }: MoneyInRow,
  refundId: string,
  amountMicro: bigint,
  way: 'out' | 'back',
): Promise<void> {
  const [unmatched, clearing] = [{ code: 2200, label: rail } as const, { code: 1100, label: rail } as const];
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(refundId, `unmatched ${way}`),
      code: 'receipt_returned',
      debit: way === 'out' ? unmatched : clearing,
      credit: way === 'out' ? clearing : unmatched,
      amountMicro,
      currency,
      groupId: id,
    }),
  ]);
}

async function keepState(
  tx: Tx<'service'>,
  { userId }: MoneyInRow,
  id: string,
  state: RefundState,
  said: { processorId: string | null; amountMicro: bigint; fault: string | null },
): Promise<void> {
  const ended = state === 'succeeded' || state === 'failed' || state === 'returned';
  const row = await tx
    .updateTable('payments.refund')
    .set({ state, processorId: said.processorId, fault: said.fault, endedAt: ended ? new Date() : null })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (!ended) return;
  await recordAudit(tx, { action: `wallet.refund-${state}`, subjectId: userId, object: id });
  await mailMember(tx, userId, 'refund', refundLetter(row, state));
}
