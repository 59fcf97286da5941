import { asService, type Tx } from '#server/database/transaction.ts';
import { topUpFee } from '#server/ledger/flows/top-up.ts';
import type { Channel } from './channel.ts';
import type { Payments } from './check.ts';
import { bookDispute } from './disputes.ts';
import { findMoneyIn, isCredited, lockMoneyIn, type MoneyInRow } from './money-in.ts';
import type { PaymentBooks } from './processor-books.ts';
import { bookRefund } from './refund-books.ts';

/**
 * Asks the processor what became of money that arrived (its fee, refunds, disputes) and books what follows. Webhook, poll
 * and our own refunds all come here; each part commits alone and is found again by the next question. Harmless twice and
 * at once. Answers the money, or undefined when none arrived under this receipt. Throws `ChannelFault`.
 */
export async function bookAfter(
  payments: Payments,
  channel: Channel,
  receipt: string,
): Promise<MoneyInRow | undefined> {
  const { pools, log } = payments;
  const moneyIn = await asService(pools, (tx) => findMoneyIn(tx, channel.rail, receipt));
  if (moneyIn === undefined) return undefined;
  const books = await channel.books.look(receipt);
  if (books.differs) {
    log.error(
      { topUpId: moneyIn.topUpId, channel: channel.id },
      'the processor settles a payment as another sum or currency',
    );
    return moneyIn;
  }
  await asService(pools, (tx) => bookFee(tx, moneyIn, books));
  for (const refund of books.refunds) await asService(pools, (tx) => bookRefund(tx, moneyIn, refund));
  for (const dispute of books.disputes)
    await asService(pools, (tx) => bookDispute(tx, log, moneyIn, dispute));
  return moneyIn;
}

/** Dr 4100 → Cr 1100, once it is known. */
async function bookFee(tx: Tx<'service'>, moneyIn: MoneyInRow, { feeMicro }: PaymentBooks): Promise<void> {
  if (feeMicro === null) return;
  const locked = await lockMoneyIn(tx, moneyIn);
  if (locked.feeMicro !== null) return;
  await topUpFee(tx, {
    topUpId: (await isCredited(tx, locked)) ? locked.topUpId : locked.id,
    feeMicro,
    currency: locked.currency,
    source: { code: 1100, label: locked.rail },
  });
  await tx
    .updateTable('payments.moneyIn')
    .set({ feeMicro })
    .where('userId', '=', locked.userId)
    .where('id', '=', locked.id)
    .execute();
}
