import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { accountOf, mustPost, openWallet } from '#server/ledger/ledger.ts';
import { bookAfter } from '#server/payments/after-payment.ts';
import { transactionsOf } from '#server/wallet/transactions.ts';
import { aPerson } from '#tests/support/app.ts';
import {
  aPayment,
  expectSoundBooks,
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
const finance = async () => `${await aPerson(database())};finance`;
const disputesOf = (member: string) =>
  asService(database().pools, (tx) =>
    tx.selectFrom('payments.dispute').selectAll().where('userId', '=', member).orderBy('id').execute(),
  );
const standsAs = (member: string, ...states: string[]) =>
  vi.waitFor(
    async () => expect((await disputesOf(member)).map(({ state }) => state)).toEqual(states),
    PATIENCE,
  );
const dispute = async (intent: string, wish: object = {}) =>
  String((await world.stripe('disputes', { payment_intent: intent, ...wish })).id);
const close = (id: string, status: string) => world.stripe('disputes/close', { dispute: id, status });
const lettersTo = (member: string) =>
  asService(database().pools, async (tx) =>
    (
      await tx
        .selectFrom('mail.outbox')
        .select('subject')
        .where('personId', '=', member)
        .where('kind', '=', 'dispute')
        .orderBy('id')
        .execute()
    ).map(({ subject }) => subject),
  );
/** The member spends: as a charge does, without the generation. */
const spend = (member: string, dollars: number) =>
  asService(database().pools, async (tx) =>
    mustPost(tx, [
      {
        id: newId(),
        kind: 'single',
        code: 'capture',
        debit: await openWallet(tx, member),
        credit: await accountOf(tx, { code: 3100 }),
        amountMicro: BigInt(dollars) * 1_000_000n,
        currency: 'USD',
        groupId: newId(),
      },
    ]),
  );
const ALL = ['created', 'funds_withdrawn', 'closed'].map((what) => `charge.dispute.${what}`);

test('a dispute sets aside what is left and stops spending; won, all is as before and the fee is back', async () => {
  const { member, intent } = await aPayment(database(), world, 20);
  const fees = await standsOn(database(), 4110);
  const id = await dispute(intent);
  await standsAs(member, 'opened');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n, frozen: true });
  expect((await standsOn(database(), 4110)) - fees).toBe(usd('15'));
  expect(await standsOn(database(), 1110)).toBe(usd('20'));
  await close(id, 'won');
  await standsAs(member, 'won');
  await quiet(database());
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: usd('20'), frozen: false });
  expect(await standsOn(database(), 4110)).toBe(fees);
  expect(await standsOn(database(), 1110)).toBe(0n);
  const letters = await lettersTo(member);
  expect(letters.at(-1)).toBe('The dispute about 20.00 USD has ended');
  expect(letters).toContain('A payment of your wallet is disputed: 20.00 USD');
});

test('lost, what was spent is owed; the next top-up pays it, and spending goes on', async () => {
  const { member, intent } = await aPayment(database(), world, 20);
  await spend(member, 12);
  const id = await dispute(intent);
  await standsAs(member, 'opened');
  await close(id, 'lost');
  await standsAs(member, 'lost');
  expect(await moneyOf(database(), member)).toMatchObject({
    availableMicro: 0n,
    owedMicro: usd('12'),
    frozen: true,
  });
  await aPayment(database(), world, 20, { member });
  expect(await moneyOf(database(), member)).toMatchObject({
    availableMicro: usd('8'),
    owedMicro: 0n,
    frozen: false,
  });
  const { json } = await world.app.call(await finance(), 'GET', '/api/console/payments/disputes');
  expect(json.items[0]).toMatchObject({ memberId: member, state: 'lost', amountMicro: '20000000' });
});

test('an inquiry takes nothing and stops spending until it is closed; one that grows into a dispute is one case', async () => {
  const closed = await aPayment(database(), world, 20);
  const asked = await dispute(closed.intent, { status: 'warning_needs_response' });
  await standsAs(closed.member, 'warned');
  expect(await moneyOf(database(), closed.member)).toMatchObject({ availableMicro: usd('20'), frozen: true });
  await close(asked, 'warning_closed');
  await standsAs(closed.member, 'cleared');
  expect(await moneyOf(database(), closed.member)).toMatchObject({ frozen: false });
  const grown = await aPayment(database(), world, 20);
  const id = await dispute(grown.intent, { status: 'warning_needs_response' });
  await standsAs(grown.member, 'warned');
  await world.stripe('disputes/escalate', { dispute: id });
  await standsAs(grown.member, 'opened');
  await close(id, 'won');
  await standsAs(grown.member, 'won');
});

