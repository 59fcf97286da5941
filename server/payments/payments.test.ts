import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type PaymentWorld, paymentWorld } from '#tests/support/payments.ts';
import { stripeChannel } from './channels/stripe/stripe.ts';

const database = testDatabase();
let world: PaymentWorld;
beforeAll(async () => {
  world = await paymentWorld(database());
});
afterAll(() => world.close());

const usd = (dollars: number) => BigInt(dollars * 1_000_000);
const get = async (member: string, id: string) =>
  (await world.app.call(member, 'GET', `/api/top-ups/${id}`)).json;
const check = (member: string, id: string) => world.app.call(member, 'POST', `/api/top-ups/${id}/check`, {});
const settledBy = (member: string, id: string) =>
  vi.waitFor(async () => expect((await get(member, id)).state).toBe('settled'), { timeout: 10_000 });
/** All notices that the simulator has sent so far are kept and handled. */
const noticesHandled = (count: number) =>
  vi.waitFor(
    async () => {
      const rows = await asService(database().pools, (tx) =>
        tx.selectFrom('payments.webhookInbox').select('state').execute(),
      );
      expect(rows.length).toBeGreaterThanOrEqual(count);
      expect(rows.filter(({ state }) => state === 'received')).toEqual([]);
    },
    { timeout: 10_000 },
  );
const noticeCount = async () =>
  (await asService(database().pools, (tx) => tx.selectFrom('payments.webhookInbox').select('id').execute()))
    .length;
const refusalOf = async (id: string) =>
  (
    await asService(database().pools, (tx) =>
      tx.selectFrom('payments.topUp').select('refusal').where('id', '=', id).executeTakeFirstOrThrow(),
    )
  ).refusal;
/** The simulator misdelivers the notices of the next payment. */
const misdeliver = (webhook: string) =>
  world.stripe(
    'faults',
    ['checkout.session.completed', 'payment_intent.succeeded'].map((type) => ({
      match: { path: `webhook/${type}` },
      times: 1,
      fault: { webhook },
    })),
  );

test('a card payment is credited by its notice, shows brand and last four, and a receipt is mailed', async () => {
  const member = await aPerson(database());
  const { id, sessionId } = await world.topUp(member, 20);
  await world.stripe('pay', { session: sessionId });
  await settledBy(member, id);
  expect(await get(member, id)).toMatchObject({
    state: 'settled',
    amountMicro: '20000000',
    card: { brand: 'visa', last4: '4242' },
    checkoutUrl: null,
  });
  expect(await world.available(member)).toBe(usd(20));
  const mail = await asService(database().pools, (tx) =>
    tx.selectFrom('mail.outbox').selectAll().where('personId', '=', member).execute(),
  );
  expect(mail.map(({ subject }) => subject)).toEqual(['Receipt: 20.00 USD added to your wallet']);
  expect(mail[0]!.bodyText).toContain('Paid to: Operator of the tests, Street 1');
});

test('notices twice, overtaking each other, and twenty checks at once credit once', async () => {
  const member = await aPerson(database());
  const { id, sessionId } = await world.topUp(member, 20);
  await misdeliver('twice');
  await world.stripe('pay', { session: sessionId });
  const answers = await Promise.all(Array.from({ length: 20 }, () => check(member, id)));
  expect(new Set(answers.map(({ json }) => json.state))).toEqual(new Set(['settled']));
  await world.hurry();
  const completed = (await world.objects('event')).filter(
    ({ type }) => type === 'checkout.session.completed' || type === 'payment_intent.succeeded',
  );
  for (const { id: event } of [...completed].reverse()) await world.stripe('events', { event });
  await noticesHandled(completed.length);
  expect(await world.available(member)).toBe(usd(20));
});

test('notices that come late, after the person asked, change nothing', async () => {
  const member = await aPerson(database());
  const { id, sessionId } = await world.topUp(member, 20);
  const before = await noticeCount();
  await misdeliver('reordered');
  await world.stripe('pay', { session: sessionId });
  expect((await check(member, id)).json.state).toBe('settled');
  await noticesHandled(before + 2);
  expect(await world.available(member)).toBe(usd(20));
});

test('when every notice is lost, the poll credits', async () => {
  const member = await aPerson(database());
  const { id, sessionId } = await world.topUp(member, 20);
  await misdeliver('never');
  await world.stripe('pay', { session: sessionId });
  await world.hurry();
  await settledBy(member, id);
  expect(await world.available(member)).toBe(usd(20));
});

test('another sum or currency than was asked for is booked as unmatched, not credited, and staff are told why', async () => {
  const member = await aPerson(database());
  const less = await world.topUp(member, 20);
  await world.stripe('pay', { session: less.sessionId, amount: 500 });
  expect((await check(member, less.id)).json.state).toBe('asked');
  expect(await refusalOf(less.id)).toBe('amount_differs');
  const other = await world.topUp(member, 20);
  await world.stripe('pay', { session: other.sessionId, currency: 'eur' });
  expect((await check(member, other.id)).json.state).toBe('asked');
  expect(await refusalOf(other.id)).toBe('currency_differs');
  await check(member, less.id); // again changes nothing
  expect(await world.available(member)).toBe(0n);
  const unmatched = await asService(database().pools, (tx) =>
    tx
      .selectFrom('ledger.account')
      .select(['currency', 'creditsPosted'])
      .where('code', '=', 2200)
      .orderBy('currency')
      .execute(),
  );
  expect(unmatched).toEqual([
    { currency: 'EUR', creditsPosted: usd(20) },
    { currency: 'USD', creditsPosted: usd(5) },
  ]);
});

