import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { grantPromotion } from '#server/ledger/flows/promotion.ts';
import { creditTopUp } from '#server/ledger/flows/top-up.ts';
import { walletOf } from '#server/ledger/ledger.ts';
import { type Ledger, openLedger } from '#server/ledger/posting.ts';
import { captureIdOf, holdIdOf } from '#server/ledger/transfer.ts';
import { createLog } from '#server/log.ts';
import { aPerson, type TestApp, testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';
import { walletRoutes } from './routes.ts';

const database = testDatabase();
let ledger: Ledger;
let http: TestApp;
beforeAll(async () => {
  ledger = await openLedger(database().pools);
  http = await testApp(createLog('silent'), (app, guards) =>
    walletRoutes(app, { pools: database().pools }, guards),
  );
});
afterAll(async () => {
  await http.close();
  await ledger[Symbol.asyncDispose]();
});

const wallet = async (member: string) => (await http.call(member, 'GET', '/api/wallet')).json;
const page = async (member: string, query = '') =>
  (await http.call(member, 'GET', `/api/wallet/transactions${query}`)).json;
const topUp = (member: string, amount: string) =>
  asService(database().pools, (tx) =>
    creditTopUp(tx, {
      topUpId: newId(),
      memberId: member,
      amountMicro: usd(amount),
      source: { code: 1100, label: 'stripe' },
    }),
  );
async function hold(member: string, amount: string): Promise<string> {
  const generationId = newId();
  const walletId = await walletOf(database().pools, member);
  const { status } = await ledger.hold({
    id: holdIdOf(generationId),
    walletId: walletId!,
    amountMicro: usd(amount),
    generationId,
    leaseSeconds: 60,
    deadline: null,
  });
  expect(status).toBe('ok');
  return generationId;
}
const capture = (generationId: string, amount: string) =>
  ledger.capture({ holdId: holdIdOf(generationId), id: captureIdOf(generationId), amountMicro: usd(amount) });
/** Kind, amount, held and balance after, in micro-units as on the wire. */
const brief = (
  items: { kind: string; amountMicro: string; heldMicro: string | null; balanceAfterMicro: string | null }[],
) =>
  items.map(({ kind, amountMicro, heldMicro, balanceAfterMicro }) => [
    kind,
    amountMicro,
    heldMicro,
    balanceAfterMicro,
  ]);

test('a person without a wallet has nothing, and no rows', async () => {
  const member = await aPerson(database());
  expect(await wallet(member)).toEqual({
    currency: 'USD',
    availableMicro: '0',
    heldMicro: '0',
    promoMicro: '0',
    gifts: [],
  });
  expect(await page(member)).toEqual({ items: [], next: null });
});

test('holds show while open, then become one charge with what was held, or a release', async () => {
  const member = await aPerson(database());
  await topUp(member, '10');
  const charged = await hold(member, '2');
  const released = await hold(member, '3');
  const open = await hold(member, '1');
  expect(
    brief((await page(member)).items)
      .slice(0, 3)
      .map(([kind]) => kind),
  ).toEqual(['hold', 'hold', 'hold']);
  await capture(charged, '1.25');
  await ledger.release(holdIdOf(released));
  const { items } = await page(member);
  expect(brief(items)).toEqual([
    ['release', '0', '3000000', null],
    ['charge', '-1250000', '2000000', '8750000'],
    ['hold', '0', '1000000', null],
    ['top-up', '10000000', null, '10000000'],
  ]);
  expect(items.map((item: { generationId: string }) => item.generationId)).toEqual([
    released,
    charged,
    open,
    null,
  ]);
  expect(items[3].subject).toBe('Card');
  expect(await wallet(member)).toMatchObject({ availableMicro: '7750000', heldMicro: '1000000' });
});

test('a charge over a promotional bucket and cash is one row', async () => {
  const member = await aPerson(database());
  await topUp(member, '10');
  await asService(database().pools, (tx) =>
    grantPromotion(tx, { grantId: newId(), memberId: member, amountMicro: usd('2') }),
  );
  expect(await wallet(member)).toMatchObject({ availableMicro: '12000000', promoMicro: '2000000' });
  const both = await hold(member, '5');
  expect(brief((await page(member)).items)[0]).toEqual(['hold', '0', '5000000', null]);
  await capture(both, '3');
  const promoOnly = await hold(member, '4');
  await ledger.release(holdIdOf(promoOnly));
  await asService(database().pools, (tx) =>
    grantPromotion(tx, { grantId: newId(), memberId: member, amountMicro: usd('2') }),
  );
  await capture(await hold(member, '5'), '1'); // from the bucket alone: the leg of cash is freed
  expect(brief((await page(member)).items)).toEqual([
    ['charge', '-1000000', '5000000', '10000000'],
    ['promotion', '2000000', null, '11000000'],
    ['release', '0', '4000000', null],
    ['charge', '-3000000', '5000000', '9000000'],
    ['promotion', '2000000', null, '12000000'],
    ['top-up', '10000000', null, '10000000'],
  ]);
});

test('pages by cursor give every row once, with the same balances', async () => {
  const member = await aPerson(database());
  await topUp(member, '50');
  for (let n = 1; n <= 12; n++) {
    const generation = await hold(member, '1');
    if (n % 3 === 0) await ledger.release(holdIdOf(generation));
    else await capture(generation, '0.5');
  }
  const whole = (await page(member, '?limit=100')).items;
  expect(whole).toHaveLength(13);
  const pieces: unknown[] = [];
  let cursor: string | null = null;
  do {
    const { items, next }: { items: unknown[]; next: string | null } = await page(
      member,
      `?limit=5${cursor === null ? '' : `&before=${cursor}`}`,
    );
    pieces.push(...items);
    cursor = next;
  } while (cursor !== null);
  expect(pieces).toEqual(whole);
  expect((await http.call(member, 'GET', '/api/wallet/transactions?before=x')).status).toBe(400);
});

test('another person sees nothing of it', async () => {
  const member = await aPerson(database());
  await topUp(member, '10');
  const other = await aPerson(database());
  expect(await page(other)).toEqual({ items: [], next: null });
  expect((await http.call(null, 'GET', '/api/wallet')).status).toBe(401);
});
