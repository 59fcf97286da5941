import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { accountOf } from '#server/ledger/ledger.ts';
import { type Ledger, openLedger } from '#server/ledger/posting.ts';
import { captureIdOf, holdIdOf } from '#server/ledger/transfer.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { approveAdjustment, proposeAdjustment, refuseAdjustment } from './adjustment.ts';
import { debtRepaid, disputeLost, disputeOpened, disputeWarned, disputeWon, writtenOff } from './dispute.ts';
import { exchange } from './exchange.ts';
import { goodwillRefund, upstreamCost, upstreamInvoicePaid } from './generation.ts';
import { expirePromotions, grantPromotion } from './promotion.ts';
import { advance, advanceCleared, receiptMatched, receiptReturned, receiptUnmatched } from './receipt.ts';
import { refundableMicro, refundBegins, refundFailed, refundFailedLate, refundSucceeded } from './refund.ts';
import { creditTopUp, payout, topUpFee, topUpReversed } from './top-up.ts';

const database = testDatabase();
const pools = () => database().pools;
const run = <T>(work: (tx: Tx<'service'>) => Promise<T>) => asService(pools(), work);
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger(pools());
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
  // Whatever the stories above did, the books agree.
  expect(await auditLedger(pools(), 'start')).toMatchObject({ ok: true, findings: [] });
});

const balance = (memberId: string) => run((tx) => balanceOf(tx, memberId));
const stripe = { code: 1100, label: 'stripe' } as const;
const posted = (code: 1100 | 1110 | 1200 | 2200 | 2500 | 4200 | 4400, label = '', currency = 'USD') =>
  run(async (tx) => {
    const id = await accountOf(tx, { code, label, currency });
    const { debitsPosted, creditsPosted } = await tx
      .selectFrom('ledger.account')
      .select(['debitsPosted', 'creditsPosted'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return debitsPosted - creditsPosted;
  });

async function aTopUp(amount: bigint, memberId = newId()) {
  const topUpId = newId();
  await run((tx) => creditTopUp(tx, { topUpId, memberId, amountMicro: amount, source: stripe }));
  return { topUpId, memberId };
}

async function aHold(walletId: bigint, amountMicro: bigint) {
  const generationId = newId();
  const id = holdIdOf(generationId);
  const { status } = await ledger.hold({
    id,
    walletId,
    amountMicro,
    generationId,
    leaseSeconds: 60,
    deadline: null,
  });
  return { id, status, generationId, captureId: captureIdOf(generationId) };
}

async function aCharge(walletId: bigint, amountMicro: bigint) {
  const hold = await aHold(walletId, amountMicro);
  await ledger.capture({ holdId: hold.id, id: hold.captureId, amountMicro });
  return hold;
}

test('promotional money is spent first, soonest to end first, and what is freed goes back to its bucket', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('5') });
  const [soon, late] = [newId(), newId()];
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  await run(async (tx) => {
    await grantPromotion(tx, { grantId: late, memberId, amountMicro: usd('2'), expiresAt: inDays(60) });
    await grantPromotion(tx, { grantId: soon, memberId, amountMicro: usd('1'), expiresAt: inDays(30) });
  });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('8'), promoMicro: usd('3') });
  const hold = await aHold(walletId, usd('4'));
  expect(await balance(memberId)).toMatchObject({
    availableMicro: usd('4'),
    heldMicro: usd('4'),
    promoMicro: 0n,
  });
  await ledger.capture({ holdId: hold.id, id: hold.captureId, amountMicro: usd('1.5') });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('6.5'), promoMicro: usd('1.5') });
  await run((tx) =>
    goodwillRefund(tx, { refundId: newId(), captureId: hold.captureId, amountMicro: usd('1.5') }),
  );
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('8'), promoMicro: usd('3') });
});

