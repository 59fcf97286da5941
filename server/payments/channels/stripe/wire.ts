import type Stripe from 'stripe';
import type { ArrivedMoney, PaymentState } from '../../channel.ts';
import { fromMinor } from '../../minor-units.ts';
import type { Notice } from '../../notice.ts';

/** Events that are a reason to ask, and about what. Others are kept and left. */
const TOP_UP = /^(checkout\.session\.|payment_intent\.(succeeded|processing|payment_failed|canceled)$)/;
const PAYMENT =
  /^(charge\.(refunded|updated|dispute\.)|charge\.refund\.|refund\.|radar\.early_fraud_warning\.)/;
const PAYOUT = /^payout\.(paid|failed|canceled)$/;

/** What we need of an event: its id, and what to ask about. */
export function noticeOf(event: Stripe.Event): Notice {
  const object = event.data.object as {
    id?: string;
    object?: string;
    metadata?: Record<string, string> | null;
    payment_intent?: string | { id: string } | null;
  };
  return {
    is: 'notice',
    eventKey: event.id,
    kind: event.type,
    ...concernOf(event.type, object),
    topUpId: object.metadata?.top_up ?? null,
    sessionId: object.object === 'checkout.session' ? (object.id ?? null) : null,
    live: event.livemode,
  };
}

function concernOf(
  type: string,
  object: { id?: string; payment_intent?: string | { id: string } | null },
): Pick<Notice, 'concerns' | 'about'> {
  if (TOP_UP.test(type)) return { concerns: 'top-up', about: null };
  if (PAYOUT.test(type) && object.id !== undefined) return { concerns: 'payout', about: object.id };
  const receipt = idOf(object.payment_intent);
  if (PAYMENT.test(type) && receipt !== null) return { concerns: 'payment', about: receipt };
  return { concerns: 'nothing', about: null };
}

/** The id of what may stand whole or as its id. */
export function idOf(value: string | { id: string } | null | undefined): string | null {
  return typeof value === 'string' ? value : (value?.id ?? null);
}

/** `complete` says that the page is done, `payment_status` whether money came (https://docs.stripe.com/api/checkout/sessions/object). */
export function stateOf(session: Stripe.Checkout.Session): PaymentState {
  if (session.status === 'expired') return { is: 'expired' };
  return session.status === 'complete' ? completed(session) : { is: 'open' };
}

function completed(session: Stripe.Checkout.Session): PaymentState {
  const intent = session.payment_intent;
  if (session.payment_status === 'no_payment_required') return { is: 'failed' };
  if (intent === null || typeof intent === 'string') return { is: 'pending' };
  if (session.payment_status === 'paid') return { is: 'paid', payment: arrived(session, intent) };
  // A delayed method: after a refusal the intent goes back to wanting a method.
  return intent.status === 'canceled' || intent.status === 'requires_payment_method'
    ? { is: 'failed' }
    : { is: 'pending' };
}

function arrived(session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent): ArrivedMoney {
  const currency = intent.currency.toUpperCase();
  // What the intent received is the money; a session that tells another sum or currency is not believed.
  const agrees = intent.amount_received === session.amount_total && intent.currency === session.currency;
  return {
    receipt: intent.id,
    sessionId: session.id,
    topUpId: session.client_reference_id,
    amountMicro: agrees ? fromMinor(intent.amount_received, currency) : null,
    currency,
    live: session.livemode && intent.livemode,
    card: cardOf(intent.latest_charge),
  };
}

function cardOf(charge: Stripe.PaymentIntent['latest_charge']): ArrivedMoney['card'] {
  if (charge === null || typeof charge === 'string') return null;
  const card = charge.payment_method_details?.card;
  return card?.brand && card.last4 ? { brand: card.brand, last4: card.last4 } : null;
}
