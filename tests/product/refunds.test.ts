import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { aPerson } from '#tests/support/app.ts';
import {
  aPayment,
  expectSoundBooks,
  feeKnown,
  misdeliver,
  moneyOf,
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
const ask = (member: string, topUpId: string, dollars: number, id = newId()) =>
  world.app.call(member, 'POST', `/api/top-ups/${topUpId}/refunds`, {
    id,
    amountMicro: String(dollars * 1_000_000),
  });
const look = async (member: string, topUpId: string) =>
  (await world.app.call(member, 'GET', `/api/top-ups/${topUpId}/refunds`)).json;
const endsAs = (member: string, topUpId: string, state: string) =>
  vi.waitFor(async () => expect((await look(member, topUpId)).items[0]).toMatchObject({ state }), PATIENCE);
const atProcessor = async (intent: string) =>
  (await world.objects('refund')).filter(({ payment_intent }) => payment_intent === intent);
const subjectsOf = (member: string) =>
  asService(database().pools, async (tx) =>
    (
      await tx
        .selectFrom('mail.outbox')
        .select('subject')
        .where('personId', '=', member)
        .orderBy('id')
        .execute()
    ).map(({ subject }) => subject),
  );

test('a member sends unspent cash back to the card, in parts and never more; a repeat pays once', async () => {
  const { member, topUpId, intent } = await aPayment(database(), world, 20);
  expect(await look(member, topUpId)).toEqual({ refundableMicro: '20000000', items: [] });
  const id = newId();
  const both = await Promise.all([ask(member, topUpId, 8, id), ask(member, topUpId, 8, id)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  await endsAs(member, topUpId, 'succeeded');
  expect((await ask(member, topUpId, 8, id)).json).toMatchObject({ id, state: 'succeeded' });
  expect(await atProcessor(intent)).toHaveLength(1);
  const tooMuch = await ask(member, topUpId, 13);
  expect([tooMuch.status, tooMuch.json.type]).toEqual([409, '/problems/not-possible-now']);
  expect((await ask(member, topUpId, 12)).json.state).toBe('succeeded');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n, heldMicro: 0n });
  expect((await look(member, topUpId)).refundableMicro).toBe('0');
  await quiet(database());
  expect(await subjectsOf(member)).toEqual([
    'Receipt: 20.00 USD added to your wallet',
    'Refund: 8.00 USD goes back to your card',
    'Refund: 12.00 USD goes back to your card',
  ]);
});

test('what is another’s, with another sum, of another time or a fraction of a cent is refused; so is an old sign-in', async () => {
  const { member, topUpId } = await aPayment(database(), world, 20);
  const other = await aPerson(database());
  expect((await ask(other, topUpId, 5)).status).toBe(404);
  expect((await world.app.call(other, 'GET', `/api/top-ups/${topUpId}/refunds`)).status).toBe(404);
  const id = newId();
  expect((await ask(member, topUpId, 5, id)).status).toBe(200);
  expect((await ask(member, topUpId, 6, id)).status).toBe(409);
  expect((await ask(member, topUpId, 5, newId(Date.now() - 3 * 86_400_000))).status).toBe(400);
  expect((await ask(member, topUpId, 0.000001)).status).toBe(400);
  expect((await ask(member, topUpId, 0)).status).toBe(400);
  expect((await ask(member, topUpId, -1)).status).toBe(400);
  expect((await ask(`${member};stale`, topUpId, 5)).json.type).toBe('/problems/fresh-sign-in-required');
});

test('two refunds at once share what is there', async () => {
  const { member, topUpId, intent } = await aPayment(database(), world, 20);
  const answers = await Promise.all(Array.from({ length: 4 }, () => ask(member, topUpId, 9)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409]);
  await quiet(database());
  expect(await atProcessor(intent)).toHaveLength(2);
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('2') });
});

test('a pending refund sets the sum aside until the bank has it; one that fails gives it back', async () => {
  const { member, topUpId, intent } = await aPayment(database(), world, 20, { card: '4000000000007726' });
  expect((await ask(member, topUpId, 5)).json.state).toBe('pending');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('15') });
  const [refund] = await atProcessor(intent);
  await world.stripe('refunds/end', { refund: refund!.id, status: 'failed' });
  await endsAs(member, topUpId, 'failed');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('20') });
});

