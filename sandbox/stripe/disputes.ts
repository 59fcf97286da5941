import { type Account, nowOf } from './account.ts';
import { newId, type StripeObject } from './books.ts';
import { balanceTransactionOf, disputeOf } from './other-objects.ts';
import { invalid } from './refusals.ts';

const DISPUTE_FEE = 1500;

/** A status that begins with `warning_` is an inquiry, which takes no money. */
export function openDispute(
  account: Account,
  charge: StripeObject,
  terms: { status: string; reason: string; amount?: number },
): StripeObject {
  if (charge.refunded === true) throw invalid('A fully refunded charge cannot be disputed.', 'charge');
  const amount = terms.amount ?? Number(charge.amount) - Number(charge.amount_refunded);
  const dispute = account.books.add(disputeOf(charge, { ...terms, amount }, nowOf(account)));
  charge.disputed = true;
  settleWarnings(account, charge);
  account.events.happened('charge.dispute.created', dispute);
  if (!terms.status.startsWith('warning_')) withdraw(account, dispute);
  return dispute;
}

/** An inquiry becomes a dispute. */
export function escalateDispute(account: Account, dispute: StripeObject): void {
  dispute.status = 'needs_response';
  account.events.happened('charge.dispute.updated', dispute);
  withdraw(account, dispute);
}

export function closeDispute(
  account: Account,
  dispute: StripeObject,
  status: 'won' | 'lost' | 'warning_closed',
): void {
  const before = dispute.status;
  dispute.status = status;
  if (status === 'won') {
    move(account, dispute, Number(dispute.amount), -DISPUTE_FEE, 'dispute_reversal');
    account.events.happened('charge.dispute.funds_reinstated', dispute);
  }
  account.events.happened('charge.dispute.closed', dispute, { status: before });
}

function withdraw(account: Account, dispute: StripeObject): void {
  move(account, dispute, -Number(dispute.amount), DISPUTE_FEE, 'dispute');
  account.events.happened('charge.dispute.funds_withdrawn', dispute);
}

function move(account: Account, dispute: StripeObject, amount: number, fee: number, category: string): void {
  const terms = {
    type: 'adjustment',
    category,
    amount,
    fee,
    currency: String(dispute.currency),
    description: `Chargeback ${category}`,
  };
  const movement = account.books.add(balanceTransactionOf(dispute, terms, nowOf(account)));
  (dispute.balance_transactions as StripeObject[]).push(movement);
}

/** A warning asks for something only while its charge is neither disputed nor refunded as a whole. */
export function settleWarnings(account: Account, charge: StripeObject): void {
  for (const warning of account.books.all('radar.early_fraud_warning')) {
    if (warning.charge !== charge.id || warning.actionable === false) continue;
    warning.actionable = false;
    account.events.happened('radar.early_fraud_warning.updated', warning, { actionable: true });
  }
}

export function warnOfFraud(account: Account, charge: StripeObject): void {
  const warning = account.books.add({
    id: newId('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: nowOf(account),
    fraud_type: 'unauthorized_use_of_card',
    livemode: false,
    payment_intent: charge.payment_intent,
  });
  account.events.happened('radar.early_fraud_warning.created', warning);
}
