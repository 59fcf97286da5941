import Stripe from 'stripe';
import {
  type Channel,
  ChannelFault,
  ChannelRefused,
  type OpenedPayment,
  type PaymentAsk,
  type PaymentState,
} from '../../channel.ts';
import { toMinor } from '../../minor-units.ts';
import { stripeBooks } from './books.ts';
import { noticeOf, stateOf } from './wire.ts';

export interface StripeSettings {
  secretKey: string;
  /** Signing secrets of the webhook endpoint: two during a rotation. */
  webhookSecrets: readonly string[];
  /** Origin of a simulator in place of api.stripe.com. */
  apiUrl?: string;
}

/** Stripe's own default tolerance; the library refuses only old stamps, we refuse future ones too. */
const TOLERANCE_SECONDS = 300;
const TIMEOUT_MS = 15_000;

/**
 * Card payments on Stripe's own page (Checkout): no card number ever reaches us.
 * Throws `ChannelRefused` without key or webhook secret: there is no default and no way to skip the check.
 */
export function stripeChannel(settings: StripeSettings): Channel {
  refuseWeak(settings);
  const live = /^(sk|rk)_live_/.test(settings.secretKey);
  const stripe = new Stripe(settings.secretKey, { ...clientOf(settings.apiUrl), telemetry: false });
  return {
    id: 'card',
    rail: 'stripe',
    name: 'Card',
    live,
    open: (ask) => asked(() => openSession(stripe, ask)),
    look: (sessionId) => asked(() => lookAt(stripe, sessionId)),
    books: stripeBooks(stripe, asked),
    webhook: {
      path: '/webhooks/stripe',
      read: (raw, headers, now) => {
        const signature = headers['stripe-signature'];
        if (typeof signature !== 'string') return { is: 'forged', why: 'no signature' };
        const stamp = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1]);
        if (!(stamp - now.getTime() / 1000 <= TOLERANCE_SECONDS))
          return { is: 'forged', why: 'stamp in the future' };
        for (const secret of settings.webhookSecrets) {
          const event = verified(stripe, raw, signature, secret, now);
          if (event !== null) return noticeOf(event);
        }
        return { is: 'forged', why: 'signature or stamp is not good' };
      },
    },
  };
}

function refuseWeak({ secretKey, webhookSecrets }: StripeSettings) {
  const unfit = (secret: string) => secret === '' || /\s/.test(secret);
  if (unfit(secretKey)) throw new ChannelRefused('STRIPE_SECRET_KEY is empty or has white space');
  if (webhookSecrets.length === 0 || webhookSecrets.some(unfit))
    throw new ChannelRefused('STRIPE_WEBHOOK_SECRET is missing, empty or has white space');
}

function clientOf(apiUrl: string | undefined) {
  const shared = { timeout: TIMEOUT_MS, maxNetworkRetries: 1 };
  if (apiUrl === undefined) return shared;
  const { protocol, hostname, port } = new URL(apiUrl);
  return {
    ...shared,
    protocol: protocol === 'http:' ? ('http' as const) : ('https' as const),
    host: hostname,
    port,
  };
}

/** https://docs.stripe.com/api/checkout/sessions/create, read 2026-11-24. */
async function openSession(stripe: Stripe, ask: PaymentAsk): Promise<OpenedPayment> {
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'payment',
      client_reference_id: ask.topUpId,
      metadata: { top_up: ask.topUpId },
      // Session and intent tell of the same money: both name the top-up, so that any event finds it.
      payment_intent_data: { metadata: { top_up: ask.topUpId } },
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: ask.currency.toLowerCase(),
            unit_amount: toMinor(ask.amountMicro, ask.currency),
            product_data: { name: 'Wallet top-up' },
          },
        },
      ],
      success_url: ask.successUrl,
      cancel_url: ask.cancelUrl,
      expires_at: Math.floor(ask.expiresAt.getTime() / 1000),
    },
    { idempotencyKey: ask.requestKey },
  );
  if (session.url === null) throw new ChannelFault('the session has no address');
  return { sessionId: session.id, checkoutUrl: session.url };
}

async function lookAt(stripe: Stripe, sessionId: string): Promise<PaymentState> {
  const session = await stripe.checkout.sessions.retrieve(sessionId, {
    expand: ['payment_intent.latest_charge'],
  });
  return stateOf(session);
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ChannelFault) throw cause;
    // Stripe's messages may repeat what was sent: only its class and code go on.
    const name =
      cause instanceof Stripe.errors.StripeError ? `${cause.type} ${cause.code ?? ''}` : 'no answer';
    throw new ChannelFault(`Stripe: ${name.trim()}`, { cause });
  }
}

function verified(
  stripe: Stripe,
  raw: Buffer,
  signature: string,
  secret: string,
  now: Date,
): Stripe.Event | null {
  try {
    return stripe.webhooks.constructEvent(
      raw,
      signature,
      secret,
      TOLERANCE_SECONDS,
      undefined,
      now.getTime(),
    );
  } catch {
    return null; // another secret may fit during a rotation; the caller answers when none does
  }
}
