import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { balanceOf } from './balance.ts';
import { creditTopUp, topUpFailed, topUpPending } from './flows/top-up.ts';
import { expiredHolds, renewLeases, walletOf } from './ledger.ts';
import { type Ledger, type NewHold, openLedger } from './posting.ts';
import { captureIdOf, derivedId, holdIdOf } from './transfer.ts';

const database = testDatabase();
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger(database().pools);
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
});

const pools = () => database().pools;
const balance = (memberId: string) => asService(pools(), (tx) => balanceOf(tx, memberId));

function aHold(walletId: bigint, amountMicro: bigint, more: Partial<NewHold> = {}): NewHold {
  const generationId = newId();
  return {
    id: holdIdOf(generationId),
    walletId,
    amountMicro,
    generationId,
    leaseSeconds: 60,
    deadline: null,
    ...more,
  };
}
const charge = (hold: NewHold, amountMicro: bigint) =>
  ledger.capture({ holdId: hold.id, id: captureIdOf(hold.generationId), amountMicro });

test('a capture below the hold frees the rest', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('5') });
  const hold = aHold(walletId, usd('2'));
  expect(await ledger.hold(hold)).toEqual({ status: 'ok', availableMicro: usd('3') });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('3'), heldMicro: usd('2') });
  expect(await charge(hold, usd('1.25'))).toEqual({ status: 'ok', capturedMicro: usd('1.25') });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('3.75'), heldMicro: 0n });
});

test('a release gives everything back', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('5') });
  const hold = aHold(walletId, usd('2'));
  await ledger.hold(hold);
  expect(await ledger.release(hold.id)).toEqual({ status: 'ok', capturedMicro: 0n });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('5'), heldMicro: 0n });
  expect(await charge(hold, usd('1'))).toMatchObject({ status: 'not_pending' });
});

test('a capture above the hold takes the hold and leaves a memo of the rest', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('5') });
  const hold = aHold(walletId, usd('2'));
  await ledger.hold(hold);
  expect(await charge(hold, usd('2.5'))).toEqual({ status: 'exceeds', capturedMicro: usd('2') });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('3'), heldMicro: 0n });
  const memos = await asService(pools(), (tx) =>
    tx.selectFrom('ledger.memo').select(['kind', 'amount']).where('userId', '=', memberId).execute(),
  );
  expect(memos).toEqual([{ kind: 'exceeds', amount: usd('0.5') }]);
});

test('holds beyond the balance are refused in the order in which they came, and small ones still fit', async () => {
  const { walletId } = await aWallet(pools(), { cash: usd('5') });
  const answers = await Promise.all(
    ['2', '4', '3', '0.000001', '0'].map((amount) => ledger.hold(aHold(walletId, usd(amount)))),
  );
  expect(answers).toEqual([
    { status: 'ok', availableMicro: usd('3') },
    { status: 'insufficient', availableMicro: usd('3') },
    { status: 'ok', availableMicro: 0n },
    { status: 'insufficient', availableMicro: 0n },
    { status: 'ok', availableMicro: 0n },
  ]);
});

test('the same request twice answers the first result; another content under the same id is refused', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('5') });
  const hold = aHold(walletId, usd('2'));
  const together = await Promise.all([
    ledger.hold(hold),
    ledger.hold(hold),
    ledger.hold({ ...hold, amountMicro: 1n }),
  ]);
  expect(together.map(({ status }) => status)).toEqual(['ok', 'replay', 'mismatch']);
  expect(await ledger.hold(hold)).toEqual({ status: 'replay', availableMicro: usd('3') });
  const charges = await Promise.all([
    charge(hold, usd('1')),
    charge(hold, usd('1')),
    charge(hold, usd('2')),
    ledger.release(hold.id),
  ]);
  expect(charges).toEqual([
    { status: 'ok', capturedMicro: usd('1') },
    { status: 'replay', capturedMicro: usd('1') },
    { status: 'mismatch', capturedMicro: 0n },
    { status: 'not_pending', capturedMicro: 0n },
  ]);
  expect(await ledger.hold(hold)).toMatchObject({ status: 'replay' });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('4'), heldMicro: 0n });
});

