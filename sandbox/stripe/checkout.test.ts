import { afterAll, beforeAll, expect, test } from 'vitest';
import { chargeOf, intentOf, openShop, payOnPage, type Shop, terms } from './test-shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

test('a person pays on the page, is sent back, and signed events tell of it', async () => {
  const session = await shop.stripe.checkout.sessions.create(terms());
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
  const completed = await shop.eventOf('checkout.session.completed', session.id);
  expect(completed.data.object).toMatchObject({
    id: session.id,
    payment_status: 'paid',
    client_reference_id: 'topup-1',
  });
  const order = shop.arrived.map(({ event }) => event?.type);
  expect(order).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
  ]);
});

test('the books show intent, charge, fee and net', async () => {
  const session = await shop.paid();
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
  const found = await shop.stripe.paymentIntents.search({ query: "metadata['top_up']:'topup-1'" });
  expect(found.data.map(({ id }) => id)).toContain(intentOf(session).id);
});

test('a declined card says so on the page, and the session stays open', async () => {
  const session = await shop.stripe.checkout.sessions.create(terms());
  const reply = await payOnPage(session, { number: '4000 0000 0000 0002' });
  expect(reply.status).toBe(402);
  expect(await reply.text()).toContain('<p role="alert" id="refusal">Your card was declined.</p>');
  await shop.eventOf('payment_intent.payment_failed');
  expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
  expect((await payOnPage(session)).status).toBe(303);
});

test('cancelling leads to the cancel page, and an expired session takes no money', async () => {
  const session = await shop.stripe.checkout.sessions.create(terms());
  const reply = await payOnPage(session, { action: 'cancel' });
  expect(reply.headers.get('location')).toBe('http://127.0.0.1:9/cancelled');
  await shop.stripe.checkout.sessions.expire(session.id);
  await shop.eventOf('checkout.session.expired', session.id);
  expect((await payOnPage(session)).status).toBe(410);
  await expect(shop.stripe.checkout.sessions.expire(session.id)).rejects.toThrow('status of expired');
});

test('the same key gives the same answer, other parameters are refused, and a 500 is kept', async () => {
  const one = await shop.stripe.checkout.sessions.create(terms(), { idempotencyKey: 'k1' });
  const two = await shop.stripe.checkout.sessions.create(terms(), { idempotencyKey: 'k1' });
  expect(two.id).toBe(one.id);
  expect(two.lastResponse.headers['idempotent-replayed']).toBe('true');
  await expect(
    shop.stripe.checkout.sessions.create(terms(3000), { idempotencyKey: 'k1' }),
  ).rejects.toMatchObject({
    type: 'StripeIdempotencyError',
  });
  await shop.control('faults', { match: { path: 'checkout' }, times: 1, fault: { status: 500 } });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(
      shop.stripe.checkout.sessions.create(terms(), { idempotencyKey: 'k2' }),
    ).rejects.toMatchObject({
      statusCode: 500,
    });
  }
});

test('a lost answer is given again to whoever asks with the same key', async () => {
  const before = (await shop.stripe.checkout.sessions.list({ limit: 100 })).data.length;
  await shop.control('faults', { match: { path: 'checkout' }, times: 1, fault: { lost: true } });
  // The package itself asks once more when a socket breaks.
  const session = await shop.stripe.checkout.sessions.create(terms(), { idempotencyKey: 'k3' });
  expect(session.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect((await shop.stripe.checkout.sessions.list({ limit: 100 })).data).toHaveLength(before + 1);
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
  await expect(
    shop.stripe.checkout.sessions.create({ ...terms(), ...change } as never),
  ).rejects.toMatchObject({
    code,
  });
});
