import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import type { Simulator } from '../simulator.ts';
import { startStripe } from './stripe.ts';

const secret = 'whsec_test';
const dataDir = mkdtempSync(join(tmpdir(), 'stripe-'));
let simulator: Simulator;
let stripe: Stripe;
let listener: Server;
const arrived: { event: Stripe.Event | null; raw: string; signature: string }[] = [];
const waiting: { type: string; objectId: string | undefined; resolve: (event: Stripe.Event) => void }[] = [];
let refuseNext = 0;

beforeAll(async () => {
  listener = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const raw = Buffer.concat(parts).toString();
      const signature = String(request.headers['stripe-signature']);
      let event: Stripe.Event | null = null;
      try {
        event = stripe.webhooks.constructEvent(raw, signature, secret);
      } catch {}
      arrived.push({ event, raw, signature });
      response.statusCode = refuseNext > 0 ? 500 : 200;
      refuseNext -= 1;
      response.end();
      for (const [at, wish] of waiting.entries()) {
        if (
          event?.type !== wish.type ||
          (wish.objectId !== undefined && (event.data.object as { id: string }).id !== wish.objectId)
        )
          continue;
        waiting.splice(at, 1);
        wish.resolve(event);
        break;
      }
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  await start();
});
afterAll(async () => {
  await simulator.close();
  listener.close();
});

async function start(): Promise<void> {
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`;
  simulator = await startStripe({ webhook: { url, secret }, dataDir });
  const { hostname, port } = new URL(simulator.url);
  stripe = new Stripe('sk_test_sandbox', { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
}

const eventOf = (type: string, objectId?: string) => {
  const found = arrived.find(
    ({ event }) =>
      event?.type === type &&
      (objectId === undefined || (event.data.object as { id: string }).id === objectId),
  );
  if (found?.event) return Promise.resolve(found.event);
  return new Promise<Stripe.Event>((resolve) => waiting.push({ type, objectId, resolve }));
};
const control = async (path: string, body: unknown) => {
  const reply = await fetch(`${simulator.url}/_control/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  const answer = (await reply.json()) as Record<string, string>;
  if (!reply.ok) throw new Error(answer.error);
  return answer;
};
const terms = (amount = 2500): Stripe.Checkout.SessionCreateParams => ({
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
const payOnPage = (session: Stripe.Checkout.Session, fields: Record<string, string> = {}) =>
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
async function paid(card = '4242424242424242', amount = 2500) {
  const session = await stripe.checkout.sessions.create(terms(amount));
  await payOnPage(session, { number: card });
  return stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent.latest_charge.balance_transaction'],
  });
}
const intentOf = (session: Stripe.Checkout.Session) => session.payment_intent as Stripe.PaymentIntent;
const chargeOf = (session: Stripe.Checkout.Session) => intentOf(session).latest_charge as Stripe.Charge;

test('a person pays on the page, is sent back, and signed events tell of it', async () => {
  const session = await stripe.checkout.sessions.create(terms());
  expect(session).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    amount_total: 2500,
    currency: 'usd',
  });
  const page = await (await fetch(session.url ?? '')).text();
  expect(page).toContain('25.00 USD');
  const reply = await payOnPage(session);
  expect([reply.status, reply.headers.get('location')]).toEqual([
    303,
    `http://127.0.0.1:9/ok?session=${session.id}`,
  ]);
  const completed = await eventOf('checkout.session.completed', session.id);
  expect(completed.data.object).toMatchObject({
    id: session.id,
    payment_status: 'paid',
    client_reference_id: 'topup-1',
  });
  const order = arrived.map(({ event }) => event?.type);
  expect(order).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
  ]);
});

test('the books show intent, charge, fee and net', async () => {
  const session = await paid();
  expect(intentOf(session)).toMatchObject({
    status: 'succeeded',
    amount_received: 2500,
    metadata: { top_up: 'topup-1' },
  });
  expect(chargeOf(session).balance_transaction).toMatchObject({
    amount: 2500,
    fee: 103,
    net: 2397,
    type: 'charge',
  });
  const found = await stripe.paymentIntents.search({ query: "metadata['top_up']:'topup-1'" });
  expect(found.data.map(({ id }) => id)).toContain(intentOf(session).id);
});