test('a bucket that ended keeps what is held of it and gives up the rest; the wallet is plain again afterwards', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('5') });
  const grantId = newId();
  await run((tx) =>
    grantPromotion(tx, {
      grantId,
      memberId,
      amountMicro: usd('2'),
      expiresAt: new Date(Date.now() + 60_000),
    }),
  );
  const hold = await aHold(walletId, usd('1'));
  await asSuperuser(database(), (client) =>
    client.query("update ledger.account set expires_at = now() - interval '1 second' where label = $1", [
      grantId,
    ]),
  );
  await run((tx) => expirePromotions(tx, 100));
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('5'), heldMicro: usd('1') });
  await ledger.release(hold.id);
  await run((tx) => expirePromotions(tx, 100));
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('5'), heldMicro: 0n, promoMicro: 0n });
  const { promo } = await run((tx) =>
    tx.selectFrom('ledger.account').select('promo').where('id', '=', walletId).executeTakeFirstOrThrow(),
  );
  expect(promo).toBe(false);
});

test('a generation’s charge is given back in parts, never more than it was', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('5') });
  const { captureId } = await aCharge(walletId, usd('2'));
  const refundId = newId();
  const give = (id: string, amount: string) =>
    run((tx) => goodwillRefund(tx, { refundId: id, captureId, amountMicro: usd(amount) }));
  expect(await give(refundId, '1.5')).toEqual({ ok: true });
  expect(await give(refundId, '1.5')).toEqual({ ok: true });
  expect(await give(newId(), '0.6')).toEqual({ ok: false, why: 'more_than_captured' });
  expect(await give(newId(), '0.5')).toEqual({ ok: true });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('5') });
  expect(
    await run((tx) => goodwillRefund(tx, { refundId: newId(), captureId: newId(), amountMicro: 1n })),
  ).toEqual({
    ok: false,
    why: 'not_captured',
  });
});

test('a refund to the card reserves, then pays or frees; it never passes the payment or the cash that is left', async () => {
  const { topUpId, memberId } = await aTopUp(usd('10'));
  const common = { topUpId, memberId, processor: 'stripe' };
  const refundable = () => run((tx) => refundableMicro(tx, { memberId, topUpId }));
  expect(await refundable()).toBe(usd('10'));
  const paid = { ...common, refundId: newId(), amountMicro: usd('6') };
  expect(await run((tx) => refundBegins(tx, paid))).toBe('ok');
  expect(await run((tx) => refundBegins(tx, paid))).toBe('replay');
  expect(await refundable()).toBe(usd('4'));
  expect(await run((tx) => refundBegins(tx, { ...paid, refundId: newId() }))).toBe('insufficient');
  await run((tx) => refundSucceeded(tx, paid));
  await run((tx) => refundSucceeded(tx, paid));
  const failed = { ...common, refundId: newId(), amountMicro: usd('4') };
  await run((tx) => refundBegins(tx, failed));
  expect(await refundable()).toBe(0n);
  await run((tx) => refundFailed(tx, failed.refundId));
  expect(await refundable()).toBe(usd('4'));
  await run((tx) => refundFailedLate(tx, paid));
  expect(await refundable()).toBe(usd('10'));
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('10'), heldMicro: 0n });
});

test('a reversed top-up takes what is there, the rest is owed, and spending waits until it is paid', async () => {
  const { topUpId, memberId } = await aTopUp(usd('10'));
  const { walletId } = await aWallet(pools(), { cash: 0n, memberId });
  await aCharge(walletId, usd('7'));
  const reversal = { reversalId: newId(), topUpId, memberId, amountMicro: usd('10'), source: stripe };
  expect(await run((tx) => topUpReversed(tx, reversal))).toEqual({
    takenMicro: usd('3'),
    owedMicro: usd('7'),
  });
  expect(await run((tx) => topUpReversed(tx, reversal))).toEqual({
    takenMicro: usd('3'),
    owedMicro: usd('7'),
  });
  expect(await balance(memberId)).toMatchObject({ availableMicro: 0n, owedMicro: usd('7'), frozen: true });
  const next = await aTopUp(usd('8'), memberId);
  expect((await aHold(walletId, usd('1'))).status).toBe('frozen');
  const pay = () => run((tx) => debtRepaid(tx, { paymentId: next.topUpId, memberId }));
  expect(await pay()).toEqual({ paidMicro: usd('7'), owedMicro: 0n });
  expect(await pay()).toEqual({ paidMicro: usd('7'), owedMicro: 0n });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('1'), owedMicro: 0n, frozen: false });
  expect((await aHold(walletId, usd('1'))).status).toBe('ok');
});

