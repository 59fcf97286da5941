import { type Account, nowOf } from './account.ts';
import type { StripeObject } from './books.ts';
import { type Form, formAt, listAt, textAt } from './form.ts';
import { sessionOf } from './payment-objects.ts';
import { invalid, noSuch } from './refusals.ts';
import { metadataOf, refuseUnknown, wholeAt } from './validation.ts';

const known = `adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types automatic_tax
  billing_address_collection branding_settings cancel_url client_reference_id consent_collection currency custom_fields
  custom_text customer customer_account customer_creation customer_email customer_update discounts
  excluded_payment_method_types expand expires_at integration_identifier invoice_creation line_items locale
  managed_payments metadata mode name_collection optional_items origin_context payment_intent_data
  payment_method_collection payment_method_configuration payment_method_data payment_method_options permissions
  phone_number_collection redirect_on_completion return_url saved_payment_method_options setup_intent_data
  shipping_address_collection shipping_options submit_type subscription_data success_url tax_id_collection ui_mode
  wallet_options`;
const HALF_HOUR = 1800;
const DAY = 86_400;
const LEAST_AMOUNT = 50;

/** `POST /v1/checkout/sessions`, mode `payment` on the hosted page. */
export function createSession(account: Account, form: Form, origin: string): StripeObject {
  refuseUnknown(form, known);
  const mode = textAt(form, 'mode');
  if (mode === undefined) throw invalid('Missing required param: mode.', 'mode', 'parameter_missing');
  if (mode !== 'payment') throw invalid(`Invalid mode: must be payment in this account, not ${mode}`, 'mode');
  const uiMode = textAt(form, 'ui_mode') ?? 'hosted_page';
  if (uiMode !== 'hosted_page') throw invalid(`Invalid ui_mode: ${uiMode}`, 'ui_mode');
  const successUrl = urlAt(form, 'success_url');
  if (successUrl === null)
    throw invalid('Missing required param: success_url.', 'success_url', 'parameter_missing');
  const { amount, currency } = totalOf(listAt(form, 'line_items'));
  const reference = textAt(form, 'client_reference_id') ?? null;
  if (reference !== null && reference.length > 200)
    throw invalid('client_reference_id must be at most 200 characters', 'client_reference_id');
  const customer = textAt(form, 'customer') ?? null;
  if (customer !== null && account.books.find(customer)?.object !== 'customer')
    throw noSuch('customer', customer, 'customer');
  const intentData = formAt(form, 'payment_intent_data') ?? {};
  const intentMetadata = metadataOf(formAt(intentData, 'metadata'), 'payment_intent_data[metadata]');
  const intentDescription = textAt(intentData, 'description') ?? null;
  const methods = listAt(form, 'payment_method_types').map(String);
  const session = sessionOf(
    {
      amount,
      currency,
      clientReferenceId: reference,
      customerEmail: textAt(form, 'customer_email') ?? null,
      customer,
      metadata: metadataOf(formAt(form, 'metadata')),
      successUrl,
      cancelUrl: urlAt(form, 'cancel_url'),
      expiresAt: expiryOf(form, nowOf(account)),
      locale: textAt(form, 'locale') ?? null,
      paymentMethodTypes: methods.length > 0 ? methods : ['card'],
      origin,
    },
    nowOf(account),
  );
  account.books.add(session);
  account.books.data.intentTerms[session.id] = { metadata: intentMetadata, description: intentDescription };
  account.world.clock.when(Number(session.expires_at) * 1000, () => expire(account, session));
  return session;
}

/** Ends an open session; the others stay as they are. */
export function expire(account: Account, session: StripeObject): boolean {
  if (session.status !== 'open') return false;
  Object.assign(session, { status: 'expired', url: null });
  account.events.happened('checkout.session.expired', session);
  account.books.keep();
  return true;
}

/** `POST /v1/checkout/sessions/:id/expire`. */
export function expireNow(account: Account, session: StripeObject): StripeObject {
  if (!expire(account, session)) {
    throw invalid(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    );
  }
  return session;
}

function totalOf(items: (string | Form)[]): { amount: number; currency: string } {
  if (items.length === 0)
    throw invalid('Missing required param: line_items.', 'line_items', 'parameter_missing');
  let amount = 0;
  let currency = '';
  for (const [at, item] of items.entries()) {
    const path = `line_items[${at}]`;
    const price = typeof item === 'string' ? undefined : formAt(item, 'price_data');
    if (typeof item === 'string' || price === undefined) {
      throw invalid(
        `Missing required param: ${path}[price_data].`,
        `${path}[price_data]`,
        'parameter_missing',
      );
    }
    const quantity = wholeAt(item, 'quantity', `${path}[quantity]`);
    const unit = wholeAt(price, 'unit_amount', `${path}[price_data][unit_amount]`);
    const name = textAt(formAt(price, 'product_data') ?? {}, 'name') ?? textAt(price, 'product');
    if (quantity === undefined)
      throw invalid(`Missing required param: ${path}[quantity].`, `${path}[quantity]`, 'parameter_missing');
    if (unit === undefined || unit < 0)
      throw invalid(
        `Invalid non-negative integer: ${path}[price_data][unit_amount]`,
        `${path}[price_data][unit_amount]`,
        'parameter_invalid_integer',
      );
    if (name === undefined)
      throw invalid(
        `Missing required param: ${path}[price_data][product_data][name].`,
        `${path}[price_data][product_data][name]`,
        'parameter_missing',
      );
    const itemCurrency = textAt(price, 'currency') ?? '';
    if (!/^[a-z]{3}$/.test(itemCurrency))
      throw invalid(`Invalid currency: ${itemCurrency}.`, `${path}[price_data][currency]`);
    if (currency !== '' && currency !== itemCurrency)
      throw invalid('All prices of a session must have the same currency.', 'line_items');
    currency = itemCurrency;
    amount += unit * quantity;
  }
  if (amount < LEAST_AMOUNT) {
    throw invalid(
      "The Checkout Session's total amount due must add up to at least $0.50 usd",
      undefined,
      'amount_too_small',
    );
  }
  return { amount, currency };
}

function expiryOf(form: Form, now: number): number {
  const expiresAt = wholeAt(form, 'expires_at');
  if (expiresAt === undefined) return now + DAY;
  // The real one refuses the second that passed between making and sending the request, too.
  if (expiresAt < now + HALF_HOUR)
    throw invalid(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    );
  if (expiresAt > now + DAY)
    throw invalid(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      'expires_at',
    );
  return expiresAt;
}

function urlAt(form: Form, name: string): string | null {
  const text = textAt(form, name);
  if (text === undefined) return null;
  if (!/^https?:\/\//.test(text)) throw invalid(`Not a valid URL: ${text}`, name, 'url_invalid');
  return text;
}