test('a warning of fraud stops spending until finance has looked, the card is refunded, or a dispute takes its place', async () => {
  const looked = await aPayment(database(), world, 20, { card: '4000000000005423' });
  await standsAs(looked.member, 'warned');
  expect(await moneyOf(database(), looked.member)).toMatchObject({ frozen: true });
  const [warning] = await disputesOf(looked.member);
  const wish = { disputeId: warning!.id, reason: 'The cardholder wrote that it was them.' };
  const clear = async (who: string) =>
    (await world.app.call(who, 'POST', '/api/console/payments/warning', wish)).status;
  expect(await clear(looked.member)).toBe(403);
  expect(await clear(`${await aPerson(database())};support`)).toBe(403);
  expect(await clear(`${await aPerson(database())};auditor`)).toBe(403);
  expect(await clear(await finance())).toBe(204);
  expect(await clear(await finance())).toBe(404);
  expect(await moneyOf(database(), looked.member)).toMatchObject({ frozen: false });

  const refunded = await aPayment(database(), world, 20, { card: '4000000000005423' });
  await standsAs(refunded.member, 'warned');
  const refund = await world.app.call(await finance(), 'POST', '/api/console/payments/refund', {
    id: newId(),
    memberId: refunded.member,
    topUpId: refunded.topUpId,
    amountMicro: '20000000',
    reason: 'The bank warns of fraud: back to the card.',
  });
  expect([refund.status, refund.json.state]).toEqual([200, 'succeeded']);
  await standsAs(refunded.member, 'cleared');
  expect(await moneyOf(database(), refunded.member)).toMatchObject({ availableMicro: 0n, frozen: false });

  const disputed = await aPayment(database(), world, 20, { card: '4000000000005423' });
  await standsAs(disputed.member, 'warned');
  await dispute(disputed.intent);
  await standsAs(disputed.member, 'cleared', 'opened');
  expect(await moneyOf(database(), disputed.member)).toMatchObject({ availableMicro: 0n, frozen: true });
});

test.each(['twice', 'late', 'reordered', 'bad_signature'])(
  'notices that come %s book a dispute once',
  async (how) => {
    const { member, intent } = await aPayment(database(), world, 20);
    await quiet(database());
    const before = await standsOn(database(), 4110);
    await misdeliver(world, how, ['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
    const id = await dispute(intent);
    if (how === 'bad_signature') {
      await quiet(database());
      expect(await disputesOf(member)).toEqual([]); // forged: nothing is asked
      await runJob(database(), 'payments.missed');
    }
    await standsAs(member, 'opened');
    const events = (await world.objects('event')).filter(({ type }) => String(type).includes('dispute'));
    for (const { id: event } of events.slice(-2).reverse()) await world.stripe('events', { event });
    await close(id, 'lost');
    await runJob(database(), 'payments.missed');
    await standsAs(member, 'lost');
    await quiet(database());
    expect((await standsOn(database(), 4110)) - before).toBe(usd('15'));
    expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n, owedMicro: 0n });
  },
);

test('when every notice is lost, the daily question tells of a dispute from its beginning to its end', async () => {
  const { member, intent } = await aPayment(database(), world, 20);
  await spend(member, 5);
  await quiet(database());
  await misdeliver(world, 'never', ALL);
  await close(await dispute(intent), 'lost');
  expect(await disputesOf(member)).toEqual([]);
  await Promise.all(
    Array.from({ length: 8 }, () => bookAfter(world.payments, world.payments.channels[0]!, intent)),
  );
  await standsAs(member, 'lost');
  expect(await moneyOf(database(), member)).toMatchObject({ availableMicro: 0n, owedMicro: usd('5') });
  expect(await lettersTo(member)).toEqual(['The dispute about 20.00 USD has ended']);
});

test('the member sees it in the wallet’s list, and cannot have the card refunded meanwhile', async () => {
  const { member, topUpId, intent } = await aPayment(database(), world, 20);
  await dispute(intent, { amount: 500 });
  await runJob(database(), 'payments.missed');
  await standsAs(member, 'opened');
  const { json } = await world.app.call(member, 'GET', `/api/top-ups/${topUpId}/refunds`);
  expect(json.refundableMicro).toBe('15000000');
  const { items } = await asMember(database().pools, member, (tx) => transactionsOf(tx, member, null, 10));
  expect(items.map(({ kind, heldMicro, amountMicro }) => [kind, heldMicro ?? amountMicro])).toEqual([
    ['dispute', usd('5')],
    ['top-up', usd('20')],
  ]);
});

test('after all this the payout empties the clearing account, and the auditor finds nothing', async () => {
  await quiet(database());
  const open = (await world.objects('dispute')).filter(({ status }) => status === 'needs_response');
  for (const { id } of open) await close(String(id), 'won');
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
  expect(await standsOn(database(), 1110)).toBe(0n);
  await expectSoundBooks(database());
});