test('a dispute reserves what is left; won it is freed, lost it is gone and the shortfall is owed', async () => {
  const processor = 'stripe';
  const won = { ...(await aTopUp(usd('10'))), disputeId: newId(), amountMicro: usd('10'), processor };
  await run((tx) => disputeWarned(tx, won));
  expect(await balance(won.memberId)).toMatchObject({ availableMicro: usd('10'), frozen: true });
  await run((tx) => disputeOpened(tx, { ...won, feeMicro: usd('15') }));
  await run((tx) => disputeOpened(tx, { ...won, feeMicro: usd('15') }));
  expect(await balance(won.memberId)).toMatchObject({
    availableMicro: 0n,
    heldMicro: usd('10'),
    frozen: true,
  });
  await run((tx) => disputeWon(tx, won));
  await run((tx) => disputeWon(tx, won));
  expect(await balance(won.memberId)).toMatchObject({
    availableMicro: usd('10'),
    heldMicro: 0n,
    frozen: false,
  });

  const lost = { ...(await aTopUp(usd('10'))), disputeId: newId(), amountMicro: usd('10'), processor };
  const { walletId } = await aWallet(pools(), { cash: 0n, memberId: lost.memberId });
  await aCharge(walletId, usd('4'));
  expect(await run((tx) => disputeOpened(tx, { ...lost, feeMicro: usd('15') }))).toEqual({
    heldMicro: usd('6'),
  });
  expect(await run((tx) => disputeLost(tx, lost))).toEqual({ owedMicro: usd('4') });
  expect(await balance(lost.memberId)).toMatchObject({
    availableMicro: 0n,
    owedMicro: usd('4'),
    frozen: true,
  });
  const before = await posted(4200);
  await run((tx) =>
    writtenOff(tx, {
      writeOffId: newId(),
      memberId: lost.memberId,
      amountMicro: usd('4'),
      actorId: newId(),
      reason: 'uncollectable',
    }),
  );
  expect(await balance(lost.memberId)).toMatchObject({ owedMicro: 0n, frozen: false });
  expect((await posted(4200)) - before).toBe(usd('4'));
  expect(await posted(1110, 'stripe')).toBe(0n);
});

test('an adjustment needs two people, neither of them the member', async () => {
  const { memberId } = await aWallet(pools(), { cash: usd('1') });
  const [proposer, approver] = [newId(), newId()];
  const propose = (amount: bigint, by = proposer) => {
    const id = newId();
    return run((tx) =>
      proposeAdjustment(tx, {
        id,
        memberId,
        amountMicro: amount,
        reasonCode: 'goodwill',
        reason: 'the picture came twice',
        proposedBy: by,
      }),
    ).then(() => id);
  };
  const approve = (id: string, decidedBy: string) => run((tx) => approveAdjustment(tx, { id, decidedBy }));
  const gift = await propose(usd('2'));
  expect(await approve(gift, proposer)).toEqual({ ok: false, why: 'same_person' });
  expect(await approve(gift, memberId)).toEqual({ ok: false, why: 'same_person' });
  expect(await approve(gift, approver)).toEqual({ ok: true });
  expect(await approve(gift, approver)).toEqual({ ok: false, why: 'decided_before' });
  expect(await approve(await propose(-usd('4')), approver)).toEqual({ ok: false, why: 'insufficient' });
  expect(await approve(newId(), approver)).toEqual({ ok: false, why: 'not_found' });
  const unwanted = await propose(usd('9'));
  expect(await run((tx) => refuseAdjustment(tx, { id: unwanted, decidedBy: approver }))).toEqual({
    ok: true,
  });
  expect(await approve(unwanted, approver)).toEqual({ ok: false, why: 'decided_before' });
  await expect(propose(usd('1'), memberId)).rejects.toThrow(/not_their_own/);
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('3') });
});

