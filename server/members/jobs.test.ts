import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asIdentity } from '#server/database/transaction.ts';
import { startJobs } from '#server/jobs/jobs.ts';
import { createLog } from '#server/log.ts';
import { aPerson as aConfirmed } from '#tests/support/app.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import {
  aMember,
  aPerson,
  Browser,
  type MembersApp,
  signUp,
  startMembersApp,
} from '#tests/support/members-app.ts';
import { memberJobs } from './jobs.ts';

const database = testDatabase();
const tellSecured = async () => undefined;
let members: MembersApp;
beforeAll(async () => {
  members = await startMembersApp(database());
});
afterAll(async () => {
  await members.close();
});

const rows = <T>(sql: string, values: unknown[] = []) =>
  asSuperuser(database(), async (client) => (await client.query(sql, values)).rows as T[]);
const attempt = { number: 1, last: false };

test('whoever is confirmed gets wallet and key by the job, even when the confirming process opened nothing', async () => {
  const opened = new Map<string, () => void>();
  const opening = async (_tx: unknown, memberId: string) => opened.get(memberId)?.();
  const runner = await startJobs(
    database().pools,
    [memberJobs({ pools: database().pools, opening, tellSecured })],
    createLog('silent'),
  );
  try {
    const memberId = newId();
    const done = new Promise<void>((resolve) => opened.set(memberId, resolve));
    await asIdentity(database().pools, (tx) =>
      tx
        .insertInto('identity.member')
        .values({ id: memberId, email: `${memberId}@example.com`, emailVerified: true, displayName: 'Ada' })
        .execute(),
    );
    await done;
  } finally {
    await runner.stop();
  }
});

test('an address that is not confirmed opens nothing', async () => {
  const person = aPerson();
  await signUp(new Browser(members.url), person);
  const [{ id }] = (await rows<{ id: string }>('select id from identity.member where email = $1', [
    person.email,
  ])) as [{ id: string }];
  const opened: string[] = [];
  const { handlers } = memberJobs({
    tellSecured,
    pools: database().pools,
    opening: async (_tx, memberId) => void opened.push(memberId),
  });
  await handlers['members.open']!({ memberId: id }, attempt);
  expect(opened).toEqual([]);
});

test('tidying removes what is past its time, and nothing else', async () => {
  const { handlers } = memberJobs({ pools: database().pools, opening: async () => undefined, tellSecured });
  const [fresh, stale] = [aPerson(), aPerson()];
  for (const person of [fresh, stale]) await signUp(new Browser(members.url), person);
  const confirmed = await aConfirmed(database());
  const { browser, id } = await aMember(database(), members.url);
  await rows(
    `update identity.member set updated_at = now() - interval '8 days' where email = $1 or id = $2`,
    [stale.email, confirmed],
  );
  await rows(`update identity.verification set expires_at = now() - interval '1 minute'`);
  await rows(
    `insert into identity.session (user_id, id, token_hash, expires_at) values ($1, $2, 'long ago', now() - interval '31 days')`,
    [id, newId()],
  );
  await handlers['members.tidy']!({}, attempt);
  const left = await rows<{ email: string }>('select email from identity.member');
  expect(left.map(({ email }) => email)).toEqual(
    expect.arrayContaining([fresh.email, `${confirmed}@example.org`]),
  );
  expect(left.map(({ email }) => email)).not.toContain(stale.email);
  expect(await rows('select 1 from identity.verification')).toEqual([]);
  expect(await rows('select 1 from identity.session where user_id = $1', [id])).toHaveLength(1);
  expect((await browser.get('/api/me')).status).toBe(200);
});
