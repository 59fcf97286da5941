import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import { entry } from '#server/ledger/flows/entry.ts';
import { creditTopUp, hasFailed, topUpFailed } from '#server/ledger/flows/top-up.ts';
import { mustPost } from '#server/ledger/ledger.ts';
import { derivedId } from '#server/ledger/transfer.ts';
import type { Operator } from '#server/privacy/policy-pages.ts';
import type { ArrivedMoney, Channel } from './channel.ts';
import { postAndRepay } from './debts.ts';
import { mailMember } from './member-mail.ts';
import { receiptLetter } from './receipt-letter.ts';
import { scheduleBooks } from './schedule-books.ts';
import { mayMove } from './states.ts';
import { stateOf, type TopUpRow } from './top-up.ts';

/** Why money that the processor reports is not credited. It stays in `payments.top_up.refusal` for staff. */
export type SettleRefusal =
  | 'unknown_session'
  | 'other_top_up'
  | 'amount_differs'
  | 'currency_differs'
  | 'mode_differs'
  | 'receipt_used'
  | 'failed_before';

export type Settled = { is: 'settled' | 'already'; topUp: TopUpRow } | { is: 'refused'; why: SettleRefusal };

/**
 * Books money that has arrived, in one transaction: the quote is locked, the receipt taken once over all roads,
 * everything compared with the quote. What agrees is credited and a receipt mailed; what does not is ours to sort out:
 * it stands in the books as unmatched, and on the top-up with the reason. Webhook, poll and return page all end here;
 * run twice or at once, it books once.
 */
export async function settle(
  tx: Tx<'service'>,
  channel: Channel,
  operator: Operator,
  payment: ArrivedMoney,
): Promise<Settled> {
  const topUp = await tx
    .selectFrom('payments.topUp')
    .selectAll()
    .where('channel', '=', channel.id)
    .where('sessionId', '=', payment.sessionId)
    .forUpdate()
    .executeTakeFirst();
  if (topUp === undefined) return { is: 'refused', why: 'unknown_session' };
  const why = refusalOf(topUp, payment);
  // Play money is no money, and a sum that the processor itself contradicts cannot be booked.
  if (why === 'mode_differs' || payment.amountMicro === null || payment.amountMicro <= 0n)
    return refuse(tx, topUp, why ?? 'amount_differs');
  const moneyInId = await takeReceipt(tx, channel, topUp, payment, payment.amountMicro);
  if (moneyInId === null) {
    if (topUp.state === 'settled') return { is: 'already', topUp };
    return refuse(tx, topUp, why ?? (topUp.refusal as SettleRefusal | null) ?? 'receipt_used');
  }
  await scheduleBooks(tx, { userId: topUp.userId, id: moneyInId }, 0);
  const refused = why ?? (await unfit(tx, topUp));
  if (refused === null) return { is: 'settled', topUp: await credit(tx, channel, operator, topUp, payment) };
  // What was shown as on its way has come as something else, and never comes as that.
  if (topUp.state === 'pending') await topUpFailed(tx, topUp.id);
  await bookUnmatched(tx, channel, payment.currency, payment.amountMicro, moneyInId);
  return refuse(tx, topUp, refused);
}

/** Takes the processor's id of the money, once over all roads; null when it was taken before. */
async function takeReceipt(
  tx: Tx<'service'>,
  channel: Channel,
  topUp: TopUpRow,
  payment: ArrivedMoney,
  amountMicro: bigint,
): Promise<string | null> {
  const taken = await tx
    .insertInto('payments.moneyIn')
    .values({
      userId: topUp.userId,
      id: newId(),
      rail: channel.rail,
      receipt: payment.receipt,
      topUpId: topUp.id,
      amountMicro,
      currency: payment.currency,
      live: payment.live,
    })
    .onConflict((conflict) => conflict.columns(['rail', 'receipt']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return taken?.id ?? null;
}

/** Dr 1100 → Cr 2200: the processor has money of which it is not certain whose it is. */
async function bookUnmatched(
  tx: Tx<'service'>,
  { rail }: Channel,
  currency: string,
  amountMicro: bigint,
  moneyInId: string,
): Promise<void> {
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(moneyInId, 'receipt'),
      code: 'receipt_unmatched',
      debit: { code: 1100, label: rail },
      credit: { code: 2200, label: rail },
      amountMicro,
      currency,
      groupId: moneyInId,
    }),
  ]);
}

/** Why money that agrees with its quote is not credited all the same. */
async function unfit(tx: Tx<'service'>, topUp: TopUpRow): Promise<SettleRefusal | null> {
  if (!mayMove(stateOf(topUp), 'settled')) return 'receipt_used';
  // What was on its way and then failed is closed in the books; a person gives what came after all to its owner.
  return (await hasFailed(tx, topUp.id)) ? 'failed_before' : null;
}

/** What was paid against what was asked. Metadata and redirects prove nothing; the quote does. */
function refusalOf(topUp: TopUpRow, payment: ArrivedMoney): SettleRefusal | null {
  if (payment.topUpId !== topUp.id) return 'other_top_up';
  if (payment.live !== topUp.live) return 'mode_differs';
  if (payment.currency !== topUp.currency) return 'currency_differs';
  if (payment.amountMicro !== topUp.amountMicro) return 'amount_differs';
  return null;
}

async function refuse(tx: Tx<'service'>, topUp: TopUpRow, why: SettleRefusal): Promise<Settled> {
  await tx
    .updateTable('payments.topUp')
    .set({ refusal: why, ...(topUp.state === 'pending' ? { state: 'failed' } : {}) })
    .where('userId', '=', topUp.userId)
    .where('id', '=', topUp.id)
    .execute();
  return { is: 'refused', why };
}

async function credit(
  tx: Tx<'service'>,
  channel: Channel,
  operator: Operator,
  topUp: TopUpRow,
  payment: ArrivedMoney,
): Promise<TopUpRow> {
  const { id: topUpId, userId: memberId, amountMicro, currency } = topUp;
  await postAndRepay(tx, { paymentId: topUpId, memberId, currency }, () =>
    creditTopUp(tx, {
      topUpId,
      memberId,
      amountMicro,
      currency,
      source: { code: 1100, label: channel.rail },
    }),
  );
  const settled = await tx
    .updateTable('payments.topUp')
    .set({
      state: 'settled',
      settledAt: new Date(),
      cardBrand: payment.card?.brand ?? null,
      cardLast4: payment.card?.last4 ?? null,
      refusal: null,
    })
    .where('userId', '=', topUp.userId)
    .where('id', '=', topUp.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(tx, { action: 'wallet.top-up', subjectId: topUp.userId, object: topUp.id });
  await mailMember(tx, settled.userId, 'receipt', receiptLetter(settled, operator));
  return settled;
}
