import type Stripe from 'stripe';
import { fromMinor } from '../../minor-units.ts';
import type {
  Movement,
  PaymentBooks,
  ProcessorDispute,
  ProcessorPayout,
  ProcessorRefund,
} from '../../processor-books.ts';
import { idOf } from './wire.ts';

/** https://docs.stripe.com/api/balance_transactions/object: fee, net and currency of what really moved. */
export function paymentBooksOf(
  intent: Stripe.PaymentIntent,
  refunds: Stripe.Refund[],
  disputes: Stripe.Dispute[],
  warnings: Stripe.Radar.EarlyFraudWarning[],
): PaymentBooks {
  const { currency } = intent;
  const charge = typeof intent.latest_charge === 'string' ? null : intent.latest_charge;
  const moved = typeof charge?.balance_transaction === 'string' ? null : charge?.balance_transaction;
  const movements = [...(moved ? [moved] : []), ...disputes.flatMap((one) => one.balance_transactions)];
  return {
    feeMicro: moved ? micro(moved.fee, currency) : null,
    differs:
      movements.some((movement) => movement.currency !== currency) ||
      (moved !== null && moved !== undefined && moved.amount !== intent.amount_received),
    refunds: refunds.map(refundOf),
    disputes: [
      ...disputes.map((dispute) => disputeOf(dispute)),
      ...warnings.map((warning) => warningOf(warning, intent)),
    ],
  };
}

/** https://docs.stripe.com/api/refunds/object: `requires_action` waits as `pending` does. */
export function refundOf(refund: Stripe.Refund): ProcessorRefund {
  const state =
    refund.status === 'succeeded'
      ? 'succeeded'
      : refund.status === 'failed' || refund.status === 'canceled'
        ? 'failed'
        : 'pending';
  return {
    is: 'refund',
    processorId: refund.id,
    refundId: refund.metadata?.refund ?? null,
    amountMicro: micro(refund.amount, refund.currency),
    state,
    fault: refund.failure_reason ?? (refund.status === 'canceled' ? 'canceled' : null),
  };
}

/** https://docs.stripe.com/api/disputes/object: what was taken and came back stands in its balance transactions. */
function disputeOf(dispute: Stripe.Dispute): ProcessorDispute {
  const sum = (of: 'amount' | 'fee', sign: 1 | -1) =>
    micro(
      dispute.balance_transactions
        .map((movement) => movement[of] * sign)
        .filter((part) => part > 0)
        .reduce((total, part) => total + part, 0),
      dispute.currency,
    );
  return {
    processorId: dispute.id,
    kind: 'dispute',
    state: disputeStates[dispute.status] ?? 'open',
    amountMicro: micro(dispute.amount, dispute.currency),
    takenMicro: sum('amount', -1),
    returnedMicro: sum('amount', 1),
    feeMicro: sum('fee', 1),
    feeReturnedMicro: sum('fee', -1),
    reason: dispute.reason,
    answerBy: dispute.evidence_details.due_by ? new Date(dispute.evidence_details.due_by * 1000) : null,
  };
}

/** Every other status is an open case or inquiry. */
const disputeStates: Partial<Record<string, ProcessorDispute['state']>> = {
  won: 'won',
  lost: 'lost',
  warning_closed: 'over',
  prevented: 'over',
};

/** https://docs.stripe.com/api/radar/early_fraud_warnings/object: once refunded or disputed it asks for nothing more. */
function warningOf(warning: Stripe.Radar.EarlyFraudWarning, intent: Stripe.PaymentIntent): ProcessorDispute {
  return {
    processorId: warning.id,
    kind: 'warning',
    state: warning.actionable ? 'open' : 'over',
    amountMicro: micro(intent.amount_received, intent.currency),
    takenMicro: 0n,
    returnedMicro: 0n,
    feeMicro: 0n,
    feeReturnedMicro: 0n,
    reason: warning.fraud_type,
    answerBy: null,
  };
}

/** https://docs.stripe.com/api/payouts/object. A failed one may have been told as paid before. */
export function payoutOf(
  payout: Stripe.Payout,
  movements: Stripe.BalanceTransaction[] | null,
): ProcessorPayout {
  return {
    processorId: payout.id,
    state: payoutStates[payout.status] ?? 'on-its-way',
    amountMicro: micro(payout.amount, payout.currency),
    currency: payout.currency.toUpperCase(),
    bank: idOf(payout.destination) ?? 'bank',
    // The payout itself stands among its movements.
    movements: movements?.filter(({ type }) => type !== 'payout').map(movementOf) ?? null,
  };
}

const payoutStates: Partial<Record<string, ProcessorPayout['state']>> = {
  paid: 'paid',
  failed: 'failed',
  canceled: 'failed',
};

/** Types of https://docs.stripe.com/reports/balance-transaction-types, read 2026-11-24. */
const OWN_FEES = new Set(['stripe_fee', 'stripe_fx_fee', 'tax_fee']);

function movementOf(movement: Stripe.BalanceTransaction): Movement {
  const netMicro = micro(movement.net, movement.currency);
  const source = movement.source as { payment_intent?: string | { id: string } | null } | string | null;
  const receipt = typeof source === 'string' || source === null ? null : idOf(source.payment_intent);
  const kind =
    receipt !== null
      ? 'payment'
      : OWN_FEES.has(movement.type) && netMicro < 0n
        ? 'fee'
        : movement.type === 'payout_failure' || movement.type === 'payout_cancel'
          ? 'known'
          : 'other';
  return { id: movement.id, kind, netMicro, receipt };
}

function micro(minor: number, currency: string): bigint {
  const known = fromMinor(minor, currency.toUpperCase());
  if (known === null) throw new Error(`the minor unit of ${currency.slice(0, 8)} is not known`);
  return known;
}
