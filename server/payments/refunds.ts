import type { Selectable } from 'kysely';
import { recordAudit } from '#server/audit/audit.ts';
import { timeOf } from '#server/database/ids.ts';
import type { PaymentsRefund } from '#server/database/tables.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { refundableMicro, refundBegins, refundTransferId } from '#server/ledger/flows/refund.ts';
import { LedgerRefusal } from '#server/ledger/transfer.ts';
import { bookAfter } from './after-payment.ts';
import { ChannelFault } from './channel.ts';
import { channelOf, type Payments } from './check.ts';
import { isWholeMinor } from './minor-units.ts';
import { isCredited, type MoneyInRow } from './money-in.ts';
import { bookRefund, refuseRefund } from './refund-books.ts';
import { scheduleBooks } from './schedule-books.ts';

/** A row of payments.refund. */
export type RefundRow = Selectable<PaymentsRefund>;

export interface RefundWish {
  /** Made by the caller: a repeat answers the first refund. */
  id: string;
  memberId: string;
  topUpId: string;
  amountMicro: bigint;
  /** One of the staff, with why; absent: the member. */
  staff?: { staffId: string; reason: string };
}

export type RefundRefusal =
  | 'not-found'
  | 'already-exists'
  | 'not-a-sum'
  | 'id-of-another-time'
  | 'more-than-refundable';

/** The ledger files a refund by the time in its id, so that must be about now. */
const ID_SKEW_MS = 24 * 60 * 60_000;

/**
 * Sends cash of a payment back to its card: reserved first, then asked of the processor under a key that follows from the
 * refund's id. Where the processor does not answer, the reserved sum waits and the poll goes on. A repeat changes nothing.
 */
export async function refundToCard(
  payments: Payments,
  wish: RefundWish,
): Promise<RefundRow | { refused: RefundRefusal }> {
  if (Math.abs(timeOf(wish.id).getTime() - Date.now()) > ID_SKEW_MS) return { refused: 'id-of-another-time' };
  if (wish.amountMicro <= 0n || !isWholeMinor(wish.amountMicro, 'USD')) return { refused: 'not-a-sum' };
  const asked = await asService(payments.pools, (tx) => keepAsked(tx, wish));
  if ('refused' in asked) return asked;
  try {
    return await sendRefund(payments, asked);
  } catch (error) {
    if (!(error instanceof ChannelFault)) throw error;
    payments.log.warn({ topUpId: asked.topUpId, err: error }, 'the processor could not be asked');
    return asked; // it is reserved, and the poll asks again
  }
}

async function keepAsked(
  tx: Tx<'service'>,
  wish: RefundWish,
): Promise<RefundRow | { refused: RefundRefusal }> {
  const { id, memberId, topUpId, amountMicro, staff } = wish;
  const moneyIn = await creditedMoneyOf(tx, memberId, topUpId);
  if (moneyIn === undefined) return { refused: 'not-found' };
  const { currency, rail } = moneyIn;
  // It locks the wallet: what follows sees whatever another request has just written.
  await refundableMicro(tx, { memberId, topUpId, currency });
  const known = await tx.selectFrom('payments.refund').selectAll().where('id', '=', id).executeTakeFirst();
  if (known !== undefined)
    return known.userId === memberId && known.topUpId === topUpId && known.amountMicro === amountMicro
      ? known
      : { refused: 'already-exists' };
  const why = { actorId: staff?.staffId ?? memberId, reason: staff?.reason };
  const status = await refundBegins(tx, { refundId: id, topUpId, memberId, amountMicro, currency, ...why });
  if (status === 'insufficient') return { refused: 'more-than-refundable' };
  if (status === 'mismatch') return { refused: 'already-exists' };
  if (status !== 'ok' && status !== 'replay') throw new LedgerRefusal(status, refundTransferId(id));
  const row = await tx
    .insertInto('payments.refund')
    .values({
      userId: memberId,
      id,
      moneyInId: moneyIn.id,
      topUpId,
      amountMicro,
      currency,
      origin: staff === undefined ? 'member' : 'staff',
      rail,
      askedBy: why.actorId,
      reason: staff?.reason ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await recordAudit(tx, { action: 'wallet.refund', subjectId: memberId, object: id, ...why });
  await scheduleBooks(tx, moneyIn, 1);
  return row;
}

/** The money of a top-up that stands in the wallet; what arrived beside it is unmatched and not the member's to ask for. */
export async function creditedMoneyOf(
  tx: Tx<'service'>,
  memberId: string,
  topUpId: string,
): Promise<MoneyInRow | undefined> {
  const rows = await tx
    .selectFrom('payments.moneyIn')
    .selectAll()
    .where('userId', '=', memberId)
    .where('topUpId', '=', topUpId)
    .orderBy('receivedAt')
    .limit(10)
    .execute();
  for (const row of rows) if (await isCredited(tx, row)) return row;
  return undefined;
}

/**
 * Has the processor pay a refund that is reserved. It looks first: an answer that was lost, or a key that the processor has
 * forgotten after a day, must not pay twice. Throws `ChannelFault`.
 */
export async function sendRefund(
  payments: Payments,
  { userId, id }: Pick<RefundRow, 'userId' | 'id'>,
): Promise<RefundRow> {
  const asked = await asService(payments.pools, (tx) => partsOf(tx, userId, id));
  if (asked.refund.state !== 'asked') return asked.refund;
  const { moneyIn } = asked;
  const channel = channelOf(payments, asked.channel);
  await bookAfter(payments, channel, moneyIn.receipt);
  const { refund } = await asService(payments.pools, (tx) => partsOf(tx, userId, id));
  if (refund.state !== 'asked') return refund;
  const answer = await channel.books.refund({
    refundId: id,
    requestKey: refundTransferId(id),
    receipt: moneyIn.receipt,
    amountMicro: refund.amountMicro,
    currency: refund.currency,
  });
  return asService(payments.pools, async (tx) => {
    if (answer.is === 'refused') await refuseRefund(tx, moneyIn, id, answer.fault);
    else await bookRefund(tx, moneyIn, answer);
    return (await partsOf(tx, userId, id)).refund;
  });
}

async function partsOf(
  tx: Tx<'service'>,
  userId: string,
  id: string,
): Promise<{ refund: RefundRow; moneyIn: MoneyInRow; channel: string }> {
  const refund = await tx
    .selectFrom('payments.refund')
    .selectAll()
    .where('userId', '=', userId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const moneyIn = await tx
    .selectFrom('payments.moneyIn')
    .selectAll()
    .where('userId', '=', userId)
    .where('id', '=', refund.moneyInId)
    .executeTakeFirstOrThrow();
  const { channel } = await tx
    .selectFrom('payments.topUp')
    .select('channel')
    .where('userId', '=', userId)
    .where('id', '=', refund.topUpId)
    .executeTakeFirstOrThrow();
  return { refund, moneyIn, channel };
}
