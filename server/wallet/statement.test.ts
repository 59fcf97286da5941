import { afterAll, beforeAll, expect, test } from 'vitest';
import { signingKey } from '#server/ledger/signing.ts';
import { faultsOf } from '#server/ledger/statement-faults.ts';
import { createLog } from '#server/log.ts';
import { type TestApp, testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { statementRoutes } from './statement-routes.ts';

const database = testDatabase();
const key = signingKey('a secret');
let http: TestApp;
beforeAll(async () => {
  http = await testApp(createLog('silent'), (app, guards) =>
    statementRoutes(app, { pools: database().pools, key }, guards),
  );
});
afterAll(() => http.close());

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('a member downloads the own statement in three forms, and nobody else’s', async () => {
  const { memberId } = await aWallet(database().pools, { cash: usd('7') });
  const { memberId: other } = await aWallet(database().pools, { cash: 0n });
  const get = (who: string, format: string) =>
    http.call(who, 'GET', `/api/wallet/statement?from=${day(-1)}&to=${day(1)}&format=${format}`);
  const json = await get(memberId, 'json');
  expect(json.status).toBe(200);
  expect(json.json.statement).toMatchObject({ memberId, closingMicro: '7000000' });
  expect(faultsOf(JSON.stringify(json.json), key.publicKey)).toEqual([]);
  expect((await get(other, 'json')).json.statement).toMatchObject({ lines: [], closingMicro: '0' });
  for (const [format, begins] of [
    ['csv', 'time,what'],
    ['pdf', '%PDF-'],
  ] as const) {
    const file = await fetch(
      `${http.url}/api/wallet/statement?from=${day(-1)}&to=${day(1)}&format=${format}`,
      { headers: { 'x-test-member': memberId } },
    );
    expect(file.headers.get('content-disposition')).toMatch(new RegExp(`^attachment; .*\\.${format}"$`));
    expect((await file.text()).startsWith(begins)).toBe(true);
  }
  expect((await get(memberId, 'xls')).status).toBe(400);
});
