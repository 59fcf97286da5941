import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { chargeOf, intentOf, openShop, type Shop, terms } from './test-shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop(mkdtempSync(join(tmpdir(), 'stripe-')));
});
afterAll(() => shop.close());

test('refunds are partial, never more than the charge, and tell of themselves', async () => {
  const session = await shop.paid();
  const payment_intent = intentOf(session).id;
  const refund = await shop.stripe.refunds.create({
    payment_intent,
    amount: 1000,
    metadata: { top_up: 'topup-1' },
  });
  expect(refund).toMatchObject({ status: 'succeeded', amount: 1000 });
  await shop.eventOf('refund.created', refund.id);
  await expect(shop.stripe.refunds.create({ payment_intent, amount: 2000 })).rejects.toThrow(
    'greater than unrefunded',
  );
  await shop.stripe.refunds.create({ payment_intent });
  await expect(shop.stripe.refunds.create({ payment_intent })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  });
  expect(await shop.stripe.charges.retrieve(chargeOf(session).id)).toMatchObject({
    refunded: true,
    amount_refunded: 2500,
  });
});

test('a refund can fail days later', async () => {
  const session = await shop.paid();
  const refund = await shop.stripe.refunds.create({ payment_intent: intentOf(session).id });
  await shop.control('refunds/end', { refund: refund.id, status: 'failed' });
  await shop.eventOf('refund.failed', refund.id);
  expect((await shop.stripe.charges.retrieve(chargeOf(session).id)).amount_refunded).toBe(0);
});

test('a dispute takes money and its fee, and gives it back when won', async () => {
  const session = await shop.paid();
  const dispute = await shop.control('disputes', { payment_intent: intentOf(session).id });
  await shop.eventOf('charge.dispute.funds_withdrawn', dispute.id);
  await expect(shop.stripe.refunds.create({ payment_intent: intentOf(session).id })).rejects.toMatchObject({
    code: 'charge_disputed',
  });
  await shop.control('disputes/close', { dispute: dispute.id, status: 'won' });
  await shop.eventOf('charge.dispute.closed', dispute.id);
  const { balance_transactions } = await shop.stripe.disputes.retrieve(String(dispute.id));
  expect(balance_transactions.map(({ net }) => net)).toEqual([-4000, 4000]);
});

test('an inquiry takes nothing', async () => {
  const session = await shop.paid('4000000000001976');
  const dispute = await shop.eventOf('charge.dispute.created');
  expect((await shop.stripe.disputes.list({ payment_intent: intentOf(session).id })).data[0]).toMatchObject({
    status: 'warning_needs_response',
    balance_transactions: [],
  });
  expect(dispute).toBeDefined();
});

test('a delayed payment completes unpaid, and settles later', async () => {
  const session = await shop.stripe.checkout.sessions.create(terms());
  await shop.control('pay', { session: session.id, outcome: 'processing' });
  const completed = await shop.eventOf('checkout.session.completed', session.id);
  expect(completed.data.object).toMatchObject({ payment_status: 'unpaid' });
  await shop.control('settle', { session: session.id, outcome: 'succeeded' });
  await shop.eventOf('checkout.session.async_payment_succeeded', session.id);
});

test('another sum or currency than asked can be made to arrive', async () => {
  const session = await shop.stripe.checkout.sessions.create(terms());
  await shop.control('pay', { session: session.id, amount: 1, currency: 'jpy' });
  expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    amount_total: 1,
    currency: 'jpy',
  });
});

test('an event comes twice, forged, stale, and again until it is taken', async () => {
  await shop.control('faults', {
    match: { path: 'webhook/checkout.session.completed' },
    times: 1,
    fault: { webhook: 'twice' },
  });
  const session = await shop.paid();
  const { id } = await shop.eventOf('checkout.session.completed', session.id);
  const count = () => shop.arrived.filter(({ raw }) => raw.includes(id)).length;
  await expect.poll(count).toBe(2);
  await shop.control('events', { event: id, how: 'bad_signature' });
  await shop.control('events', { event: id, how: 'stale_signature' });
  await expect.poll(() => shop.arrived.slice(-2).map(({ event }) => event)).toEqual([null, null]);
  shop.endpoint.refuseNext = 1;
  await shop.control('events', { event: id });
  await expect.poll(count).toBe(6);
});

test('a payout gathers what was not paid out', async () => {
  const session = await shop.paid();
  const payout = await shop.control('payouts', { status: 'paid' });
  await shop.eventOf('payout.paid', payout.id);
  const movements = await shop.stripe.balanceTransactions.list({ payout: String(payout.id), limit: 100 });
  const charge = chargeOf(session);
  expect(movements.data.map(({ source }) => source)).toContain(charge.id);
  expect(movements.data.reduce((sum, { net }) => sum + net, 0)).toBe(Number(payout.amount));
});

test('payments outlive the simulator', async () => {
  const session = await shop.paid();
  await shop.restart();
  expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
  });
});

test.skipIf(specsMissing)('objects and events fit the types of their version', async () => {
  const expectShape = (value: unknown, name: string) =>
    expectToFit(JSON.parse(JSON.stringify(value)), 'stripe-types', `/components/schemas/${name}`);
  const session = await shop.paid();
  expectShape({ ...session, payment_intent: intentOf(session).id }, 'Checkout.Session');
  expectShape({ ...intentOf(session), latest_charge: chargeOf(session).id }, 'PaymentIntent');
  expectShape(chargeOf(session), 'Charge');
  expectShape(chargeOf(session).balance_transaction, 'BalanceTransaction');
  expectShape(
    await shop.stripe.refunds.create({ payment_intent: intentOf(session).id, amount: 100 }),
    'Refund',
  );
  const dispute = await shop.control('disputes', { payment_intent: intentOf(session).id });
  expectShape(dispute, 'Dispute');
  expectShape(await shop.stripe.customers.create({ email: 'a@example.com' }), 'Customer');
  expectShape(await shop.stripe.balance.retrieve(), 'Balance');
  expectShape(await shop.eventOf('payment_intent.succeeded'), 'PaymentIntentSucceededEvent');
  expectShape(await shop.eventOf('charge.dispute.created', dispute.id), 'ChargeDisputeCreatedEvent');
});