test('a declined card says so on the page, and the session stays open', async () => {
  const session = await stripe.checkout.sessions.create(terms());
  const reply = await payOnPage(session, { number: '4000 0000 0000 0002' });
  expect(reply.status).toBe(402);
  expect(await reply.text()).toContain('<p role="alert" id="refusal">Your card was declined.</p>');
  await eventOf('payment_intent.payment_failed');
  expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
  expect((await payOnPage(session)).status).toBe(303);
});

test('cancelling leads to the cancel page, and an expired session takes no money', async () => {
  const session = await stripe.checkout.sessions.create(terms());
  const reply = await payOnPage(session, { action: 'cancel' });
  expect(reply.headers.get('location')).toBe('http://127.0.0.1:9/cancelled');
  await stripe.checkout.sessions.expire(session.id);
  await eventOf('checkout.session.expired', session.id);
  expect((await payOnPage(session)).status).toBe(410);
  await expect(stripe.checkout.sessions.expire(session.id)).rejects.toThrow('status of expired');
});

test('the same key gives the same answer, other parameters are refused, and a 500 is kept', async () => {
  const one = await stripe.checkout.sessions.create(terms(), { idempotencyKey: 'k1' });
  const two = await stripe.checkout.sessions.create(terms(), { idempotencyKey: 'k1' });
  expect(two.id).toBe(one.id);
  expect(two.lastResponse.headers['idempotent-replayed']).toBe('true');
  await expect(stripe.checkout.sessions.create(terms(3000), { idempotencyKey: 'k1' })).rejects.toMatchObject({
    type: 'StripeIdempotencyError',
  });
  await control('faults', { match: { path: 'checkout' }, times: 1, fault: { status: 500 } });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(stripe.checkout.sessions.create(terms(), { idempotencyKey: 'k2' })).rejects.toMatchObject({
      statusCode: 500,
    });
  }
});

test('a lost answer is given again to whoever asks with the same key', async () => {
  const before = (await stripe.checkout.sessions.list({ limit: 100 })).data.length;
  await control('faults', { match: { path: 'checkout' }, times: 1, fault: { lost: true } });
  // The package itself asks once more when a socket breaks.
  const session = await stripe.checkout.sessions.create(terms(), { idempotencyKey: 'k3' });
  expect(session.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect((await stripe.checkout.sessions.list({ limit: 100 })).data).toHaveLength(before + 1);
});

test.each([
  [{ mode: undefined }, 'parameter_missing'],
  [{ colour: 'red' }, 'parameter_unknown'],
  [{ line_items: [] }, 'parameter_missing'],
  [{ success_url: 'nowhere' }, 'url_invalid'],
  [
    {
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 10, product_data: { name: 'x' } } },
      ],
    },
    'amount_too_small',
  ],
])('%o is refused', async (change, code) => {
  await expect(stripe.checkout.sessions.create({ ...terms(), ...change } as never)).rejects.toMatchObject({
    code,
  });
});

test('refunds are partial, never more than the charge, and tell of themselves', async () => {
  const session = await paid();
  const payment_intent = intentOf(session).id;
  const refund = await stripe.refunds.create({
    payment_intent,
    amount: 1000,
    metadata: { top_up: 'topup-1' },
  });
  expect(refund).toMatchObject({ status: 'succeeded', amount: 1000 });
  await eventOf('refund.created', refund.id);
  await expect(stripe.refunds.create({ payment_intent, amount: 2000 })).rejects.toThrow(
    'greater than unrefunded',
  );
  await stripe.refunds.create({ payment_intent });
  await expect(stripe.refunds.create({ payment_intent })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  });
  expect(await stripe.charges.retrieve(chargeOf(session).id)).toMatchObject({
    refunded: true,
    amount_refunded: 2500,
  });
});

test('a refund can fail days later', async () => {
  const session = await paid();
  const refund = await stripe.refunds.create({ payment_intent: intentOf(session).id });
  await control('refunds/end', { refund: refund.id, status: 'failed' });
  await eventOf('refund.failed', refund.id);
  expect((await stripe.charges.retrieve(chargeOf(session).id)).amount_refunded).toBe(0);
});

