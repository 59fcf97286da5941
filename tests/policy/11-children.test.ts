import { afterAll, beforeAll, expect, test } from 'vitest';
import { ageThreshold, issueAgePass, readAgePass, yearsSince } from '#server/members/age.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aPerson, Browser, type MembersApp, startMembersApp } from '#tests/support/members-app.ts';

const database = testDatabase();
let members: MembersApp;
beforeAll(async () => {
  members = await startMembersApp(database());
});
afterAll(async () => {
  await members.close();
});

const born = (years: number, days = 0) => {
  const day = new Date();
  day.setUTCFullYear(day.getUTCFullYear() - years);
  return new Date(day.getTime() + days * 86_400_000).toISOString().slice(0, 10);
};

/** Every table with its rows as text. */
const dump = () =>
  asSuperuser(database(), async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    const all: Record<string, string[]> = {};
    for (const { name } of tables)
      all[name] = (await client.query<{ line: string }>(`select t::text as line from ${name} t`)).rows.map(
        ({ line }) => line,
      );
    return all;
  });

test('11.1 below the age there is no row anywhere but a number by country, and the same device is refused afterwards', async () => {
  const before = await dump();
  const child = new Browser(members.url);
  const birthDate = born(12);
  const refused = await child.post('/api/age-check', { country: 'FI', birthDate });
  expect([refused.status, refused.json.type]).toEqual([403, '/problems/age-not-met']);
  const again = await child.post('/api/age-check', { country: 'FI', birthDate: born(30) });
  expect(again.json.type).toBe('/problems/age-not-met');
  const borrowed = (
    await new Browser(members.url).post('/api/age-check', { country: 'FI', birthDate: born(30) })
  ).json.agePass;
  const person = aPerson({ email: `child.${Date.now()}@example.com` });
  const signUp = await child.post('/api/sign-up', {
    ...person,
    country: 'FI',
    agePass: borrowed,
    acceptTerms: true,
  });
  expect(signUp.json.type).toBe('/problems/age-not-met');

  const after = await dump();
  const { 'identity.age_refusal': refusals, ...rest } = after;
  expect(refusals).toEqual([`(FI,${new Date().toISOString().slice(0, 10)},1)`]);
  expect(rest).toEqual({ ...before, 'identity.age_refusal': undefined });
  expect(JSON.stringify(after)).not.toContain(birthDate);
});

test('11.1 what the device keeps of a refusal is one word for a day, and identifies nobody', async () => {
  const cookies = [];
  for (const years of [5, 11]) {
    const child = new Browser(members.url);
    await child.post('/api/age-check', { country: 'DE', birthDate: born(years) });
    cookies.push(child.attributes.get('__Host-mluen.age'));
    expect([...child.cookies.keys()]).toEqual(['__Host-mluen.age']);
  }
  expect(cookies).toEqual(
    Array(2).fill('__Host-mluen.age=refused; Max-Age=86400; Path=/; HttpOnly; Secure; SameSite=Lax'),
  );
});

test('11.1 each country has its age; nowhere is it below 13', () => {
  expect(['FI', 'GB', 'US', 'IT', 'FR', 'DE', 'KE', 'IN'].map(ageThreshold)).toEqual([
    13, 13, 13, 14, 15, 16, 18, 18,
  ]);
  expect(ageThreshold('AR')).toBe(16);
});

test('11.1 the birthday itself counts, the day before does not, wherever the person is', () => {
  const noon = new Date('2026-06-15T12:00:00Z');
  expect(yearsSince('2010-06-15', noon)).toBe(16);
  expect(yearsSince('2010-06-16', noon)).toBe(15);
  expect(yearsSince('2010-06-15', new Date('2026-06-15T02:00:00Z'))).toBe(15); // still the 14th in some places
  expect(yearsSince('2008-02-29', new Date('2026-02-28T23:00:00Z'))).toBe(17);
  expect(yearsSince('2008-02-29', new Date('2026-03-01T12:00:00Z'))).toBe(18);
});

test('11.1 old enough gives a pass that is good for half an hour, for that country, and cannot be made', () => {
  const now = new Date();
  const pass = issueAgePass('secret', 'DE', now);
  expect(readAgePass('secret', pass, now)).toMatchObject({ country: 'DE', threshold: 16 });
  expect(readAgePass('secret', pass, new Date(now.getTime() + 31 * 60_000))).toBeNull();
  expect(readAgePass('other', pass, now)).toBeNull();
  const [body, signature] = pass.split('.');
  const forged = Buffer.from(
    JSON.stringify({ country: 'KE', threshold: 18, until: now.getTime() + 1e9 }),
  ).toString('base64url');
  for (const made of [`${forged}.${signature}`, `${body}.`, body!, '', 'x.y.z'])
    expect(readAgePass('secret', made, now)).toBeNull();
});

test('11.1 a birth date that is none is refused without a count', async () => {
  const browser = new Browser(members.url);
  for (const birthDate of ['2010-02-30', '15.6.2010', '', '2010-06-15T00:00:00Z'])
    expect((await browser.post('/api/age-check', { country: 'DE', birthDate })).status).toBe(400);
  expect(browser.cookies.size).toBe(0);
});
