import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import type { Archives } from '#server/ledger/archive.ts';
import { walletOf } from '#server/ledger/ledger.ts';
import { type Ledger, openLedger } from '#server/ledger/posting.ts';
import { signingKey } from '#server/ledger/signing.ts';
import { captureIdOf, holdIdOf } from '#server/ledger/transfer.ts';
import { createLog } from '#server/log.ts';
import { aPerson, type TestApp, testApp } from '#tests/support/app.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { consoleRoutes } from './routes.ts';

const database = testDatabase();
let http: TestApp;
let ledger: Ledger;
const staff = `${newId()};staff`;
/** No month is old enough to be read. */
const noArchives: Archives = {
  key: signingKey('a secret'),
  place: {
    write: () => Promise.reject(new Error('nothing is archived here')),
    read: () => {
      throw new Error('nothing is archived here');
    },
  },
};
beforeAll(async () => {
  ledger = await openLedger(database().pools);
  http = await testApp(createLog('silent'), (app, guards) =>
    consoleRoutes(
      app,
      { pools: database().pools, mode: 'sandbox', sandboxed: ['Stripe'], archives: noArchives },
      guards,
    ),
  );
  const memberId = await aPerson(database());
  await aWallet(database().pools, { memberId, cash: usd('10') });
  await hold(memberId, '3');
  const charged = await hold(memberId, '2');
  await ledger.capture({ holdId: holdIdOf(charged), id: captureIdOf(charged), amountMicro: usd('1.5') });
});
afterAll(async () => {
  await http.close();
  await ledger[Symbol.asyncDispose]();
});

async function hold(memberId: string, amount: string): Promise<string> {
  const generationId = newId();
  const walletId = (await walletOf(database().pools, memberId))!;
  await ledger.hold({
    id: holdIdOf(generationId),
    walletId,
    amountMicro: usd(amount),
    generationId,
    leaseSeconds: 60,
    deadline: null,
  });
  return generationId;
}

test('the overview counts members, holds and money', async () => {
  const { status, json } = await http.call(staff, 'GET', '/api/console/overview');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    mode: 'sandbox',
    sandboxed: ['Stripe'],
    members: 1,
    openHolds: 1,
    heldMicro: '3000000',
    walletsMicro: '8500000',
    revenueMicro: '1500000',
    generationsToday: 0,
    unknownOutcomes: 0,
  });
});

test('the trial balance sums to zero, posted and pending', async () => {
  const { json } = await http.call(staff, 'GET', '/api/console/ledger/accounts');
  const sum = (field: string) =>
    json.items.reduce((total: bigint, item: Record<string, string>) => total + BigInt(item[field]!), 0n);
  expect(sum('debitsMicro')).toBe(sum('creditsMicro'));
  expect(sum('debitsPendingMicro')).toBe(usd('3'));
  expect(sum('creditsPendingMicro')).toBe(usd('3'));
  expect(json.items.map(({ code }: { code: number }) => code)).toEqual([1100, 2100, 3100]);
  expect(json.items[1].name).toBe('Wallet, cash');
});

test('an audit finds nothing in sound books, finds what a superuser changed, and is itself on record', async () => {
  const audit = () => http.call(staff, 'POST', '/api/console/ledger/audit', { from: 'start' });
  const sound = await audit();
  expect(sound.json).toMatchObject({ ok: true, findings: [] });
  expect(sound.json.checkedTransfers).toBeGreaterThan(3);
  await asSuperuser(database(), async (client) => {
    await client.query('set session_replication_role = replica'); // triggers do not hold a superuser
    await client.query(
      'update ledger.account set credits_posted = credits_posted + 1000000 where code = 2100',
    );
  });
  const tampered = await audit();
  expect(tampered.json.ok).toBe(false);
  expect(tampered.json.findings.length).toBeGreaterThan(0);
  // What was found stopped posting; finance lifts it and says why.
  const stops = () => http.call(staff, 'GET', '/api/console/ledger/stops');
  expect((await stops()).json.items).toMatchObject([{ currency: 'USD', invariant: 'I1' }]);
  const lift = (reason: string) =>
    http.call(staff, 'POST', '/api/console/ledger/stops/lift', { currency: 'USD', reason });
  expect((await lift('short')).status).toBe(400);
  expect((await lift('a test had changed a balance')).json).toEqual({ items: [] });
  expect((await lift('a test had changed a balance')).status).toBe(404);
  expect((await stops()).json.items).toEqual([]);
  const lifted = await asService(database().pools, (tx) =>
    tx
      .selectFrom('audit.event')
      .select(['object', 'reason'])
      .where('action', '=', 'ledger.lift-stop')
      .execute(),
  );
  expect(lifted).toEqual([{ object: 'USD', reason: 'a test had changed a balance' }]);
  const records = await asService(database().pools, (tx) =>
    tx.selectFrom('audit.event').select('action').where('action', '=', 'ledger.audit').execute(),
  );
  expect(records).toHaveLength(2);
});

test('of the staff each sees what the roles may see; PostgreSQL refuses the rest', async () => {
  const [support, finance, operator] = ['support', 'finance', 'operator'].map((role) => `${newId()};${role}`);
  expect((await http.call(support!, 'GET', '/api/console/overview')).json).toMatchObject({
    members: expect.any(Number),
    walletsMicro: null,
    generationsToday: null,
  });
  expect((await http.call(finance!, 'GET', '/api/console/overview')).json).toMatchObject({
    members: null,
    walletsMicro: expect.any(String),
  });
  for (const who of [support!, operator!]) {
    for (const [method, path] of [
      ['GET', '/api/console/ledger/accounts'],
      ['POST', '/api/console/ledger/audit'],
    ] as const) {
      const { status, json } = await http.call(who, method, path, method === 'POST' ? {} : undefined);
      expect([status, json.detail]).toEqual([403, expect.stringContaining('it takes finance')]);
    }
  }
  expect((await http.call(finance!, 'GET', '/api/console/ledger/accounts')).status).toBe(200);
});

test('members and visitors are refused', async () => {
  const member = await aPerson(database());
  for (const [method, path] of [
    ['GET', '/api/console/overview'],
    ['GET', '/api/console/ledger/accounts'],
    ['POST', '/api/console/ledger/audit'],
  ] as const) {
    const body = method === 'POST' ? {} : undefined;
    expect((await http.call(member, method, path, body)).status).toBe(403);
    expect((await http.call(null, method, path, body)).status).toBe(401);
  }
});
