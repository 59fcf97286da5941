import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { setClosed } from '#server/ledger/ledger.ts';
import { type Ledger, openLedger } from '#server/ledger/posting.ts';
import { captureIdOf, holdIdOf, lateCaptureIdOf } from '#server/ledger/transfer.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { goodwillRefund } from './generation.ts';
import { bearUndelivered, LATE_CHARGE_DAYS, lateCapture } from './late-capture.ts';
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
});

async function aHold(walletId: bigint, amountMicro: bigint, generationId = newId()) {
  const hold = { id: holdIdOf(generationId), walletId, amountMicro, generationId };
  const { status } = await ledger.hold({ ...hold, leaseSeconds: 60, deadline: null });
  expect(status).toBe('ok');
  return { holdId: hold.id, generationId, chargeId: lateCaptureIdOf(generationId) };
}

/** Released as the reaper does it: by a settlement of nothing under the capture's own id. */
async function aReleased(walletId: bigint, amountMicro: bigint) {
  const hold = await aHold(walletId, amountMicro);
  await ledger.capture({ holdId: hold.holdId, id: captureIdOf(hold.generationId), amountMicro: 0n });
  return hold;
}

const available = async (memberId: string) => (await run((tx) => balanceOf(tx, memberId))).availableMicro;
const memosOf = (generationId: string) =>
  run((tx) =>
    tx.selectFrom('ledger.memo').select(['kind', 'amount']).where('groupId', '=', generationId).execute(),
  );

test('a late capture charges what it costs, once, beside a release under the capture’s id', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('3') });
  const hold = await aReleased(walletId, usd('2'));
  const late = { ...hold, amountMicro: usd('1.25') };
  const charged = { ok: true, chargedMicro: usd('1.25'), shortfallMicro: 0n };
  expect(await Promise.all([1, 2, 3].map(() => run((tx) => lateCapture(tx, late))))).toEqual([
    charged,
    charged,
    charged,
  ]);
  expect(await available(memberId)).toBe(usd('1.75'));
  expect(await memosOf(hold.generationId)).toEqual([]);
});

test('it charges at most the former hold and what is there; the rest is remembered and never charged, whatever comes in later', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('3') });
  const hold = await aReleased(walletId, usd('2'));
  const spent = await aHold(walletId, usd('1.5'));
  const late = { ...hold, amountMicro: usd('2.5') };
  const decided = { ok: true, chargedMicro: usd('1.5'), shortfallMicro: usd('1') };
  expect(await run((tx) => lateCapture(tx, late))).toEqual(decided);
  await ledger.release(spent.holdId);
  expect(await run((tx) => lateCapture(tx, late))).toEqual(decided);
  expect(await available(memberId)).toBe(usd('1.5'));
  expect(await memosOf(hold.generationId)).toEqual([{ kind: 'late_shortfall', amount: usd('1') }]);
});

test('promotional money pays first, as it would have for the hold, and goodwill gives it back to where it came from', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('3') });
  const hold = await aReleased(walletId, usd('2'));
  const expiresAt = new Date(Date.now() + 30 * 86_400_000);
  await run((tx) => grantPromotion(tx, { grantId: newId(), memberId, amountMicro: usd('0.5'), expiresAt }));
  await run((tx) => lateCapture(tx, { ...hold, amountMicro: usd('2') }));
  expect(await run((tx) => balanceOf(tx, memberId))).toMatchObject({
    availableMicro: usd('1.5'),
    promoMicro: 0n,
  });
  expect(
    await run((tx) =>
      goodwillRefund(tx, { refundId: newId(), captureId: hold.chargeId, amountMicro: usd('2') }),
    ),
  ).toEqual({ ok: true });
  expect(await run((tx) => balanceOf(tx, memberId))).toMatchObject({
    availableMicro: usd('3.5'),
    promoMicro: usd('0.5'),
  });
});

test('an open hold is not captured late, and what was captured is due no more', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('3') });
  const hold = await aHold(walletId, usd('2'));
  const late = { ...hold, amountMicro: usd('2') };
  expect(await run((tx) => lateCapture(tx, late))).toEqual({ ok: false, why: 'still_held' });
  await ledger.capture({ holdId: hold.holdId, id: captureIdOf(hold.generationId), amountMicro: usd('1') });
  expect(await run((tx) => lateCapture(tx, late))).toEqual({ ok: false, why: 'captured' });
  expect(await available(memberId)).toBe(usd('2'));
});

test('after the days are over, and from a closed wallet, nothing is charged and all of it is ours', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('3') });
  const [old, closed] = [await aReleased(walletId, usd('1')), await aReleased(walletId, usd('1'))];
  const now = new Date(Date.now() + LATE_CHARGE_DAYS * 86_400_000 + 60_000);
  const nothing = { ok: true, chargedMicro: 0n, shortfallMicro: usd('1') };
  expect(await run((tx) => lateCapture(tx, { ...old, amountMicro: usd('1'), now }))).toEqual(nothing);
  await run((tx) => setClosed(tx, walletId, true));
  expect(await run((tx) => lateCapture(tx, { ...closed, amountMicro: usd('1') }))).toEqual(nothing);
  expect(await available(memberId)).toBe(usd('3'));
});

test('what nobody got is remembered once and charged to nobody', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('3') });
  const hold = await aReleased(walletId, usd('1'));
  for (const _ of [1, 2]) await run((tx) => bearUndelivered(tx, { ...hold, amountMicro: usd('0.4') }));
  expect(await memosOf(hold.generationId)).toEqual([{ kind: 'undelivered', amount: usd('0.4') }]);
  expect(await available(memberId)).toBe(usd('3'));
});

test('the books agree; a late charge above its former hold, or beside a capture, is named by the auditor', async () => {
  expect(await auditLedger(pools(), 'start')).toMatchObject({ ok: true, findings: [] });
  const { walletId } = await aWallet(pools(), { cash: usd('9') });
  const hold = await aReleased(walletId, usd('1'));
  await run((tx) => lateCapture(tx, { ...hold, amountMicro: usd('1') }));
  await asSuperuser(database(), async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query('update ledger.transfer set amount = 2000000 where id = $1', [hold.chargeId]);
  });
  const { findings } = await auditLedger(pools(), 'start');
  expect(findings).toContainEqual(expect.objectContaining({ invariant: 'I11', transfer: hold.chargeId }));
});
