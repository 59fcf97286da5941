import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { inventoryOf, objectionable } from '#server/privacy/inventory.ts';
import type { PersonalData } from '#server/privacy/personal-data-kinds.ts';
import { rightsRoutes } from '#server/privacy/rights-routes.ts';
import type { TestApp } from '#tests/support/app.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { declaredInventory } from '#tests/support/inventory.ts';
import { aMember, type MembersApp, signIn, startMembersApp } from '#tests/support/members-app.ts';
import { type PrivacyWorld, privacyWorld } from '#tests/support/privacy.ts';

const database = testDatabase();
let world: PrivacyWorld;
let members: MembersApp;
let rights: TestApp;
beforeAll(async () => {
  world = await privacyWorld(database());
  rights = world.app;
  members = await startMembersApp(database(), {
    extra: (app, guards) => rightsRoutes(app, world.parts, guards),
    log: createLog('silent'),
  });
});
afterAll(async () => {
  await members.app.close();
  await world.close();
});

const tracesOf = (member: string) =>
  asService(database().pools, (tx) =>
    tx.selectFrom('identity.session').select(['ip', 'userAgent']).where('userId', '=', member).execute(),
  );

test('9.6 4.1 every purpose that rests on a legitimate interest, and no other, is offered for an objection', async () => {
  const inventory = await declaredInventory();
  const legitimate = inventory.personal.filter(({ basis }) => basis === 'legitimate');
  expect(legitimate.length).toBeGreaterThan(0);
  const { json } = await rights.call(newId(), 'GET', '/api/privacy/objections');
  expect(json.items.flatMap(({ columns }: { columns: string[] }) => columns).sort()).toEqual(
    legitimate.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`)).sort(),
  );
  const [entry] = legitimate;
  const without: PersonalData = { ...entry!, objection: undefined };
  expect(() => inventoryOf([{ personalData: [without] }])).toThrow('names what one may object to');
  expect(() => inventoryOf([{ personalData: [{ ...entry!, basis: 'contract' }] }])).toThrow(entry!.table);
  expect([...objectionable(inventory).keys()]).toEqual(['sign-in-traces']);
});

test('9.6 an objection to the traces of sign-ins removes them at once, and later sign-ins leave none', async () => {
  const { browser, person, id } = await aMember(database(), members.url);
  expect(await tracesOf(id)).toEqual([{ ip: expect.any(String), userAgent: expect.any(String) }]);

  const path = '/api/privacy/objections/sign-in-traces';
  const objected = await browser.call('PUT', path);
  expect(objected.json.items).toMatchObject([{ id: 'sign-in-traces', since: expect.any(String) }]);
  expect((await browser.call('PUT', path)).json).toEqual(objected.json);
  expect(await tracesOf(id)).toEqual([{ ip: null, userAgent: null }]);
  expect((await signIn(browser, person)).status).toBe(200);
  const traces = await tracesOf(id);
  expect(new Set(traces.map(({ ip, userAgent }) => `${ip} ${userAgent}`))).toEqual(new Set(['null null']));
  const listed = await browser.get('/api/me/sessions');
  expect(listed.json.items[0]).toMatchObject({ browser: 'Unknown', device: 'Unknown' });

  const back = await browser.call('DELETE', path);
  expect(back.json.items).toMatchObject([{ id: 'sign-in-traces', since: null }]);
  await signIn(browser, person);
  expect((await tracesOf(id)).filter(({ ip }) => ip !== null)).toHaveLength(1);
});

test('9.6 PostgreSQL keeps the traces out whoever writes them, and an objection is its person’s alone', async () => {
  const { id } = await aMember(database(), members.url);
  const other = newId();
  expect((await rights.call(other, 'PUT', '/api/privacy/objections/wallet')).status).toBe(404);
  const forOther = asMember(database().pools, other, (tx) =>
    tx
      .insertInto('privacy.objection')
      .values({ userId: id, id: newId(), purpose: 'sign-in-traces' })
      .execute(),
  );
  await expect(forOther).rejects.toThrow(/row-level security/);
  expect((await rights.call(id, 'PUT', '/api/privacy/objections/sign-in-traces')).status).toBe(200);
  await asSuperuser(database(), (client) =>
    client.query("update identity.session set ip = '192.0.2.7', user_agent = 'by hand' where user_id = $1", [
      id,
    ]),
  );
  expect(await tracesOf(id)).toEqual([{ ip: null, userAgent: null }]);
});
