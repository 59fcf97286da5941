import { afterAll, beforeAll, expect, test } from 'vitest';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aMember, type MembersApp, startMembersApp } from '#tests/support/members-app.ts';

const database = testDatabase();
let members: MembersApp;
beforeAll(async () => {
  members = await startMembersApp(database());
});
afterAll(() => members.close());

const corrections = (memberId: string) =>
  asSuperuser(database(), async (client) => {
    const { rows } = await client.query<{ line: string }>(
      `select e::text as line from audit.event e where subject_id = $1 and action = 'member.correct'`,
      [memberId],
    );
    return rows.map(({ line }) => line);
  });

test('9.2 name, country and phone are corrected at once, and that it was done is kept, without what was there', async () => {
  const { browser, id, person } = await aMember(database(), members.url);
  const correct = { displayName: 'Corrected Otter', country: 'KE', phone: '+254712345678' };
  expect((await browser.call('PATCH', '/api/me', correct)).status).toBe(200);
  expect((await browser.get('/api/me')).json).toMatchObject(correct);
  const kept = await corrections(id);
  expect(kept.length).toBeGreaterThan(0);
  for (const line of kept)
    for (const said of [correct.displayName, correct.phone, person.displayName])
      expect(line).not.toContain(said);
});

test('9.2 what is no correction is refused and changes nothing', async () => {
  const { browser, id } = await aMember(database(), members.url);
  const before = (await browser.get('/api/me')).json;
  for (const wrong of [
    { country: 'Atlantis' },
    { phone: '0712' },
    { displayName: '' },
    { role: 'staff' },
    { emailVerified: true },
  ])
    expect((await browser.call('PATCH', '/api/me', wrong)).status).toBe(400);
  expect((await browser.get('/api/me')).json).toEqual(before);
  expect(await corrections(id)).toEqual([]);
});