test('a delayed method is pending until it settles, and failed when it does not', async () => {
  const member = await aPerson(database());
  const good = await world.topUp(member, 20);
  await world.stripe('pay', { session: good.sessionId, outcome: 'processing' });
  expect((await check(member, good.id)).json.state).toBe('pending');
  expect(await world.available(member)).toBe(0n);
  await world.stripe('settle', { session: good.sessionId, outcome: 'succeeded' });
  await settledBy(member, good.id);
  const bad = await world.topUp(member, 20);
  await world.stripe('pay', { session: bad.sessionId, outcome: 'processing' });
  await world.stripe('settle', { session: bad.sessionId, outcome: 'failed' });
  expect((await check(member, bad.id)).json.state).toBe('failed');
  expect(await world.available(member)).toBe(usd(20));
});

test('asking twice opens one payment; with another sum, or by another person, it is refused', async () => {
  const member = await aPerson(database());
  const id = newId();
  const [first, second] = await Promise.all([world.topUp(member, 20, id), world.topUp(member, 20, id)]);
  expect(first.sessionId).toBe(second.sessionId);
  const more = await world.app.call(member, 'POST', '/api/top-ups', { id, amountMicro: '30000000' });
  expect([more.status, more.json.type]).toEqual([409, '/problems/already-exists']);
  const other = await aPerson(database());
  const stolen = await world.app.call(other, 'POST', '/api/top-ups', { id, amountMicro: '20000000' });
  expect(stolen.status).toBe(409);
  expect((await world.app.call(other, 'GET', `/api/top-ups/${id}`)).status).toBe(404);
  expect((await world.app.call(other, 'POST', `/api/top-ups/${id}/check`, {})).status).toBe(404);
});

test('when the processor did the work and its answer was lost, there is one payment all the same', async () => {
  const member = await aPerson(database());
  await world.stripe('faults', {
    match: { path: '/v1/checkout/sessions' },
    times: 1,
    fault: { lost: true },
  });
  const { id } = await world.topUp(member, 20);
  const sessions = (await world.objects('checkout.session')).filter(
    (session) => session.client_reference_id === id,
  );
  expect(sessions).toHaveLength(1);
});

test('when the processor cannot be asked, the person is told, and the poll opens the payment later', async () => {
  const member = await aPerson(database());
  const id = newId();
  await world.stripe('faults', {
    match: { path: '/v1/checkout/sessions' },
    times: 1,
    fault: { status: 429 },
  });
  const ask = await world.app.call(member, 'POST', '/api/top-ups', { id, amountMicro: '20000000' });
  expect([ask.status, ask.json.type]).toEqual([502, '/problems/provider-fault']);
  expect((await get(member, id)).checkoutUrl).toBeNull();
  await world.hurry();
  await vi.waitFor(async () => expect((await get(member, id)).checkoutUrl).toMatch(/^http/), {
    timeout: 10_000,
  });
});

test('what cannot be a card payment is refused before anything is asked', async () => {
  const member = await aPerson(database());
  const ask = async (body: object, as = member) =>
    (await world.app.call(as, 'POST', '/api/top-ups', { id: newId(), ...body })).status;
  expect(await ask({ amountMicro: '999999' })).toBe(400);
  expect(await ask({ amountMicro: '2000000001' })).toBe(400);
  expect(await ask({ amountMicro: '1000001' })).toBe(400);
  expect(await ask({ amountMicro: '20000000', id: newId(Date.now() - 3 * 86_400_000) })).toBe(400);
  expect(await ask({ amountMicro: '20000000', returnTo: '//evil.example' })).toBe(400);
  expect(await ask({ amountMicro: '20000000', userId: newId() })).toBe(400);
  expect(await ask({ amountMicro: '20000000' }, `${member};unverified`)).toBe(403);
});

test('a flood of top-ups is stopped before it reaches the processor', async () => {
  const member = await aPerson(database());
  const before = (await world.objects('checkout.session')).length;
  const statuses: number[] = [];
  for (let n = 0; n < 40; n++) {
    const body = { id: newId(), amountMicro: '5000000' };
    statuses.push((await world.app.call(member, 'POST', '/api/top-ups', body)).status);
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(30);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  expect((await world.objects('checkout.session')).length).toBe(before + 30);
});

test('an account that closes takes no new money', async () => {
  const member = await aPerson(database());
  await asService(database().pools, (tx) =>
    tx
      .insertInto('privacy.erasure')
      .values({ userId: member, id: newId(), state: 'waiting', eraseAt: new Date() })
      .execute(),
  );
  const { json } = await world.app.call(member, 'POST', '/api/top-ups', {
    id: newId(),
    amountMicro: '5000000',
  });
  expect(json.type).toBe('/problems/account-restricted');
});

test('an expired payment page ends the top-up', async () => {
  const member = await aPerson(database());
  const { id } = await world.topUp(member, 20);
  await world.stripe('clock', { advanceSeconds: 4 * 3600 });
  expect((await check(member, id)).json.state).toBe('expired');
});

test('the channel does not open without a key and a webhook secret', () => {
  const open = (secretKey: string, ...webhookSecrets: string[]) =>
    expect(() => stripeChannel({ secretKey, webhookSecrets }));
  open('', 'whsec_1').toThrow('STRIPE_SECRET_KEY');
  open('sk_test_1').toThrow('STRIPE_WEBHOOK_SECRET');
  open('sk_test_1', '').toThrow('STRIPE_WEBHOOK_SECRET');
  open('sk_test_1', 'whsec_1', 'whsec 2').toThrow('STRIPE_WEBHOOK_SECRET');
});
