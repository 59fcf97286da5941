import { newId, nulls, type StripeObject } from './books.ts';

/** A movement of the account's own balance. `source` is the object that moved it. */
export function balanceTransactionOf(
  source: StripeObject,
  terms: {
    type: string;
    category: string;
    amount: number;
    fee: number;
    currency: string;
    description: string | null;
  },
  now: number,
): StripeObject {
  const { type, category, amount, fee, currency, description } = terms;
  const feeDetails = {
    amount: fee,
    application: null,
    currency,
    description: 'Stripe processing fees',
    type: 'stripe_fee',
  };
  return {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: now + 2 * 86_400,
    balance_type: 'payments',
    created: now,
    currency,
    description,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [feeDetails],
    net: amount - fee,
    reporting_category: category,
    source: source.id,
    status: 'pending',
    type,
  };
}

export function refundOf(
  charge: StripeObject,
  terms: { amount: number; reason: string | null; metadata: Record<string, string>; status: string },
  now: number,
): StripeObject {
  return {
    ...nulls(
      'balance_transaction customer customer_account receipt_number source_transfer_reversal transfer_reversal',
    ),
    id: newId('re'),
    object: 'refund',
    amount: terms.amount,
    charge: charge.id,
    created: now,
    currency: charge.currency,
    destination_details: {
      type: 'card',
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    },
    metadata: terms.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: terms.reason,
    status: terms.status,
  };
}

export function disputeOf(
  charge: StripeObject,
  terms: { amount: number; reason: string; status: string },
  now: number,
): StripeObject {
  const isInquiry = terms.status.startsWith('warning_');
  return {
    id: newId('du'),
    object: 'dispute',
    amount: terms.amount,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...nulls(
        `access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal
         customer_communication customer_email_address customer_name customer_purchase_ip customer_signature
         duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt
         refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation
         shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number
         uncategorized_file uncategorized_text`,
      ),
      enhanced_evidence: {},
    },
    evidence_details: {
      due_by: now + 7 * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    network_reason_code: '10.4',
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: {
        brand: 'visa',
        network: 'visa',
        case_type: isInquiry ? 'inquiry' : 'chargeback',
        network_reason_code: '10.4',
      },
    },
    reason: terms.reason,
    status: terms.status,
  };
}

export function customerOf(
  terms: { email: string | null; name: string | null; metadata: Record<string, string> },
  now: number,
): StripeObject {
  return {
    ...nulls('address currency customer_account default_source description phone shipping'),
    id: newId('cus'),
    object: 'customer',
    balance: 0,
    created: now,
    delinquent: false,
    email: terms.email,
    invoice_prefix: 'SANDBOX',
    invoice_settings: nulls('custom_fields default_payment_method footer rendering_options'),
    livemode: false,
    metadata: terms.metadata,
    name: terms.name,
    next_invoice_sequence: 1,
    preferred_locales: [],
    tax_exempt: 'none',
  };
}

export function payoutOf(
  terms: { amount: number; currency: string; status: string },
  now: number,
): StripeObject {
  return {
    ...nulls(
      'application_fee application_fee_amount balance_transaction description failure_balance_transaction original_payout reversed_by statement_descriptor payout_method',
    ),
    id: newId('po'),
    object: 'payout',
    amount: terms.amount,
    arrival_date: now,
    automatic: true,
    created: now,
    currency: terms.currency,
    destination: 'ba_sandbox',
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: 'standard',
    reconciliation_status: 'completed',
    source_type: 'card',
    status: terms.status,
    trace_id: { status: 'pending', value: null },
    type: 'bank_account',
  };
}
