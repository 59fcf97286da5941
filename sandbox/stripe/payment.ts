import { type Account, feeOf, nowOf } from './account.ts';
import type { StripeObject } from './books.ts';
import { openDispute, warnOfFraud } from './disputes.ts';
import { balanceTransactionOf } from './other-objects.ts';
import { type CardUsed, chargeOf, intentOf } from './payment-objects.ts';

/** Cards with a fate, by number, as in Stripe's list of test cards. */
const declines: Record<string, { code: string; declineCode: string; message: string }> = {
  '4000000000000002': {
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: 'Your card was declined.',
  },
  '4000000000009995': {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  '4000000000000069': {
    code: 'expired_card',
    declineCode: 'expired_card',
    message: 'Your card has expired.',
  },
  '4000000000000127': {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
  },
  '4000000000000119': {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
};
export const REFUND_PENDING_CARD = '7726';
export const REFUND_FAILING_CARD = '5126';

interface CardGiven {
  number: string;
  expiry: string;
  cvc: string;
  email: string | null;
  name: string | null;
}

/** Null: paid. Else the sentence that the page shows. */
export function pay(account: Account, session: StripeObject, given: CardGiven): string | null {
  const number = given.number.replaceAll(/\s/g, '');
  const fault = cardFault(number, given);
  if (fault !== null) return fault;
  const card = cardOf(number, given);
  const intent = intentFor(account, session);
  session.customer_details = {
    ...details(card),
    address: null,
    business_name: null,
    individual_name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  };
  const declined = declines[number];
  if (declined !== undefined) {
    decline(account, intent, card, declined);
    return declined.message;
  }
  const charge = succeed(account, intent, card);
  complete(account, session, 'paid');
  if (number === '4000000000000259')
    openDispute(account, charge, { status: 'needs_response', reason: 'fraudulent' });
  if (number === '4000000000001976')
    openDispute(account, charge, { status: 'warning_needs_response', reason: 'fraudulent' });
  if (number === '4000000000005423') warnOfFraud(account, charge);
  return null;
}

/** A delayed method: the page is done, the money is on its way. `settle` ends it. */
export function payLater(account: Account, session: StripeObject): void {
  const intent = intentFor(account, session);
  intent.status = 'processing';
  account.events.happened('payment_intent.processing', intent);
  complete(account, session, 'unpaid');
}

export function settle(account: Account, session: StripeObject, isPaid: boolean): void {
  const intent = account.books.find(String(session.payment_intent)) as StripeObject;
  const card = cardOf('4242424242424242', { expiry: '12 / 34', email: null, name: null });
  if (isPaid) {
    succeed(account, intent, card);
    session.payment_status = 'paid';
    account.events.happened('checkout.session.async_payment_succeeded', session);
  } else {
    decline(account, intent, card, declines['4000000000000002']!);
    account.events.happened('checkout.session.async_payment_failed', session);
  }
}

function intentFor(account: Account, session: StripeObject): StripeObject {
  const found = account.books.find(String(session.payment_intent));
  if (found !== undefined) return found;
  const terms = account.books.data.intentTerms[session.id] ?? { metadata: {}, description: null };
  const { nextPayment } = account;
  if (nextPayment !== null) {
    session.amount_total = nextPayment.amount ?? session.amount_total;
    session.currency = nextPayment.currency ?? session.currency;
    account.nextPayment = null;
  }
  const intent = account.books.add(intentOf(session, terms, nowOf(account)));
  session.payment_intent = intent.id;
  account.events.happened('payment_intent.created', intent);
  return intent;
}

function succeed(account: Account, intent: StripeObject, card: CardUsed): StripeObject {
  const { books, events } = account;
  const charge = books.add(chargeOf(intent, card, null, nowOf(account)));
  const amount = Number(intent.amount);
  const isBooked = account.isBookedAtOnce;
  account.isBookedAtOnce = true;
  if (isBooked) enter(account, charge);
  Object.assign(intent, {
    status: 'succeeded',
    amount_received: amount,
    latest_charge: charge.id,
    payment_method: charge.payment_method,
    last_payment_error: null,
  });
  account.world.tally.add(
    {
      id: intent.id,
      model: String(intent.currency),
      units: { minor: amount, fee_minor: feeOf(amount) },
      accepted: true,
      charged: true,
    },
    account.world.clock.now(),
  );
  events.happened('charge.succeeded', charge);
  events.happened('payment_intent.succeeded', intent);
  return charge;
}

/**
 * Books a charge that was captured asynchronously: until then it has no balance transaction, and `charge.updated` tells of it
 * (https://docs.stripe.com/payments/payment-intents/asynchronous-capture).
 */
export function bookCharge(account: Account, charge: StripeObject): void {
  if (charge.balance_transaction !== null) return;
  enter(account, charge);
  account.events.happened('charge.updated', charge, { balance_transaction: null });
}

function enter(account: Account, charge: StripeObject): void {
  const amount = Number(charge.amount);
  const movement = balanceTransactionOf(
    charge,
    {
      type: 'charge',
      category: 'charge',
      amount,
      fee: feeOf(amount),
      currency: String(charge.currency),
      description: null,
    },
    nowOf(account),
  );
  account.books.add(movement);
  charge.balance_transaction = movement.id;
}

function decline(
  account: Account,
  intent: StripeObject,
  card: CardUsed,
  why: { code: string; declineCode: string; message: string },
): void {
  const { books, events } = account;
  const charge = books.add(chargeOf(intent, card, { code: why.code, message: why.message }, nowOf(account)));
  Object.assign(intent, {
    status: 'requires_payment_method',
    latest_charge: charge.id,
    last_payment_error: {
      type: 'card_error',
      charge: charge.id,
      code: why.code,
      decline_code: why.declineCode,
      message: why.message,
    },
  });
  events.happened('charge.failed', charge);
  events.happened('payment_intent.payment_failed', intent);
}

function complete(account: Account, session: StripeObject, paymentStatus: 'paid' | 'unpaid'): void {
  Object.assign(session, { status: 'complete', payment_status: paymentStatus, url: null });
  account.events.happened('checkout.session.completed', session);
}

const details = (card: CardUsed) => ({ email: card.email, name: card.name });

function cardFault(number: string, { expiry, cvc }: CardGiven): string | null {
  if (!/^\d{14,19}$/.test(number) || !fitsLuhn(number)) return 'Your card number is invalid.';
  const match = /^(\d{1,2})\s*\/\s*(\d{2}|\d{4})$/.exec(expiry.trim());
  const month = Number(match?.[1]);
  const year = Number(match?.[2]?.slice(-2)) + 2000;
  if (match === null || month < 1 || month > 12) return "Your card's expiration date is incomplete.";
  if (new Date(Date.UTC(year, month, 1)).getTime() < Date.now())
    return "Your card's expiration date is in the past.";
  return /^\d{3,4}$/.test(cvc.trim()) ? null : "Your card's security code is incomplete.";
}

function fitsLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, at) => {
    const value = at % 2 === 0 ? Number(digit) : Number(digit) * 2;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function cardOf(
  number: string,
  { expiry, email, name }: Pick<CardGiven, 'expiry' | 'email' | 'name'>,
): CardUsed {
  const [month = '12', year = '34'] = expiry.split('/').map((part) => part.trim());
  return {
    last4: number.slice(-4),
    brand: number.startsWith('5') ? 'mastercard' : number.startsWith('3') ? 'amex' : 'visa',
    expMonth: Number(month),
    expYear: 2000 + Number(year.slice(-2)),
    email,
    name,
  };
}
