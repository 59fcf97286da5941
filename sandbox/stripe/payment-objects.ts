import { newId, nulls, type StripeObject } from './books.ts';

/** What a payment is made of, in the shape of API version 2026-10-28. */

interface SessionTerms {
  amount: number;
  currency: string;
  clientReferenceId: string | null;
  customerEmail: string | null;
  customer: string | null;
  metadata: Record<string, string>;
  successUrl: string;
  cancelUrl: string | null;
  expiresAt: number;
  locale: string | null;
  paymentMethodTypes: string[];
  origin: string;
}

export function sessionOf(terms: SessionTerms, now: number): StripeObject {
  const id = newId('cs_test');
  return {
    ...nulls(
      `adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types billing_address_collection
       client_secret collected_information consent consent_collection currency_conversion customer_account discounts
       integration_identifier invoice invoice_creation managed_payments origin_context payment_intent payment_link
       payment_method_configuration_details permissions recovered_from saved_payment_method_options setup_intent
       shipping_address_collection shipping_cost submit_type subscription wallet_options`,
    ),
    id,
    object: 'checkout.session',
    amount_subtotal: terms.amount,
    amount_total: terms.amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    cancel_url: terms.cancelUrl,
    client_reference_id: terms.clientReferenceId,
    created: now,
    currency: terms.currency,
    custom_fields: [],
    custom_text: nulls('after_submit shipping_address submit terms_of_service_acceptance'),
    customer: terms.customer,
    customer_creation: 'if_required',
    customer_details: null,
    customer_email: terms.customerEmail,
    expires_at: terms.expiresAt,
    livemode: false,
    locale: terms.locale,
    metadata: terms.metadata,
    mode: 'payment',
    payment_method_collection: 'if_required',
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: terms.paymentMethodTypes,
    payment_status: 'unpaid',
    phone_number_collection: { enabled: false },
    shipping_options: [],
    status: 'open',
    success_url: terms.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${terms.origin}/pay/${id}`,
  };
}

export function intentOf(
  session: StripeObject,
  terms: { metadata: Record<string, string>; description: string | null },
  now: number,
): StripeObject {
  const id = newId('pi');
  return {
    ...nulls(
      `allowed_payment_method_types application application_fee_amount automatic_payment_methods canceled_at
       cancellation_reason customer_account excluded_payment_method_types last_payment_error latest_charge managed_payments
       next_action on_behalf_of payment_method payment_method_configuration_details payment_record processing
       receipt_email review setup_future_usage shipping source statement_descriptor statement_descriptor_suffix
       transfer_data transfer_group`,
    ),
    id,
    object: 'payment_intent',
    amount: session.amount_total,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_sandbox`,
    confirmation_method: 'automatic',
    created: now,
    currency: session.currency,
    customer: session.customer,
    description: terms.description,
    livemode: false,
    metadata: terms.metadata,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    status: 'requires_payment_method',
  };
}

export interface CardUsed {
  last4: string;
  brand: string;
  expMonth: number;
  expYear: number;
  email: string | null;
  name: string | null;
}

export function chargeOf(
  intent: StripeObject,
  card: CardUsed,
  failure: { code: string; message: string } | null,
  now: number,
): StripeObject {
  const isPaid = failure === null;
  return {
    ...nulls(
      `application application_fee application_fee_amount balance_transaction calculated_statement_descriptor
       failure_balance_transaction on_behalf_of receipt_email receipt_number receipt_url review shipping source
       source_transfer statement_descriptor statement_descriptor_suffix transfer_data transfer_group`,
    ),
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: isPaid ? intent.amount : 0,
    amount_refunded: 0,
    billing_details: {
      ...nulls('phone tax_id'),
      address: nulls('city country line1 line2 postal_code state'),
      email: card.email,
      name: card.name,
    },
    captured: isPaid,
    created: now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    outcome: {
      ...nulls('advice_code network_advice_code network_decline_code'),
      network_status: isPaid ? 'approved_by_network' : 'declined_by_network',
      reason: failure?.code ?? null,
      risk_level: 'normal',
      seller_message: isPaid
        ? 'Payment complete.'
        : 'The bank did not return any further details with this decline.',
      type: isPaid ? 'authorized' : 'issuer_declined',
    },
    paid: isPaid,
    payment_intent: intent.id,
    payment_method: newId('pm'),
    payment_method_details: {
      type: 'card',
      card: {
        ...nulls(
          'installments mandate network_transaction_id three_d_secure wallet regulated_status electronic_commerce_indicator transaction_link_id',
        ),
        amount_authorized: intent.amount,
        authorization_code: null,
        brand: card.brand,
        checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
        country: 'US',
        exp_month: card.expMonth,
        exp_year: card.expYear,
        fingerprint: `sandbox${card.last4}`,
        funding: 'credit',
        last4: card.last4,
        network: card.brand,
        network_token: { used: false },
      },
    },
    refunded: false,
    status: isPaid ? 'succeeded' : 'failed',
  };
}