test('a statement line without an owner waits, finds one owner and no second', async () => {
  const [memberId, other] = [newId(), newId()];
  const line = { lineId: newId(), account: 'till 174379', amountMicro: usd('9') };
  await expect(run((tx) => receiptMatched(tx, { ...line, memberId }))).rejects.toThrow();
  await run((tx) => receiptUnmatched(tx, line));
  expect(await posted(2200, line.account)).toBe(-usd('9'));
  await run((tx) => receiptMatched(tx, { ...line, memberId, actorId: newId() }));
  await run((tx) => receiptMatched(tx, { ...line, memberId }));
  await expect(run((tx) => receiptMatched(tx, { ...line, memberId: other }))).rejects.toThrow('mismatch');
  expect(await posted(2200, line.account)).toBe(0n);
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('9') });

  const nobodys = { lineId: newId(), account: line.account, amountMicro: usd('3') };
  const byStaff = { actorId: newId(), reason: 'no owner within the year' };
  await run((tx) => receiptUnmatched(tx, nobodys));
  for (const _ of [1, 2]) await run((tx) => receiptReturned(tx, { ...nobodys, ...byStaff }));
  expect(await posted(2200, line.account)).toBe(0n);
  expect(await posted(1200, line.account)).toBe(usd('9'));
  await expect(run((tx) => receiptMatched(tx, { ...nobodys, memberId }))).rejects.toThrow('mismatch');
  await expect(run((tx) => receiptReturned(tx, { ...line, ...byStaff }))).rejects.toThrow('mismatch');

  const ahead = { topUpId: newId(), memberId, amountMicro: usd('4') };
  await run((tx) => advance(tx, { ...ahead, actorId: newId(), reason: 'known customer' }));
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('13'), owedMicro: usd('4') });
  await run((tx) => advanceCleared(tx, { ...ahead, lineId: newId(), account: line.account }));
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('13'), owedMicro: 0n });
});

test('an exchange rounds against the customer and keeps its margin visible', async () => {
  const memberId = newId();
  const asked = {
    exchangeId: newId(),
    memberId,
    source: { code: 1200, label: 'kes till' } as const,
    fromMicro: usd('1000'),
    fromCurrency: 'KES',
    toCurrency: 'USD',
    rate: { numerator: 1n, denominator: 129n, source: 'test', at: new Date() },
    marginPermille: 20n,
  };
  const got = await run((tx) => exchange(tx, asked));
  expect(got).toBe(7_751_937n - 155_039n);
  expect(await run((tx) => exchange(tx, asked))).toBe(got);
  expect(await balance(memberId)).toMatchObject({ availableMicro: got });
});

test('the processor’s fee, its payout and a provider’s invoice leave nothing open', async () => {
  const source = { code: 1100, label: 'processor of this test' } as const;
  const topUpId = newId();
  await run(async (tx) => {
    await creditTopUp(tx, { topUpId, memberId: newId(), amountMicro: usd('10'), source });
    await topUpFee(tx, { topUpId, feeMicro: usd('0.59'), source });
    await payout(tx, {
      payoutId: newId(),
      amountMicro: usd('9.41'),
      processor: source.label,
      bank: 'main account',
    });
  });
  expect(await posted(1100, source.label)).toBe(0n);
  expect(await posted(1200, 'main account')).toBe(usd('9.41'));

  const provider = 'provider of this test';
  await run(async (tx) => {
    await upstreamCost(tx, { costId: newId(), provider, amountMicro: usd('2') });
    await upstreamInvoicePaid(tx, {
      invoiceId: newId(),
      provider,
      bank: 'main account',
      invoicedMicro: usd('2.1'),
      accruedMicro: usd('2'),
    });
  });
  expect(await posted(2500, provider)).toBe(0n);
  expect(await posted(4400, provider)).toBe(usd('2.1'));
});

test('a long stream takes a further hold before the first is used up; each is captured by itself, and what cannot be held stops it', async () => {
  const { memberId, walletId } = await aWallet(pools(), { cash: usd('3') });
  const generationId = newId();
  const further = (attempt: number, amountMicro: bigint) =>
    ledger.hold({
      id: holdIdOf(generationId, attempt),
      walletId,
      amountMicro,
      generationId,
      leaseSeconds: 60,
      deadline: null,
    });
  expect((await further(1, usd('1'))).status).toBe('ok');
  expect((await further(2, usd('1.5'))).status).toBe('ok');
  expect((await further(3, usd('1'))).status).toBe('insufficient');
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('0.5'), heldMicro: usd('2.5') });
  for (const [attempt, used] of [
    [1, usd('1')],
    [2, usd('0.25')],
  ] as const)
    expect(
      await ledger.capture({
        holdId: holdIdOf(generationId, attempt),
        id: captureIdOf(generationId, attempt),
        amountMicro: used,
      }),
    ).toEqual({ status: 'ok', capturedMicro: used });
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('1.75'), heldMicro: 0n });
});
