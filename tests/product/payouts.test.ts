import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { waitingMoney } from '#server/ledger/waiting.ts';
import {
  aPayment,
  expectSoundBooks,
  feeKnown,
  misdeliver,
  quiet,
  runJob,
  standsOn,
} from '#tests/support/clearing.ts';
import { testDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';
import { type PaymentWorld, paymentWorld } from '#tests/support/payments.ts';

const database = testDatabase();
let world: PaymentWorld;
beforeAll(async () => {
  world = await paymentWorld(database());
});
afterAll(() => world.close());

const PATIENCE = { timeout: 15_000 };
const payouts = () =>
  asService(database().pools, (tx) =>
    tx.selectFrom('payments.payout').selectAll().orderBy('createdAt').execute(),
  );
const payOut = async (wish: object = {}) => String((await world.stripe('payouts', wish)).id);
const bookedAs = (id: string, state: string) =>
  vi.waitFor(
    async () =>
      expect((await payouts()).find(({ processorId }) => processorId === id)).toMatchObject({ state }),
    PATIENCE,
  );

test('the fee of a payment is booked once, also when it is known later, and a payout empties the clearing account', async () => {
  const first = await aPayment(database(), world, 20);
  await feeKnown(database(), first.topUpId);
  expect(await standsOn(database(), 4100)).toBe(usd('0.88'));
  expect(await standsOn(database(), 1100)).toBe(usd('19.12'));
  const later = await aPayment(database(), world, 10, { booked: 'later' });
  await quiet(database());
  expect(await standsOn(database(), 1100)).toBe(usd('29.12'));
  await world.stripe('book', { payment_intent: later.intent });
  await feeKnown(database(), later.topUpId);
  expect(await standsOn(database(), 4100)).toBe(usd('1.47'));
  await bookedAs(await payOut(), 'paid');
  expect(await standsOn(database(), 1100)).toBe(0n);
  expect(await standsOn(database(), 1200)).toBe(usd('28.53'));
  await quiet(database());
  await expectSoundBooks(database());
});

test('a payout that the bank refuses comes back, and leaves with the next one', async () => {
  const bank = await standsOn(database(), 1200);
  await aPayment(database(), world, 20);
  const refused = await payOut();
  await bookedAs(refused, 'paid');
  await world.stripe('payouts/fail', { payout: refused });
  await bookedAs(refused, 'returned');
  expect(await standsOn(database(), 1100)).toBe(usd('19.12'));
  expect(await standsOn(database(), 1200)).toBe(bank);
  await bookedAs(await payOut(), 'paid');
  expect(await standsOn(database(), 1100)).toBe(0n);
  expect((await payouts()).map(({ unexplainedMicro }) => unexplainedMicro)).toEqual([0n, 0n, 0n]);
});

test('a payout that failed at once was never booked, and the processor’s own fees are', async () => {
  const { topUpId } = await aPayment(database(), world, 20);
  await feeKnown(database(), topUpId);
  await payOut({ status: 'failed' });
  await world.stripe('fees', { amount: 7 });
  const fees = await standsOn(database(), 4100);
  await bookedAs(await payOut(), 'paid');
  expect((await standsOn(database(), 4100)) - fees).toBe(usd('0.07'));
  expect(await standsOn(database(), 1100)).toBe(0n);
});

test('when every notice is lost, the lists tell of fee and payout; twice changes nothing', async () => {
  await misdeliver(world, 'never', ['charge.updated', 'payout.paid', 'payout.failed', 'payout.paid']);
  const { topUpId, intent } = await aPayment(database(), world, 20, { booked: 'later' });
  await quiet(database());
  await world.stripe('book', { payment_intent: intent });
  const paid = await payOut();
  await runJob(database(), 'payments.missed');
  await runJob(database(), 'payments.missed');
  await bookedAs(paid, 'paid');
  await feeKnown(database(), topUpId);
  await world.stripe('payouts/fail', { payout: paid });
  await runJob(database(), 'payments.missed');
  await bookedAs(paid, 'returned');
  const again = await payOut();
  await runJob(database(), 'payments.missed');
  await bookedAs(again, 'paid');
  await quiet(database());
  expect(await standsOn(database(), 1100)).toBe(0n);
  expect(await asService(database().pools, (tx) => waitingMoney(tx))).toEqual([]);
  await expectSoundBooks(database());
});

test('a payout with money of which we know nothing is booked, and says how much a person must look for', async () => {
  const stranger = await fetch(`${world.simulatorUrl}/v1/checkout/sessions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      mode: 'payment',
      success_url: 'http://127.0.0.1:9/',
      'line_items[0][quantity]': '1',
      'line_items[0][price_data][currency]': 'usd',
      'line_items[0][price_data][unit_amount]': '1000',
      'line_items[0][price_data][product_data][name]': 'Something else',
    }),
  });
  await world.stripe('pay', { session: ((await stranger.json()) as { id: string }).id });
  const id = await payOut();
  await bookedAs(id, 'paid');
  expect((await payouts()).at(-1)).toMatchObject({ processorId: id, unexplainedMicro: usd('9.41') });
  expect(await standsOn(database(), 1100)).toBe(-usd('9.41'));
});
