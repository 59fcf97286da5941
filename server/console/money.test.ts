import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, asStaff, type Tx } from '#server/database/transaction.ts';
import type { Archives } from '#server/ledger/archive.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { upstreamCost } from '#server/ledger/flows/generation.ts';
import { redeemCode } from '#server/ledger/flows/promotion.ts';
import { topUpReversed } from '#server/ledger/flows/top-up.ts';
import { type Ledger, openLedger } from '#server/ledger/posting.ts';
import { captureIdOf, holdIdOf } from '#server/ledger/transfer.ts';
import { createLog } from '#server/log.ts';
import { aPerson, type TestApp, testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { consoleRoutes } from './routes.ts';

const database = testDatabase();
const run = <T>(work: (tx: Tx<'service'>) => Promise<T>) => asService(database().pools, work);
let http: TestApp;
let ledger: Ledger;
const [ada, bob] = [`${newId()};finance`, `${newId()};finance`];
const idOf = (staff: string) => staff.split(';')[0]!;
beforeAll(async () => {
  ledger = await openLedger(database().pools);
  http = await testApp(createLog('silent'), (app, guards) =>
    consoleRoutes(
      app,
      { pools: database().pools, mode: 'sandbox', sandboxed: [], archives: {} as Archives },
      guards,
    ),
  );
});
afterAll(async () => {
  await http.close();
  await ledger[Symbol.asyncDispose]();
  expect(await auditLedger(database().pools, 'start')).toMatchObject({ ok: true, findings: [] });
});

const DAY_MS = 86_400_000;
const REASON = 'the picture came twice';
const get = async (who: string, path: string) =>
  (await http.call(who, 'GET', `/api/console/money${path}`)).json;
const post = (who: string, path: string, body: object) =>
  http.call(who, 'POST', `/api/console/money${path}`, body);
const balance = (memberId: string) => run((tx) => balanceOf(tx, memberId));

async function aMember(cash = usd('10')) {
  const memberId = await aPerson(database());
  const { walletId } = await aWallet(database().pools, { memberId, cash });
  return { memberId, walletId };
}

async function propose(who: string, proposed: object) {
  const id = newId();
  const body = { id, kind: 'adjustment', reasonCode: 'goodwill', reason: REASON, ...proposed };
  return { id, ...(await post(who, '/proposals', body)) };
}

const decide = (who: string, id: string, approve: boolean) =>
  post(who, `/proposals/${id}`, { approve, reason: 'looked at the case' });

async function recordsOf(object: string) {
  const rows = await run((tx) =>
    tx
      .selectFrom('audit.event')
      .select(['action', 'actorId', 'subjectId', 'reason', 'role'])
      .where('object', '=', object)
      .orderBy('id')
      .execute(),
  );
  return rows;
}

test('one person proposes a correction, another approves it; the member has the money, and both stand in the log', async () => {
  const { memberId } = await aMember();
  const { id, status } = await propose(ada, { memberId, amountMicro: '2500000' });
  expect(status).toBe(204);
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('10') });
  const [mine] = (await get(ada, `/proposals?state=waiting&memberId=${memberId}`)).items;
  expect(mine).toMatchObject({ id, amountMicro: '2500000', reason: REASON, mayDecide: false });
  const [theirs] = (await get(bob, '/proposals?state=waiting')).items;
  expect(theirs).toMatchObject({ id, memberId, proposedBy: idOf(ada), mayDecide: true });
  expect((await decide(ada, id, true)).status).toBe(403);
  expect((await decide(`${memberId};finance`, id, true)).status).toBe(403);
  expect((await decide(bob, id, true)).status).toBe(204);
  expect((await decide(bob, id, true)).status).toBe(409);
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('12.5') });
  expect((await get(bob, `/proposals?state=decided&memberId=${memberId}`)).items).toMatchObject([
    { id, state: 'approved', decidedBy: idOf(bob), mayDecide: false },
  ]);
  expect(await recordsOf(id)).toMatchObject([
    { action: 'money.propose', actorId: idOf(ada), subjectId: memberId, reason: REASON, role: 'finance' },
    { action: 'money.approve', actorId: idOf(bob), subjectId: memberId, reason: 'looked at the case' },
  ]);
});

test('what takes more than is there, and what was refused, moves nothing', async () => {
  const { memberId } = await aMember(usd('1'));
  const { id } = await propose(ada, { memberId, amountMicro: '-4000000', reasonCode: 'correction' });
  const { status, json } = await decide(bob, id, true);
  expect([status, json.detail]).toEqual([409, expect.stringContaining('less in the wallet')]);
  expect((await decide(bob, id, false)).status).toBe(204);
  expect((await decide(bob, id, true)).status).toBe(409);
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('1') });
  expect((await recordsOf(id)).map(({ action }) => action)).toEqual(['money.propose', 'money.refuse']);
});