test('a dispute takes money and its fee, and gives it back when won', async () => {
  const session = await paid();
  const dispute = await control('disputes', { payment_intent: intentOf(session).id });
  await eventOf('charge.dispute.funds_withdrawn', dispute.id);
  await expect(stripe.refunds.create({ payment_intent: intentOf(session).id })).rejects.toMatchObject({
    code: 'charge_disputed',
  });
  await control('disputes/close', { dispute: dispute.id, status: 'won' });
  await eventOf('charge.dispute.closed', dispute.id);
  const { balance_transactions } = await stripe.disputes.retrieve(String(dispute.id));
  expect(balance_transactions.map(({ net }) => net)).toEqual([-4000, 4000]);
});

test('an inquiry takes nothing', async () => {
  const session = await paid('4000000000001976');
  const dispute = await eventOf('charge.dispute.created');
  expect((await stripe.disputes.list({ payment_intent: intentOf(session).id })).data[0]).toMatchObject({
    status: 'warning_needs_response',
    balance_transactions: [],
  });
  expect(dispute).toBeDefined();
});

test('a delayed payment completes unpaid, and settles later', async () => {
  const session = await stripe.checkout.sessions.create(terms());
  await control('pay', { session: session.id, outcome: 'processing' });
  const completed = await eventOf('checkout.session.completed', session.id);
  expect(completed.data.object).toMatchObject({ payment_status: 'unpaid' });
  await control('settle', { session: session.id, outcome: 'succeeded' });
  await eventOf('checkout.session.async_payment_succeeded', session.id);
});

test('another sum or currency than asked can be made to arrive', async () => {
  const session = await stripe.checkout.sessions.create(terms());
  await control('pay', { session: session.id, amount: 1, currency: 'jpy' });
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    amount_total: 1,
    currency: 'jpy',
  });
});

test('an event comes twice, forged, stale, and again until it is taken', async () => {
  await control('faults', {
    match: { path: 'webhook/checkout.session.completed' },
    times: 1,
    fault: { webhook: 'twice' },
  });
  const session = await paid();
  const { id } = await eventOf('checkout.session.completed', session.id);
  const count = () => arrived.filter(({ raw }) => raw.includes(id)).length;
  await expect.poll(count).toBe(2);
  await control('events', { event: id, how: 'bad_signature' });
  await control('events', { event: id, how: 'stale_signature' });
  await expect.poll(() => arrived.slice(-2).map(({ event }) => event)).toEqual([null, null]);
  refuseNext = 1;
  await control('events', { event: id });
  await expect.poll(count).toBe(6);
});

test('a payout gathers what was not paid out', async () => {
  const session = await paid();
  const payout = await control('payouts', { status: 'paid' });
  await eventOf('payout.paid', payout.id);
  const movements = await stripe.balanceTransactions.list({ payout: String(payout.id), limit: 100 });
  const charge = chargeOf(session);
  expect(movements.data.map(({ source }) => source)).toContain(charge.id);
  expect(movements.data.reduce((sum, { net }) => sum + net, 0)).toBe(Number(payout.amount));
});

test('payments outlive the simulator', async () => {
  const session = await paid();
  await simulator.close();
  await start();
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
  });
});

test.skipIf(specsMissing)('objects and events fit the types of their version', async () => {
  const expectShape = (value: unknown, name: string) =>
    expectToFit(JSON.parse(JSON.stringify(value)), 'stripe-types', `/components/schemas/${name}`);
  const session = await paid();
  expectShape({ ...session, payment_intent: intentOf(session).id }, 'Checkout.Session');
  expectShape({ ...intentOf(session), latest_charge: chargeOf(session).id }, 'PaymentIntent');
  expectShape(chargeOf(session), 'Charge');
  expectShape(chargeOf(session).balance_transaction, 'BalanceTransaction');
  expectShape(await stripe.refunds.create({ payment_intent: intentOf(session).id, amount: 100 }), 'Refund');
  const dispute = await control('disputes', { payment_intent: intentOf(session).id });
  expectShape(dispute, 'Dispute');
  expectShape(await stripe.customers.create({ email: 'a@example.com' }), 'Customer');
  expectShape(await stripe.balance.retrieve(), 'Balance');
  expectShape(await eventOf('payment_intent.succeeded'), 'PaymentIntentSucceededEvent');
  expectShape(await eventOf('charge.dispute.created', dispute.id), 'ChargeDisputeCreatedEvent');
});
