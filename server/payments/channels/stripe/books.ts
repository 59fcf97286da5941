import Stripe from 'stripe';
import { ChannelFault } from '../../channel.ts';
import { toMinor } from '../../minor-units.ts';
import type {
  PaymentBooks,
  ProcessorBooks,
  ProcessorPayout,
  ProcessorRefund,
  RefundAsk,
  RefundRefused,
} from '../../processor-books.ts';
import { paymentBooksOf, payoutOf, refundOf } from './books-wire.ts';
import { noticeOf } from './wire.ts';

/** Of one payment, payout or hour: more is never expected, and a list without an end would be a fault of its own. */
const MOST = 10_000;
const page = { limit: 100 };

/** Stripe takes 20 types at most. Notices of pages that were left open are not missed: the poll asks about those. */
const MISSABLE = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'payment_intent.succeeded',
  'charge.refunded',
  'charge.updated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
  'radar.early_fraud_warning.created',
  'radar.early_fraud_warning.updated',
  'payout.paid',
  'payout.failed',
  'payout.canceled',
];

/** What Stripe has booked. Every question is a reading, but for the refund. */
export function stripeBooks(
  stripe: Stripe,
  asked: <T>(work: () => Promise<T>) => Promise<T>,
): ProcessorBooks {
  return {
    look: (receipt) => asked(() => lookAt(stripe, receipt)),
    refund: (ask) => refund(stripe, ask, asked),
    payout: (id) => asked(() => lookAtPayout(stripe, id)),
    payoutsSince: (since) =>
      asked(async () => {
        const payouts = await stripe.payouts
          .list({ ...page, created: { gte: seconds(since) } })
          .autoPagingToArray({ limit: MOST });
        return payouts.map((payout) => payoutOf(payout, null));
      }),
    noticesSince: (since) =>
      asked(async () => {
        const events = await stripe.events
          .list({ ...page, types: MISSABLE, created: { gte: seconds(since) } })
          .autoPagingToArray({ limit: MOST });
        return events.map(noticeOf);
      }),
  };
}

async function lookAt(stripe: Stripe, receipt: string): Promise<PaymentBooks> {
  const of = { ...page, payment_intent: receipt };
  const [intent, refunds, disputes, warnings] = await Promise.all([
    stripe.paymentIntents.retrieve(receipt, { expand: ['latest_charge.balance_transaction'] }),
    stripe.refunds.list(of).autoPagingToArray({ limit: MOST }),
    stripe.disputes.list(of).autoPagingToArray({ limit: MOST }),
    stripe.radar.earlyFraudWarnings.list(of).autoPagingToArray({ limit: MOST }),
  ]);
  return paymentBooksOf(intent, refunds, disputes, warnings);
}

/**
 * https://docs.stripe.com/api/refunds/create. A refused form is final, and nothing was done; every other fault (the network, a
 * 500 that is kept under its key, a clash of keys) says nothing, so the caller looks before it asks again.
 */
async function refund(
  stripe: Stripe,
  { refundId, requestKey, receipt, amountMicro, currency }: RefundAsk,
  asked: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<ProcessorRefund | RefundRefused> {
  try {
    return await asked(async () =>
      refundOf(
        await stripe.refunds.create(
          {
            payment_intent: receipt,
            amount: toMinor(amountMicro, currency),
            ...(refundId === null ? {} : { metadata: { refund: refundId } }),
          },
          { idempotencyKey: requestKey },
        ),
      ),
    );
  } catch (error) {
    if (!(error instanceof ChannelFault)) throw error;
    const { cause } = error;
    if (cause instanceof Stripe.errors.StripeInvalidRequestError && cause.statusCode === 400)
      return { is: 'refused', fault: cause.code ?? 'invalid_request' };
    throw error;
  }
}

async function lookAtPayout(stripe: Stripe, id: string): Promise<ProcessorPayout> {
  const payout = await stripe.payouts.retrieve(id);
  // Only of an automatic payout does Stripe know what it consists of.
  if (!payout.automatic) return payoutOf(payout, null);
  const movements = await stripe.balanceTransactions
    .list({ ...page, payout: id, expand: ['data.source'] })
    .autoPagingToArray({ limit: MOST });
  return payoutOf(payout, movements);
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