test('a proposal needs a person who is there, another one than who proposes, a reason, and an id of today', async () => {
  const { memberId } = await aMember();
  expect((await propose(ada, { memberId: newId(), amountMicro: '1000000' })).status).toBe(404);
  expect((await propose(ada, { memberId: idOf(ada), amountMicro: '1000000' })).status).toBe(403);
  expect((await propose(ada, { memberId, amountMicro: '1000000', reason: 'short' })).status).toBe(400);
  expect((await propose(ada, { memberId, amountMicro: '0' })).status).toBe(400);
  const old = newId(Date.now() - 40 * DAY_MS);
  expect((await propose(ada, { memberId, amountMicro: '1', id: old })).status).toBe(400);
  const { id } = await propose(ada, { memberId, amountMicro: '1000000' });
  const again = await propose(ada, { id, memberId, amountMicro: '9000000' });
  expect([again.status, again.json.type]).toEqual([409, '/problems/already-exists']);
});

test('a debt is given up by two people, never more than is owed, and spending goes on', async () => {
  const { memberId } = await aMember(0n);
  const topUpId = newId();
  await run((tx) =>
    topUpReversed(tx, {
      reversalId: newId(),
      topUpId,
      memberId,
      amountMicro: usd('7'),
      source: { code: 1100, label: 'stripe' },
    }),
  );
  expect(await get(ada, `/people/${memberId}`)).toMatchObject({ owedMicro: '7000000', frozen: true });
  const debt = { memberId, kind: 'write_off', reasonCode: 'uncollectible' };
  const tooMuch = await propose(ada, { ...debt, amountMicro: '8000000' });
  expect((await decide(bob, tooMuch.id, true)).json.detail).toContain('owes less');
  expect((await propose(ada, { ...debt, amountMicro: '-1000000' })).status).toBe(400);
  const { id } = await propose(ada, { ...debt, amountMicro: '7000000' });
  expect((await decide(ada, id, true)).status).toBe(403);
  expect((await decide(bob, id, true)).status).toBe(204);
  expect(await get(ada, `/people/${memberId}`)).toMatchObject({
    owedMicro: '0',
    frozen: false,
    availableMicro: '0',
  });
});

test('a charge is given back in parts, never more than was captured, and never to oneself', async () => {
  const { memberId, walletId } = await aMember(usd('5'));
  const generationId = newId();
  const [holdId, captureId] = [holdIdOf(generationId), captureIdOf(generationId)];
  const amountMicro = usd('2');
  await ledger.hold({ id: holdId, walletId, amountMicro, generationId, leaseSeconds: 60, deadline: null });
  await ledger.capture({ holdId, id: captureId, amountMicro });
  expect((await get(ada, `/people/${memberId}`)).charges).toMatchObject([
    { captureId, generationId, capturedMicro: '2000000', refundedMicro: '0', modelId: null },
  ]);
  const give = (who: string, amount: string, id = newId(), of = memberId) =>
    post(who, '/refunds', { id, memberId: of, captureId, amountMicro: amount, reason: REASON });
  const id = newId();
  expect((await give(ada, '1500000', id)).status).toBe(204);
  expect((await give(ada, '1500000', id)).status).toBe(204);
  expect((await give(ada, '600000')).json.detail).toContain('more than was charged');
  expect((await give(ada, '500000')).status).toBe(204);
  expect((await give(ada, '1')).status).toBe(409);
  expect((await give(`${memberId};finance`, '1')).status).toBe(403);
  expect((await give(ada, '1', newId(), (await aMember()).memberId)).status).toBe(404);
  expect(await get(ada, `/people/${memberId}`)).toMatchObject({
    availableMicro: '5000000',
    charges: [{ refundedMicro: '2000000' }],
  });
  expect((await recordsOf(captureId))[0]).toMatchObject({
    action: 'money.refund-charge',
    actorId: idOf(ada),
    subjectId: memberId,
    reason: REASON,
  });
});

test('a code is shown once, works for members, and the list counts down', async () => {
  const made = {
    name: 'Spring fair',
    amountMicro: '5000000',
    uses: 2,
    redeemUntil: new Date(Date.now() + DAY_MS).toISOString(),
    lastsDays: 30,
    reason: 'agreed for the spring fair',
  };
  const { status, json } = await post(ada, '/codes', made);
  expect([status, json.code]).toEqual([
    200,
    expect.stringMatching(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-Z]{4}$/),
  ]);
  const { memberId } = await aMember(0n);
  expect(await run((tx) => redeemCode(tx, { memberId, code: json.code }))).toMatchObject({ ok: true });
  const [listed] = (await get(bob, '/codes')).items;
  expect(listed).toMatchObject({ id: json.id, name: 'Spring fair', usesLeft: 1, lastsDays: 30 });
  expect(JSON.stringify(listed)).not.toContain(json.code);
  expect(await recordsOf(json.id)).toMatchObject([
    { action: 'money.make-code', actorId: idOf(ada), reason: made.reason, role: 'finance' },
  ]);
  for (const wrong of [
    { redeemUntil: new Date(Date.now() - 1).toISOString() },
    { amountMicro: '1000000001' },
    { uses: 0 },
    { reason: 'short' },
  ])
    expect((await post(ada, '/codes', { ...made, ...wrong })).status).toBe(400);
});

