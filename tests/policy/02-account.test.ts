import { afterAll, beforeAll, expect, test } from 'vitest';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aMember, Browser, type MembersApp, signIn, startMembersApp } from '#tests/support/members-app.ts';

const database = testDatabase();
let members: MembersApp;
beforeAll(async () => {
  members = await startMembersApp(database());
});
afterAll(async () => {
  await members.close();
});

const rows = <T>(sql: string, values: unknown[] = []) =>
  asSuperuser(database(), async (client) => (await client.query(sql, values)).rows as T[]);

const columnsOf = async (table: string) =>
  (
    await rows<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by 1`,
      [table],
    )
  ).map(({ name }) => name);

test('2.1 the account holds address, name, optional phone, country, password hash and Google’s subject, and no other thing about the person', async () => {
  // What is not of the clause is no information from the person: ids, times, a role, the language of the pages.
  expect(await columnsOf('identity.member')).toEqual([
    'country',
    'created_at',
    'display_name',
    'email',
    'email_masked',
    'email_verified',
    'id',
    'locale',
    'phone',
    'role',
    'staff_roles',
    'updated_at',
  ]);
  expect(await columnsOf('identity.sign_in')).toEqual([
    'created_at',
    'id',
    'password_hash',
    'provider',
    'subject',
    'updated_at',
    'user_id',
  ]);
});

test('2.1 the phone number is optional and can be removed', async () => {
  const { browser, id } = await aMember(database(), members.url);
  expect((await browser.get('/api/me')).json.phone).toBeNull();
  await browser.call('PATCH', '/api/me', { phone: '+254712345678' });
  await browser.call('PATCH', '/api/me', { phone: null });
  const [row] = await rows<{ line: string }>('select m::text as line from identity.member m where id = $1', [
    id,
  ]);
  expect(row!.line).not.toContain('254712345678');
});

test('2.1 neither the password nor a session’s token is anywhere in a dump of the database', async () => {
  const { browser, person } = await aMember(database(), members.url);
  await signIn(new Browser(members.url), person);
  const token = decodeURIComponent(browser.cookies.get('__Host-mluen.session_token')!).split('.')[0]!;
  const tables = await rows<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const lines = await rows<{ line: string }>(`select t::text as line from ${name} t`);
    if (lines.some(({ line }) => line.includes(person.password) || line.includes(token))) found.push(name);
  }
  expect(tables.length).toBeGreaterThan(20);
  expect(found).toEqual([]);
});
