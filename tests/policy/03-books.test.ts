import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { type PaymentWorld, paymentWorld } from '#tests/support/payments.ts';

const database = testDatabase();
let world: PaymentWorld;
beforeAll(async () => {
  world = await paymentWorld(database());
});
afterAll(() => world.close());

/** What may befall one payment, from the person, the bank, or the network. */
const fate = fc.record({
  dollars: fc.integer({ min: 1, max: 50 }),
  how: fc.constantFrom(
    'paid',
    'paid',
    'paid',
    'declined',
    'left',
    'later',
    'later-refused',
    'less',
    'other-currency',
  ),
  notices: fc.constantFrom('twice', 'never', 'reordered', 'bad_signature', 'stale_signature', undefined),
  checks: fc.integer({ min: 0, max: 4 }),
});
type Fate = typeof fate extends fc.Arbitrary<infer F> ? F : never;

test('3.5 whatever befalls payments, the ledger, the wallets and the processor agree to the cent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 3, maxLength: 8 }), async (fates) => {
      await Promise.all(fates.map(suffer));
      await world.hurry(); // what was lost is asked for
      await vi.waitFor(async () => expect(await booked()).toEqual(await received()), { timeout: 15_000 });
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 120_000);

async function suffer({ dollars, how, notices, checks }: Fate): Promise<void> {
  const member = await aPerson(database());
  const { id, sessionId: session } = await world.topUp(member, dollars);
  if (notices !== undefined)
    await world.stripe(
      'faults',
      ['checkout.session.completed', 'payment_intent.succeeded'].map((type) => ({
        match: { path: `webhook/${type}` },
        times: 1,
        fault: { webhook: notices },
      })),
    );
  const pay = (wish: object) => world.stripe('pay', { session, ...wish });
  if (how === 'paid') await pay({});
  if (how === 'declined') await pay({ card: '4000000000000002' });
  if (how === 'less') await pay({ amount: 1 });
  if (how === 'other-currency') await pay({ currency: 'eur' });
  if (how === 'later' || how === 'later-refused') {
    await pay({ outcome: 'processing' });
    await world.stripe('settle', { session, outcome: how === 'later' ? 'succeeded' : 'failed' });
  }
  await Promise.all(
    Array.from({ length: checks }, () => world.app.call(member, 'POST', `/api/top-ups/${id}/check`, {})),
  );
}

interface Sums {
  /** What is at the processor after its fees, by currency, in micro-units; no currency without any. */
  clearing: Record<string, bigint>;
  /** Of it, what was asked for and is in wallets. */
  wallets: bigint;
  settled: number;
}

async function received(): Promise<Sums> {
  const clearing: Record<string, bigint> = {};
  for (const { net, currency } of await world.objects('balance_transaction')) {
    const name = String(currency).toUpperCase();
    clearing[name] = (clearing[name] ?? 0n) + BigInt(Number(net)) * 10_000n;
  }
  let wallets = 0n;
  let settled = 0;
  for (const intent of await world.objects('payment_intent')) {
    if (intent.status !== 'succeeded') continue;
    const micro = BigInt(Number(intent.amount_received)) * 10_000n;
    const currency = String(intent.currency).toUpperCase();
    if (currency !== 'USD' || micro < 1_000_000n) continue; // not what was asked for: in the books, in no wallet
    wallets += micro;
    settled += 1;
  }
  return { clearing, wallets, settled };
}

async function booked(): Promise<Sums> {
  return asService(database().pools, async (tx) => {
    const accounts = await tx
      .selectFrom('ledger.account')
      .select(['code', 'currency', 'debitsPosted', 'creditsPosted'])
      .where('code', 'in', [1100, 2100, 2200])
      .execute();
    const clearing = Object.fromEntries(
      accounts
        // What was on its way and failed leaves an account behind, and nothing on it.
        .filter(({ code, debitsPosted, creditsPosted }) => code === 1100 && debitsPosted + creditsPosted > 0n)
        .map(({ currency, debitsPosted, creditsPosted }) => [currency, debitsPosted - creditsPosted]),
    );
    const wallets = accounts
      .filter(({ code }) => code === 2100)
      .reduce((total, { debitsPosted, creditsPosted }) => total + creditsPosted - debitsPosted, 0n);
    const settled = await tx
      .selectFrom('payments.topUp')
      .select('id')
      .where('state', '=', 'settled')
      .execute();
    return { clearing, wallets, settled: settled.length };
  });
}
