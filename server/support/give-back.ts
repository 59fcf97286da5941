import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { refundableMicro } from '#server/ledger/flows/refund.ts';
import { creditedMoneyOf, refundToCard } from '#server/payments/refunds.ts';
import type { Support } from './parts.ts';

const CENT_MICRO = 10_000n;
const PAYMENTS_MOST = 1_000;

/**
 * Sends what cash there is back to the cards that it came from, the newest payment first. What a card does not take stays
 * in the wallet. Repeated, it goes on with what is left.
 */
export async function giveBackToCards(
  { pools, payments }: Support,
  memberId: string,
  staff: { staffId: string; reason: string },
): Promise<void> {
  const topUps = await asService(pools, (tx) =>
    tx
      .selectFrom('payments.topUp')
      .select('id')
      .where('userId', '=', memberId)
      .where('state', '=', 'settled')
      .orderBy('id', 'desc')
      .limit(PAYMENTS_MOST)
      .execute(),
  );
  for (const { id: topUpId } of topUps) {
    const refundable = await asService(pools, async (tx) => {
      const money = await creditedMoneyOf(tx, memberId, topUpId);
      return money === undefined ? 0n : refundableMicro(tx, { memberId, topUpId, currency: money.currency });
    });
    // A card takes no fraction of a cent.
    const amountMicro = refundable - (refundable % CENT_MICRO);
    if (amountMicro <= 0n) continue;
    await refundToCard(payments, { id: newId(), memberId, topUpId, amountMicro, staff });
  }
}
