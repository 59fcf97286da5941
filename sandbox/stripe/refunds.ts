import { type Account, chargeOfIntent, nowOf } from './account.ts';
import type { StripeObject } from './books.ts';
import { settleWarnings } from './disputes.ts';
import { type Form, formAt, textAt } from './form.ts';
import { balanceTransactionOf, refundOf } from './other-objects.ts';
import { REFUND_FAILING_CARD, REFUND_PENDING_CARD } from './payment.ts';
import { invalid, noSuch } from './refusals.ts';
import { metadataOf, refuseUnknown, wholeAt } from './validation.ts';

const reasons = ['duplicate', 'fraudulent', 'requested_by_customer'];
const LATER_MS = 3000;

/** `POST /v1/refunds`. */
export function createRefund(account: Account, form: Form): StripeObject {
  refuseUnknown(
    form,
    'amount charge currency customer expand instructions_email metadata origin payment_intent reason refund_application_fee reverse_transfer',
  );
  const charge = chargeFor(account, form);
  if (charge.status !== 'succeeded')
    throw invalid('This charge has not been paid.', 'charge', 'charge_not_refundable');
  const left = Number(charge.amount) - Number(charge.amount_refunded);
  if (charge.disputed === true && !isOnlyInquiry(account, charge)) {
    throw invalid(
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
      undefined,
      'charge_disputed',
    );
  }
  if (left === 0)
    throw invalid(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded');
  const amount = wholeAt(form, 'amount') ?? left;
  if (amount <= 0) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  if (amount > left) {
    throw invalid(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      'amount',
    );
  }
  const reason = textAt(form, 'reason') ?? null;
  if (reason !== null && !reasons.includes(reason))
    throw invalid(`Invalid reason: must be one of ${reasons.join(', ')}`, 'reason');
  const last4 = lastDigits(charge);
  const status = last4 === REFUND_PENDING_CARD ? 'pending' : 'succeeded';
  const refund = account.books.add(
    refundOf(
      charge,
      { amount, reason, metadata: metadataOf(formAt(form, 'metadata')), status },
      nowOf(account),
    ),
  );
  moveRefund(account, refund, -amount, 'refund');
  charge.amount_refunded = Number(charge.amount_refunded) + amount;
  charge.refunded = charge.amount_refunded === charge.amount;
  account.events.happened('refund.created', refund);
  account.events.happened('charge.refunded', charge, {
    amount_refunded: Number(charge.amount_refunded) - amount,
  });
  if (charge.refunded === true) settleWarnings(account, charge);
  const later = account.world.clock.now() + LATER_MS;
  if (status === 'pending') account.world.clock.when(later, () => endRefund(account, refund, 'succeeded'));
  if (last4 === REFUND_FAILING_CARD)
    account.world.clock.when(later, () => endRefund(account, refund, 'failed'));
  return refund;
}

/** Ends a pending refund, or takes back one that seemed to have worked. */
export function endRefund(
  account: Account,
  refund: StripeObject,
  status: 'succeeded' | 'failed' | 'canceled',
): void {
  const before = { status: refund.status };
  refund.status = status;
  account.events.happened('refund.updated', refund, before);
  if (status !== 'succeeded') {
    refund.failure_reason = status === 'failed' ? 'expired_or_canceled_card' : undefined;
    const charge = account.books.find(String(refund.charge)) as StripeObject;
    charge.amount_refunded = Number(charge.amount_refunded) - Number(refund.amount);
    charge.refunded = false;
    refund.failure_balance_transaction = moveRefund(
      account,
      refund,
      Number(refund.amount),
      'refund_failure',
    ).id;
    account.events.happened('refund.failed', refund, before);
  }
  account.books.keep();
}

function moveRefund(
  account: Account,
  refund: StripeObject,
  amount: number,
  type: 'refund' | 'refund_failure',
): StripeObject {
  const terms = {
    type,
    category: type,
    amount,
    fee: 0,
    currency: String(refund.currency),
    description: `REFUND FOR CHARGE ${refund.charge}`,
  };
  const movement = account.books.add(balanceTransactionOf(refund, terms, nowOf(account)));
  if (type === 'refund') refund.balance_transaction = movement.id;
  return movement;
}

function chargeFor(account: Account, form: Form): StripeObject {
  const intentId = textAt(form, 'payment_intent');
  const chargeId = textAt(form, 'charge');
  if (intentId !== undefined) {
    const intent = account.books.find(intentId);
    if (intent?.object !== 'payment_intent') throw noSuch('payment_intent', intentId, 'payment_intent');
    const charge = chargeOfIntent(account, intent);
    if (charge === undefined || charge.status !== 'succeeded') {
      throw invalid(
        `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
        'payment_intent',
      );
    }
    return charge;
  }
  if (chargeId === undefined)
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  const charge = account.books.find(chargeId);
  if (charge?.object !== 'charge') throw noSuch('charge', chargeId, 'charge');
  return charge;
}

function isOnlyInquiry(account: Account, charge: StripeObject): boolean {
  const disputes = account.books.all('dispute').filter((dispute) => dispute.charge === charge.id);
  return disputes.every(({ status }) => String(status).startsWith('warning_') || status === 'won');
}

function lastDigits(charge: StripeObject): string {
  return (charge.payment_method_details as { card: { last4: string } }).card.last4;
}
