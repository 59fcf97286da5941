import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asMember, asService, type Tx } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { type Ledger, openLedger } from '#server/ledger/posting.ts';
import { captureIdOf, holdIdOf } from '#server/ledger/transfer.ts';
import { transactionsOf } from '#server/wallet/transactions.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { type Cap, capsOf, removeCap, setCap } from './cap.ts';
import { goodwillRefund } from './generation.ts';
import { grantPromotion } from './promotion.ts';

const database = testDatabase();
const pools = () => database().pools;
const run = <T>(work: (tx: Tx<'service'>) => Promise<T>) => asService(pools(), work);
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger(pools());
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
  expect(await auditLedger(pools(), 'start')).toMatchObject({ ok: true, findings: [] });
});

const monthly = (limitMicro: bigint): Cap => ({ apiKeyId: null, period: 'month', limitMicro });
const cap = (memberId: string, one: Cap) => run((tx) => setCap(tx, memberId, one));
const used = async (memberId: string) =>
  (await run((tx) => capsOf(tx, memberId))).map(({ usedMicro }) => usedMicro);

function hold(walletId: bigint, amountMicro: bigint, apiKeyId: string | null = null) {
  const generationId = newId();
  const id = holdIdOf(generationId);
  const result = ledger.hold({
    id,
    walletId,
    amountMicro,
    generationId,
    leaseSeconds: 60,
    deadline: null,
    apiKeyId,
  });
  return { id, generationId, captureId: captureIdOf(generationId), result };
}

test('a limit for the month refuses what would pass it, holds nothing then, and says what it leaves', async () => {
  const { memberId, walletId } = await aWallet(pools());
  await cap(memberId, monthly(usd('2')));
  const first = hold(walletId, usd('1.5'));
  expect(await first.result).toEqual({ status: 'ok', availableMicro: usd('8.5') });
  expect(await hold(walletId, usd('0.6')).result).toEqual({ status: 'capped', availableMicro: usd('0.5') });
  expect(await run((tx) => balanceOf(tx, memberId))).toMatchObject({ heldMicro: usd('1.5') });
  await ledger.capture({ holdId: first.id, id: first.captureId, amountMicro: usd('0.4') });
  expect(await used(memberId)).toEqual([usd('0.4')]);
  const second = hold(walletId, usd('1.6'));
  expect(await second.result).toMatchObject({ status: 'ok' });
  await ledger.release(second.id);
  expect(await used(memberId)).toEqual([usd('0.4')]);
  expect(await hold(walletId, 0n).result).toMatchObject({ status: 'ok' });
});

test('many at once never pass a limit together', async () => {
  const { memberId, walletId } = await aWallet(pools());
  await cap(memberId, monthly(usd('1')));
  const results = await Promise.all(Array.from({ length: 30 }, () => hold(walletId, usd('0.09')).result));
  expect(results.filter(({ status }) => status === 'ok')).toHaveLength(11);
  expect(results.filter(({ status }) => status === 'capped')).toHaveLength(19);
  expect(await used(memberId)).toEqual([usd('0.99')]);
});

test('a key has a limit of its own beside the wallet’s; what is not asked by the key does not count there', async () => {
  const { memberId, walletId } = await aWallet(pools());
  const keyId = newId();
  await cap(memberId, { apiKeyId: keyId, period: 'total', limitMicro: usd('1') });
  expect(await hold(walletId, usd('3')).result).toMatchObject({ status: 'ok' });
  expect(await hold(walletId, usd('3'), newId()).result).toMatchObject({ status: 'ok' });
  expect(await used(memberId)).toEqual([0n]);
  expect(await hold(walletId, usd('0.7'), keyId).result).toMatchObject({ status: 'ok' });
  expect(await hold(walletId, usd('0.4'), keyId).result).toEqual({
    status: 'capped',
    availableMicro: usd('0.3'),
  });
  await cap(memberId, monthly(usd('0.1')));
  expect(await hold(walletId, usd('0.2'), keyId).result).toMatchObject({ status: 'capped' });
  expect(await used(memberId)).toEqual([usd('0.7'), 0n]);
});

test('a limit may be raised, lowered below what is used, and removed', async () => {
  const { memberId, walletId } = await aWallet(pools());
  await cap(memberId, monthly(usd('1')));
  await hold(walletId, usd('1')).result;
  expect(await hold(walletId, 1n).result).toEqual({ status: 'capped', availableMicro: 0n });
  await cap(memberId, monthly(usd('1.2')));
  expect(await hold(walletId, usd('0.2')).result).toMatchObject({ status: 'ok' });
  await cap(memberId, monthly(usd('0.5')));
  expect(await hold(walletId, 1n).result).toEqual({ status: 'capped', availableMicro: 0n });
  await run((tx) => removeCap(tx, memberId, null));
  expect(await hold(walletId, usd('5')).result).toMatchObject({ status: 'ok' });
  expect(await run((tx) => capsOf(tx, memberId))).toEqual([]);
});

test('a new month counts from nothing; what the old one held is settled where it was counted', async () => {
  const { memberId, walletId } = await aWallet(pools());
  await cap(memberId, monthly(usd('1')));
  const old = hold(walletId, usd('0.9'));
  await old.result;
  await asSuperuser(database(), async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(
      "update ledger.account set label = left(label, 37) || '2000-01' where user_id = $1 and code = 7000",
      [memberId],
    );
  });
  expect(await used(memberId)).toEqual([0n]);
  expect(await hold(walletId, usd('0.8')).result).toMatchObject({ status: 'ok' });
  await ledger.capture({ holdId: old.id, id: old.captureId, amountMicro: usd('0.5') });
  expect(await used(memberId)).toEqual([usd('0.8')]);
});

test('limits count promotional money too, and are seen neither in the list of payments nor in a refund', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('1') });
  await run((tx) => grantPromotion(tx, { grantId: newId(), memberId, amountMicro: usd('0.5') }));
  await cap(memberId, monthly(usd('1.4')));
  const both = hold(walletId, usd('1.2'));
  expect(await both.result).toEqual({ status: 'ok', availableMicro: usd('0.3') });
  await ledger.capture({ holdId: both.id, id: both.captureId, amountMicro: usd('1.1') });
  expect(await used(memberId)).toEqual([usd('1.1')]);
  const refund = { refundId: newId(), captureId: both.captureId };
  expect(await run((tx) => goodwillRefund(tx, { ...refund, amountMicro: usd('1.2') }))).toEqual({
    ok: false,
    why: 'more_than_captured',
  });
  expect(await run((tx) => goodwillRefund(tx, { ...refund, amountMicro: usd('1.1') }))).toEqual({ ok: true });
  const { items } = await asMember(pools(), memberId, (tx) => transactionsOf(tx, memberId, null, 50));
  expect(items.map(({ kind, amountMicro }) => [kind, amountMicro])).toEqual([
    ['refund', usd('0.5')],
    ['refund', usd('0.6')],
    ['charge', -usd('1.1')],
    ['promotion', usd('0.5')],
    ['top-up', usd('1')],
  ]);
});
