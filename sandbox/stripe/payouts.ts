import { type Account, nowOf } from './account.ts';
import type { StripeObject } from './books.ts';
import { balanceTransactionOf, payoutOf } from './other-objects.ts';

/** Pays out every movement that is not in a payout yet. */
export function payOut(account: Account, status: string, currency: string): StripeObject {
  const { books, events } = account;
  const movements = books
    .all('balance_transaction')
    .filter((row) => row.payout === undefined && row.type !== 'payout' && row.currency === currency);
  const amount = movements.reduce((sum, row) => sum + Number(row.net), 0);
  const payout = books.add(payoutOf({ amount, currency, status }, nowOf(account)));
  for (const movement of movements) Object.assign(movement, { payout: payout.id, status: 'available' });
  if (status === 'failed') failPayout(account, payout);
  else if (status === 'paid') events.happened('payout.paid', payout);
  return payout;
}

/** The bank refuses it, up to five days after it was told as paid: its sum is in the balance again. */
export function failPayout(account: Account, payout: StripeObject): void {
  const { books, events } = account;
  const movement = books.add(
    balanceTransactionOf(
      payout,
      {
        type: 'payout_failure',
        category: 'payout_reversal',
        amount: Number(payout.amount),
        fee: 0,
        currency: String(payout.currency),
        description: 'STRIPE PAYOUT FAILURE',
      },
      nowOf(account),
    ),
  );
  Object.assign(payout, {
    status: 'failed',
    failure_code: 'account_closed',
    failure_message: 'The bank account has been closed.',
    failure_balance_transaction: movement.id,
  });
  events.happened('payout.failed', payout);
}

/** A fee of Stripe's own, of no payment, such as for Radar. */
export function chargeFee(account: Account, amount: number): StripeObject {
  const now = nowOf(account);
  const terms = { type: 'stripe_fee', category: 'fee', amount: -amount, fee: 0, currency: 'usd' };
  const source = { id: `fee_${now}`, object: 'fee' };
  const movement = balanceTransactionOf(source, { ...terms, description: 'Radar (2026-11)' }, now);
  return account.books.add({ ...movement, source: null });
}