test('a refund that fails days after it had succeeded is in the wallet again, when its notices were lost too', async () => {
  await misdeliver(world, 'never', ['refund.updated', 'refund.failed']);
  const { member, topUpId, intent } = await aPayment(database(), world, 20);
  expect((await ask(member, topUpId, 5)).json.state).toBe('succeeded');
  // A question that was due before would find it too.
  await quiet(database());
  const [refund] = await atProcessor(intent);
  await world.stripe('refunds/end', { refund: refund!.id, status: 'failed' });
  await quiet(database());
  expect((await look(member, topUpId)).items[0].state).toBe('succeeded');
  await runJob(database(), 'payments.missed');
  await endsAs(member, topUpId, 'returned');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('20') });
  expect((await look(member, topUpId)).refundableMicro).toBe('20000000');
  expect((await subjectsOf(member)).at(-1)).toBe('Your refund of 5.00 USD did not go through');
});

test.each([
  ['its answer is lost', { lost: true }],
  ['it answers with a fault after the work was done', { lost: true, status: 500 }],
  ['it refuses for a while', { status: 429 }],
])('when the processor is asked and %s, the sum waits aside and is paid once', async (_, fault) => {
  const { member, topUpId, intent } = await aPayment(database(), world, 20);
  await world.stripe('faults', { match: { path: '/v1/refunds' }, times: 2, fault });
  const id = newId();
  const { status, json } = await ask(member, topUpId, 7, id);
  expect(status).toBe(200);
  expect(['asked', 'succeeded']).toContain(json.state);
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('13') });
  await vi.waitFor(async () => {
    await world.hurry();
    expect((await look(member, topUpId)).items[0]).toMatchObject({ id, state: 'succeeded' });
  }, PATIENCE);
  await quiet(database());
  expect(await atProcessor(intent)).toHaveLength(1);
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('13') });
});

test('what the processor refuses for good is free again', async () => {
  const { member, topUpId, intent } = await aPayment(database(), world, 20);
  await misdeliver(world, 'never', ['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
  await world.stripe('disputes', { payment_intent: intent, status: 'needs_response', amount: 100 });
  const { json } = await ask(member, topUpId, 5);
  expect(json.state).toBe('failed');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('19'), frozen: true });
});

test('a refund made on the processor’s dashboard leaves the wallet too, and what was spent is owed until the next top-up', async () => {
  const { member, topUpId, intent } = await aPayment(database(), world, 20);
  expect((await ask(member, topUpId, 15)).json.state).toBe('succeeded');
  const made = await fetch(`${world.simulatorUrl}/v1/refunds`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ payment_intent: intent, amount: '500' }),
  });
  expect(made.status).toBe(200);
  await vi.waitFor(async () => expect((await look(member, topUpId)).items).toHaveLength(2), PATIENCE);
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n, owedMicro: 0n });
  await quiet(database());
});

test('at the end the payout empties the clearing account, and the auditor finds nothing', async () => {
  const { topUpId } = await aPayment(database(), world, 5);
  await feeKnown(database(), topUpId);
  const paid = await world.stripe('payouts', {});
  await runJob(database(), 'payments.missed');
  await vi.waitFor(async () => {
    const rows = await asService(database().pools, (tx) =>
      tx.selectFrom('payments.payout').select(['processorId', 'unexplainedMicro']).execute(),
    );
    expect(rows).toEqual([{ processorId: paid.id, unexplainedMicro: 0n }]);
  }, PATIENCE);
  await quiet(database());
  expect(await standsOn(database(), 1100)).toBe(0n);
  expect(await standsOn(database(), 2300)).toBe(0n);
  await expectSoundBooks(database());
});

test('a fault that the processor keeps under its key is kept a day; then the refund is paid, once', async () => {
  const { member, topUpId, intent } = await aPayment(database(), world, 20);
  await quiet(database());
  await world.stripe('faults', { match: { path: '/v1/refunds' }, times: 1, fault: {} });
  await world.stripe('faults', { match: { path: '/v1/refunds' }, times: 1, fault: { status: 500 } });
  const { json } = await ask(member, topUpId, 7);
  expect(json.state).toBe('asked');
  await world.hurry();
  await quiet(database());
  expect((await look(member, topUpId)).items[0].state).toBe('asked');
  expect(await atProcessor(intent)).toEqual([]);
  await world.stripe('clock', { advanceSeconds: 25 * 3600 });
  await runJob(database(), 'payments.open-books');
  await endsAs(member, topUpId, 'succeeded');
  expect(await atProcessor(intent)).toHaveLength(1);
});
