import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, asStaff } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { subprocessorRoutes } from '#server/privacy/subprocessor-routes.ts';
import { type TestApp, testApp } from '#tests/support/app.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';

const database = testDatabase();
let app: TestApp;
beforeAll(async () => {
  app = await testApp(createLog('silent'), (server, guards) =>
    subprocessorRoutes(server, { pools: database().pools }, guards),
  );
});
afterAll(() => app.close());

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const operator = `${newId()};staff`;
let companies = 0;
const aCompany = (change: object = {}) => {
  companies += 1;
  return {
    name: `Company ${companies}`,
    category: 'hosting',
    purpose: 'Runs the machines that the service is on.',
    country: 'DE',
    safeguard: null,
    contractOn: '2026-01-15',
    effectiveOn: inDays(21),
    ...change,
  };
};
const add = (company: object, as: string | null = operator) =>
  app.call(as, 'POST', '/api/console/subprocessors', company);
const fieldOf = (answer: { status: number; json: { errors?: { path: string }[] } }) => [
  answer.status,
  answer.json.errors?.[0]?.path,
];

test('5.4 6.2 7.2 the list says of each its purpose, place, safeguard, contract and day, to everyone', async () => {
  const company = aCompany({ country: 'US', safeguard: 'scc', category: 'mail' });
  const added = await add(company);
  expect(added).toMatchObject({ status: 200, json: { ...company, version: 1, announcedOn: inDays(0) } });
  const { json } = await app.call(null, 'GET', '/api/subprocessors');
  expect(json.items).toContainEqual(added.json);
});

test('5.4 one that begins without two weeks’ notice, or without a day, is refused', async () => {
  expect(fieldOf(await add(aCompany({ effectiveOn: inDays(3) })))).toEqual([400, 'effectiveOn']);
  expect(fieldOf(await add(aCompany({ effectiveOn: undefined })))).toEqual([400, 'effectiveOn']);
  expect((await add(aCompany({ effectiveOn: inDays(14) }))).status).toBe(200);
});

test('6.2 one without the date of its contract, or bound only later, is refused', async () => {
  expect(fieldOf(await add(aCompany({ contractOn: undefined })))).toEqual([400, 'contractOn']);
  expect(fieldOf(await add(aCompany({ contractOn: inDays(30) })))).toEqual([400, 'contractOn']);
});

test('7.2 a country that is not adequate needs a safeguard, an adequate one does not', async () => {
  for (const country of ['US', 'KE', 'IN', 'MM'])
    expect([country, ...fieldOf(await add(aCompany({ country })))]).toEqual([country, 400, 'safeguard']);
  for (const country of ['FR', 'NO', 'CH', 'GB', 'JP'])
    expect([country, (await add(aCompany({ country }))).status]).toEqual([country, 200]);
});

test('5.4 a change is a next version that follows the one before; an end needs no notice', async () => {
  const company = aCompany();
  await add(company);
  const next = await add({
    ...company,
    purpose: 'Runs the machines and keeps the backups.',
    effectiveOn: inDays(40),
  });
  expect(next.json).toMatchObject({ version: 2 });
  expect((await add({ ...company, isEnd: true, effectiveOn: inDays(41) })).json).toMatchObject({
    version: 3,
    isEnd: true,
  });
  const { json } = await app.call(null, 'GET', '/api/subprocessors');
  expect(json.items.filter(({ name }: { name: string }) => name === company.name)).toHaveLength(3);
});

test('5.4 PostgreSQL refuses the same by hand, lets nobody change a version, and nobody but an operator add one', async () => {
  const row = {
    name: 'By hand',
    version: 1,
    category: 'hosting',
    purpose: 'Runs the machines that the service is on.',
    country: 'US',
    safeguard: null,
    contractOn: '2026-01-15',
    announcedOn: inDays(0),
    effectiveOn: inDays(21),
  };
  const insert = (change: object) =>
    asStaff(database().pools, 'operator', newId(), (tx) =>
      tx
        .insertInto('privacy.subprocessor')
        .values({ ...row, ...change })
        .execute(),
    );
  await expect(insert({})).rejects.toThrow('safeguard_where_not_adequate');
  await expect(insert({ country: 'DE', effectiveOn: inDays(1) })).rejects.toThrow(
    'announced_two_weeks_ahead',
  );
  await expect(insert({ country: 'DE', announcedOn: '2020-01-01' })).rejects.toThrow(
    'was not announced before',
  );
  await expect(insert({ country: 'DE', version: 2 })).rejects.toThrow('next version');
  const denied = /permission denied/;
  await expect(
    asStaff(database().pools, 'operator', newId(), (tx) =>
      tx.updateTable('privacy.subprocessor').set({ safeguard: 'scc' }).execute(),
    ),
  ).rejects.toThrow(denied);
  await expect(
    asService(database().pools, (tx) => tx.deleteFrom('privacy.subprocessor').execute()),
  ).rejects.toThrow(denied);
  expect((await add(aCompany(), `${newId()};finance`)).status).toBe(403);
  expect((await add(aCompany(), newId())).status).toBe(403);
  const entries = await asSuperuser(database(), async (client) => {
    const sql = "select count(*)::int as count from audit.event where action = 'privacy.subprocessor'";
    return (await client.query<{ count: number }>(sql)).rows[0]!.count;
  });
  expect(entries).toBeGreaterThan(5);
});
