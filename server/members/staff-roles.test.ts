import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asIdentity, asMember, asStaff } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { aPerson, type TestApp, testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { consoleRoutes } from './console-routes.ts';

const database = testDatabase();
const operatorId = newId();
const operator = `${operatorId};operator`;
let http: TestApp;
beforeAll(async () => {
  http = await testApp(createLog('silent'), (app, guards) =>
    consoleRoutes(app, { pools: database().pools, guards }),
  );
});
afterAll(() => http.close());

const set = (who: string | null, id: string, roles: string[], reason = 'joins the desk') =>
  http.call(who, 'POST', `/api/console/people/${id}/roles`, { roles, reason });
const storedOf = (id: string) =>
  asIdentity(database().pools, (tx) =>
    tx.selectFrom('identity.member').select(['role', 'staffRoles']).where('id', '=', id).executeTakeFirst(),
  );

test('an operator makes a person staff under some roles, and a member again; the person can read that it was done', async () => {
  const id = await aPerson(database());
  expect((await set(operator, id, ['support', 'finance', 'support'])).status).toBe(204);
  expect(await storedOf(id)).toEqual({ role: 'staff', staffRoles: ['finance', 'support'] });
  const people = await http.call(`${newId()};support`, 'GET', '/api/console/people');
  expect(people.json.items.find((person: { id: string }) => person.id === id).staffRoles).toEqual([
    'finance',
    'support',
  ]);
  expect((await set(operator, id, [], 'left the desk')).status).toBe(204);
  expect(await storedOf(id)).toEqual({ role: 'member', staffRoles: [] });
  const told = await asMember(database().pools, id, (tx) =>
    tx
      .selectFrom('audit.event')
      .select(['actorId', 'object', 'reason'])
      .where('action', '=', 'member.staff-roles')
      .orderBy('id')
      .execute(),
  );
  expect(told).toEqual([
    { actorId: operatorId, object: 'none to finance,support', reason: 'joins the desk' },
    { actorId: operatorId, object: 'finance,support to none', reason: 'left the desk' },
  ]);
});

test('only operators do it, never for themselves, and PostgreSQL itself says so', async () => {
  const id = await aPerson(database());
  for (const role of ['support', 'finance', 'auditor']) {
    const { status, json } = await set(`${newId()};${role}`, id, ['operator']);
    expect([status, json.detail]).toEqual([403, expect.stringContaining('it takes operator')]);
  }
  expect((await set(id, id, ['operator'])).status).toBe(403);
  expect((await set(null, id, ['operator'])).status).toBe(401);
  expect((await set(`${id};operator`, id, ['finance'])).json.detail).toContain('own roles');
  expect((await set(operator, newId(), ['support'])).status).toBe(404);
  expect((await set(operator, id, ['owner'])).status).toBe(400);
  expect((await set(operator, id, ['support'], ' ')).status).toBe(400);
  expect(await storedOf(id)).toEqual({ role: 'member', staffRoles: [] });
  const own = asStaff(database().pools, 'operator', id, (tx) =>
    sql`select identity.set_staff_roles(${id}, array['finance'])`.execute(tx),
  );
  await expect(own).rejects.toThrow('nobody sets the own roles');
});
