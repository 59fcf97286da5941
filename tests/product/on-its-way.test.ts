import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asMember, asService } from '#server/database/transaction.ts';
import { transactionsOf } from '#server/wallet/transactions.ts';
import { aPerson } from '#tests/support/app.ts';
import { expectSoundBooks, misdeliver, moneyOf, quiet, runJob, standsOn } from '#tests/support/clearing.ts';
import { testDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';
import { type PaymentWorld, paymentWorld } from '#tests/support/payments.ts';

const database = testDatabase();
let world: PaymentWorld;
beforeAll(async () => {
  world = await paymentWorld(database());
});
afterAll(() => world.close());

const stateIs = (member: string, id: string, state: string) =>
  vi.waitFor(
    async () =>
      expect((await world.app.call(member, 'GET', `/api/top-ups/${id}`)).json).toMatchObject({ state }),
    { timeout: 15_000 },
  );
const listOf = async (member: string) =>
  (await asMember(database().pools, member, (tx) => transactionsOf(tx, member, null, 10))).items.map(
    ({ kind, amountMicro }) => [kind, amountMicro],
  );
/** Pays by a method that takes days. */
async function onItsWay(wish: object = {}) {
  const member = await aPerson(database());
  const topUp = await world.topUp(member, 20);
  await world.stripe('pay', { session: topUp.sessionId, outcome: 'processing', ...wish });
  await stateIs(member, topUp.id, 'pending');
  return { member, ...topUp };
}
const settle = (session: string, outcome: string) => world.stripe('settle', { session, outcome });
const refusalOf = (id: string) =>
  asService(database().pools, async (tx) => {
    const row = tx.selectFrom('payments.topUp').select('refusal').where('id', '=', id);
    return (await row.executeTakeFirstOrThrow()).refusal;
  });

test('a delayed payment is seen on its way and cannot be spent; it settles once, by notice and by question', async () => {
  const { member, id, sessionId } = await onItsWay();
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n, incomingMicro: usd('20') });
  expect(await listOf(member)).toEqual([['top-up-pending', usd('20')]]);
  await misdeliver(world, 'twice', ['checkout.session.async_payment_succeeded', 'payment_intent.succeeded']);
  await settle(sessionId, 'succeeded');
  await Promise.all(
    Array.from({ length: 5 }, () => world.app.call(member, 'POST', `/api/top-ups/${id}/check`, {})),
  );
  await stateIs(member, id, 'settled');
  await quiet(database());
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('20'), incomingMicro: 0n });
  expect(await listOf(member)).toEqual([['top-up', usd('20')]]);
});

test('one that fails goes, also when its notice is lost', async () => {
  const { member, id, sessionId } = await onItsWay();
  await misdeliver(world, 'never', [
    'checkout.session.async_payment_failed',
    'payment_intent.payment_failed',
  ]);
  await settle(sessionId, 'failed');
  await runJob(database(), 'payments.missed');
  await stateIs(member, id, 'failed');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n, incomingMicro: 0n });
  expect(await listOf(member)).toEqual([]);
});

test('one that comes as another sum is not credited, and nothing stays on its way', async () => {
  const { member, id, sessionId } = await onItsWay({ amount: 700 });
  await settle(sessionId, 'succeeded');
  await stateIs(member, id, 'failed');
  expect(await refusalOf(id)).toBe('amount_differs');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n, incomingMicro: 0n });
});

test('one that comes after it had failed is kept for its owner, and a person is told', async () => {
  const { member, id, sessionId } = await onItsWay();
  await settle(sessionId, 'failed');
  await stateIs(member, id, 'failed');
  await settle(sessionId, 'succeeded');
  await vi.waitFor(async () => expect(await refusalOf(id)).toBe('failed_before'), { timeout: 15_000 });
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n });
  expect(await standsOn(database(), 2200)).toBe(-usd('27'));
});

test('finance gives unmatched money to who paid it, or sends it back to its card; the accounts in between empty', async () => {
  const desk = `${await aPerson(database())};finance`;
  const url = '/api/console/payments/unmatched';
  const { items } = (await world.app.call(desk, 'GET', url)).json as {
    items: { id: string; memberId: string; refusal: string; amountMicro: string }[];
  };
  expect(items.map(({ refusal, amountMicro }) => [refusal, amountMicro])).toEqual([
    ['amount_differs', '7000000'],
    ['failed_before', '20000000'],
  ]);
  const [less, late] = items;
  const decide = async (who: string, id: string, to: string) =>
    (await world.app.call(who, 'POST', url, { id, to, reason: 'Seen with the processor, it is theirs.' }))
      .status;
  expect(await decide(late!.memberId, late!.id, 'wallet')).toBe(403);
  expect(await decide(`${await aPerson(database())};auditor`, late!.id, 'wallet')).toBe(403);
  expect(await decide(`${late!.memberId};finance`, late!.id, 'wallet')).toBe(403);
  expect(await decide(desk, late!.id, 'wallet')).toBe(204);
  expect(await decide(desk, late!.id, 'card')).toBe(404);
  expect(await moneyOf(database(), late!.memberId)).toMatchObject({ availableMicro: usd('20') });
  await world.stripe('faults', { match: { path: '/v1/refunds' }, times: 1, fault: { lost: true } });
  expect(await decide(desk, less!.id, 'card')).toBe(204);
  expect(await decide(desk, less!.id, 'card')).toBe(404);
  expect(await standsOn(database(), 2200)).toBe(0n);
  expect((await world.objects('refund')).map(({ amount }) => amount)).toEqual([700]);
});

test('the books are sound afterwards, and the payout empties the clearing account', async () => {
  await quiet(database());
  await world.stripe('payouts', {});
  await vi.waitFor(async () => expect(await standsOn(database(), 1100)).toBe(0n), { timeout: 15_000 });
  await expectSoundBooks(database());
});