test('an invoice of a provider is booked once; the difference to what had accrued goes to cost', async () => {
  const provider = 'a provider';
  await run((tx) => upstreamCost(tx, { costId: newId(), provider, amountMicro: usd('2') }));
  const invoice = {
    provider,
    number: 'R-2026-11',
    invoicedMicro: '2100000',
    accruedMicro: '2000000',
    bank: 'main account',
    reason: 'paid by transfer today',
  };
  const pay = (change: object = {}) => post(ada, '/invoices', { id: newId(), ...invoice, ...change });
  expect((await get(ada, '/payables')).providers).toEqual([{ provider, accruedMicro: '2000000' }]);
  expect((await pay({ accruedMicro: '2000001' })).json.detail).toContain('Less than this had been accrued');
  expect((await pay({ provider: 'another' })).status).toBe(404);
  expect((await pay()).status).toBe(204);
  expect((await pay({ accruedMicro: '0' })).json.type).toBe('/problems/already-exists');
  expect(await get(ada, '/payables')).toMatchObject({
    providers: [{ provider, accruedMicro: '0' }],
    banks: ['main account'],
    invoices: [{ number: 'R-2026-11', invoicedMicro: '2100000', accruedMicro: '2000000' }],
  });
});

test('only finance has money moved, PostgreSQL says so; auditors read, the others not even that', async () => {
  const { memberId } = await aMember();
  const { id } = await propose(ada, { memberId, amountMicro: '1000000' });
  const asks: [string, string, object?][] = [
    ['GET', '/proposals?state=waiting'],
    ['GET', `/people/${memberId}`],
    ['GET', '/codes'],
    ['GET', '/payables'],
    [
      'POST',
      '/proposals',
      { id: newId(), kind: 'adjustment', memberId, amountMicro: '1', reasonCode: 'other', reason: REASON },
    ],
    ['POST', `/proposals/${id}`, { approve: true, reason: REASON }],
    ['POST', '/refunds', { id: newId(), memberId, captureId: newId(), amountMicro: '1', reason: REASON }],
    [
      'POST',
      '/codes',
      {
        name: 'Mine',
        amountMicro: '1',
        uses: 1,
        redeemUntil: new Date(Date.now() + DAY_MS).toISOString(),
        lastsDays: 1,
        reason: REASON,
      },
    ],
    [
      'POST',
      '/invoices',
      {
        id: newId(),
        provider: 'x',
        number: '1',
        invoicedMicro: '1',
        accruedMicro: '0',
        bank: 'main',
        reason: REASON,
      },
    ],
  ];
  for (const [method, path, body] of asks) {
    const ask = async (who: string | null) =>
      (await http.call(who, method, `/api/console/money${path}`, body)).status;
    for (const role of ['support', 'operator'])
      expect([path, await ask(`${newId()};${role}`)]).toEqual([path, 403]);
    expect([path, await ask(`${newId()};auditor`)]).toEqual([path, method === 'GET' ? 200 : 403]);
    expect([path, await ask(memberId)]).toEqual([path, 403]);
    expect([path, await ask(null)]).toEqual([path, 401]);
  }
  expect(await balance(memberId)).toMatchObject({ availableMicro: usd('10') });
});

test('by hand-written SQL too, finance proposes in the own name alone, and decides and posts nothing', async () => {
  const { memberId } = await aMember();
  const proposal = {
    id: newId(),
    userId: memberId,
    amount: 1n,
    currency: 'USD',
    reasonCode: 'other',
    reason: REASON,
    proposedBy: idOf(ada),
  };
  const asAda = <T>(work: (tx: Tx<'finance'>) => Promise<T>) =>
    asStaff(database().pools, 'finance', idOf(ada), work);
  const insert = (change: object) =>
    asAda((tx) =>
      tx
        .insertInto('ledger.adjustment')
        .values({ ...proposal, ...change })
        .execute(),
    );
  await expect(insert({ proposedBy: idOf(bob) })).rejects.toThrow(/row-level security/);
  const decided = { state: 'approved', decidedBy: idOf(bob), decidedAt: new Date() };
  await expect(insert(decided)).rejects.toThrow(/row-level security/);
  await insert({});
  await expect(
    asAda((tx) =>
      tx.updateTable('ledger.adjustment').set({ state: 'approved' }).where('id', '=', proposal.id).execute(),
    ),
  ).rejects.toThrow(/permission denied/);
  await expect(asAda((tx) => sql`select ledger.post('[]'::jsonb)`.execute(tx))).rejects.toThrow(
    /permission denied/,
  );
});
