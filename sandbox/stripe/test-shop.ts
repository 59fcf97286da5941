import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import type { Simulator } from '../simulator.ts';
import { startStripe } from './stripe.ts';

const secret = 'whsec_test';

/** What reached the endpoint: an event when its signature was good. */
interface Arrival {
  event: Stripe.Event | null;
  raw: string;
}

/** A shop with the official package, an endpoint for events, and the simulator, for tests. */
export async function openShop(dataDir?: string) {
  const arrived: Arrival[] = [];
  const waiting: { type: string; objectId: string | undefined; resolve: (event: Stripe.Event) => void }[] =
    [];
  const endpoint = { refuseNext: 0 };
  const listener = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const raw = Buffer.concat(parts).toString();
      const event = verified(raw, String(request.headers['stripe-signature']));
      arrived.push({ event, raw });
      response.statusCode = endpoint.refuseNext > 0 ? 500 : 200;
      endpoint.refuseNext -= 1;
      response.end();
      const at = waiting.findIndex((wish) => event !== null && concerns(event, wish.type, wish.objectId));
      if (at !== -1) waiting.splice(at, 1)[0]?.resolve(event as Stripe.Event);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`;
  let simulator: Simulator = await startStripe({ webhook: { url, secret }, dataDir });
  let stripe = packageFor(simulator);
  return {
    get stripe() {
      return stripe;
    },
    arrived,
    endpoint,
    /** Resolves when an event of this type came, about this object if one is named. */
    eventOf(type: string, objectId?: string): Promise<Stripe.Event> {
      const found = arrived.find(({ event }) => event !== null && concerns(event, type, objectId));
      if (found?.event) return Promise.resolve(found.event);
      return new Promise((resolve) => waiting.push({ type, objectId, resolve }));
    },
    async control(path: string, body: unknown): Promise<Record<string, string>> {
      const reply = await fetch(`${simulator.url}/_control/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      const answer = (await reply.json()) as Record<string, string>;
      if (!reply.ok) throw new Error(answer.error);
      return answer;
    },
    /** A paid session, with its intent, charge and balance transaction in it. */
    async paid(card = '4242424242424242') {
      const session = await stripe.checkout.sessions.create(terms());
      await payOnPage(session, { number: card });
      return stripe.checkout.sessions.retrieve(session.id, {
        expand: ['payment_intent.latest_charge.balance_transaction'],
      });
    },
    async restart(): Promise<void> {
      await simulator.close();
      simulator = await startStripe({ webhook: { url, secret }, dataDir });
      stripe = packageFor(simulator);
    },
    async close(): Promise<void> {
      await simulator.close();
      listener.close();
    },
  };
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

function packageFor({ url }: Simulator): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe('sk_test_sandbox', { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
}

function verified(raw: string, signature: string): Stripe.Event | null {
  try {
    return new Stripe('sk_test_sandbox').webhooks.constructEvent(raw, signature, secret);
  } catch {
    return null;
  }
}

function concerns(event: Stripe.Event, type: string, objectId: string | undefined): boolean {
  return (
    event.type === type && (objectId === undefined || (event.data.object as { id: string }).id === objectId)
  );
}

export const terms = (amount = 2500): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  client_reference_id: 'topup-1',
  metadata: { top_up: 'topup-1' },
  payment_intent_data: { metadata: { top_up: 'topup-1' } },
  line_items: [
    {
      quantity: 1,
      price_data: { currency: 'usd', unit_amount: amount, product_data: { name: 'Wallet top-up' } },
    },
  ],
  success_url: 'http://127.0.0.1:9/ok?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'http://127.0.0.1:9/cancelled',
});

export const payOnPage = (session: Stripe.Checkout.Session, fields: Record<string, string> = {}) =>
  fetch(session.url ?? '', {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      action: 'pay',
      number: '4242 4242 4242 4242',
      expiry: '12 / 34',
      cvc: '123',
      email: 'a@example.com',
      ...fields,
    }),
  });

export const intentOf = (session: Stripe.Checkout.Session) => session.payment_intent as Stripe.PaymentIntent;
export const chargeOf = (session: Stripe.Checkout.Session) =>
  intentOf(session).latest_charge as Stripe.Charge;