test('wallets and holds that do not exist are told, and a negative amount is refused', async () => {
  expect(await ledger.hold(aHold(999_999_999n, 1n))).toEqual({ status: 'not_found', availableMicro: 0n });
  expect(await ledger.release(newId())).toEqual({ status: 'not_found', capturedMicro: 0n });
  const { walletId } = await aWallet(pools());
  expect(await ledger.hold(aHold(walletId, -1n))).toMatchObject({ status: 'invalid' });
  const hold = aHold(walletId, 1n);
  await ledger.hold(hold);
  expect(await charge(hold, -1n)).toMatchObject({ status: 'invalid' });
});

test('a top-up is credited once, however often its processor tells of it', async () => {
  const { memberId } = await aWallet(pools(), { cash: 0n });
  const topUp = {
    topUpId: newId(),
    memberId,
    amountMicro: usd('20'),
    source: { code: 1100, label: 'stripe' } as const,
  };
  const credits = await Promise.all(
    [1, 2, 3].map(() => asService(pools(), (tx) => creditTopUp(tx, topUp)).catch(() => false)),
  );
  expect(credits.filter(Boolean)).toHaveLength(1);
  expect(await asService(pools(), (tx) => creditTopUp(tx, topUp))).toBe(false);
  await expect(
    asService(pools(), (tx) => creditTopUp(tx, { ...topUp, amountMicro: usd('21') })),
  ).rejects.toThrow('mismatch');
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('20') });
});

test('money on its way shows and cannot be spent; settled it can, failed it is gone', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: 0n });
  const source = { code: 1100, label: 'stripe' } as const;
  const first = { topUpId: newId(), memberId, amountMicro: usd('20'), source };
  const second = { ...first, topUpId: newId() };
  await asService(pools(), (tx) => topUpPending(tx, first));
  await asService(pools(), (tx) => topUpPending(tx, second));
  expect(await balance(memberId)).toMatchObject({ availableMicro: 0n, incomingMicro: usd('40') });
  expect(await ledger.hold(aHold(walletId, 1n))).toMatchObject({ status: 'insufficient' });
  await asService(pools(), (tx) => creditTopUp(tx, first));
  await asService(pools(), (tx) => topUpFailed(tx, second.topUpId));
  await asService(pools(), (tx) => topUpFailed(tx, second.topUpId));
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('20'), incomingMicro: 0n });
  await expect(asService(pools(), (tx) => creditTopUp(tx, second))).rejects.toThrow('not_pending');
});

test('a lease that ran out is found once, and a renewed one is not', async () => {
  const { walletId } = await aWallet(pools());
  const dead = aHold(walletId, 1n, { leaseSeconds: -1 });
  const alive = aHold(walletId, 1n, { leaseSeconds: -1 });
  await Promise.all([ledger.hold(dead), ledger.hold(alive)]);
  expect(await renewLeases(pools(), [alive.id, newId()], 60)).toEqual(new Set([alive.id]));
  const taken = await Promise.all([1, 2].map(() => asService(pools(), (tx) => expiredHolds(tx, 100, 60))));
  expect(taken.flat()).toMatchObject([{ id: dead.id, generationId: dead.generationId }]);
});

test('a member sees the own account, transfers and holds, and nobody else’s', async () => {
  const [mine, other] = [await aWallet(pools()), await aWallet(pools())];
  await ledger.hold(aHold(mine.walletId, 1n));
  await ledger.hold(aHold(other.walletId, 1n));
  const seen = await asMember(pools(), mine.memberId, async (tx) => [
    await tx.selectFrom('ledger.account').select('userId').execute(),
    await tx.selectFrom('ledger.transfer').select('userId').execute(),
    await tx.selectFrom('ledger.hold').select('userId').execute(),
  ]);
  expect(seen.map((rows) => rows.length)).toEqual([1, 2, 1]);
  expect(new Set(seen.flat().map((row) => row.userId))).toEqual(new Set([mine.memberId]));
  expect(await walletOf(pools(), mine.memberId)).toBe(mine.walletId);
  expect(await walletOf(pools(), newId())).toBeNull();
});

test('derived ids are the same in TypeScript and in SQL, and as old as their origin', async () => {
  const id = newId();
  const inSql = await asSuperuser(database(), async (client) => {
    const { rows } = await client.query("select ledger.derived_id($1, 'leg:3') as id", [id]);
    return rows[0].id;
  });
  expect(derivedId(id, 'leg:3')).toBe(inSql);
  expect(inSql.slice(0, 13)).toBe(id.slice(0, 13));
});
