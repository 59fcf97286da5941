import { argon2Sync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import {
  agePassFor,
  aMember,
  aPerson,
  Browser,
  type MembersApp,
  signIn,
  startMembersApp,
} from '#tests/support/members-app.ts';

const database = testDatabase();
/** Two processes on one database, as behind a load balancer. */
let members: MembersApp;
let other: MembersApp;
beforeAll(async () => {
  members = await startMembersApp(database());
  other = await startMembersApp(database());
});
afterAll(async () => {
  await members.close();
  await other.close();
});

const rows = <T>(sql: string, values: unknown[] = []) =>
  asSuperuser(database(), async (client) => (await client.query(sql, values)).rows as T[]);
const hashOf = async (id: string) =>
  (
    await rows<{ password_hash: string }>('select password_hash from identity.sign_in where user_id = $1', [
      id,
    ])
  )[0]!.password_hash;

test('10.2 a password is stored as argon2id with 64 MiB, three passes, four lanes, and a salt of its own', async () => {
  const person = aPerson();
  const one = await hashOf((await aMember(database(), members.url, person)).id);
  const two = await hashOf(
    (await aMember(database(), members.url, aPerson({ password: person.password }))).id,
  );
  expect(one).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
  const [, , , , salt, hash] = one.split('$');
  const again = argon2Sync('argon2id', {
    message: person.password,
    nonce: Buffer.from(salt!, 'base64'),
    memory: 65536,
    passes: 3,
    parallelism: 4,
    tagLength: 32,
  });
  expect(again.toString('base64').replace(/=+$/, '')).toBe(hash);
});

test('10.2 a hash with yesterday’s costs is replaced at the next sign-in', async () => {
  const { id, person } = await aMember(database(), members.url);
  const salt = randomBytes(16);
  const old = argon2Sync('argon2id', {
    message: person.password,
    nonce: salt,
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  });
  const phc = `$argon2id$v=19$m=19456,t=2,p=1$${salt.toString('base64').replace(/=+$/, '')}$${old.toString('base64').replace(/=+$/, '')}`;
  await rows('update identity.sign_in set password_hash = $1 where user_id = $2', [phc, id]);
  expect((await signIn(new Browser(members.url), { ...person, password: 'not the right one' })).status).toBe(
    401,
  );
  expect(await hashOf(id)).toBe(phc);
  expect((await signIn(new Browser(members.url), person)).status).toBe(200);
  expect(await hashOf(id)).toMatch(/m=65536,t=3,p=4/);
  expect((await signIn(new Browser(members.url), person)).status).toBe(200);
});

test('10.2 a password that was published after breaches, or that follows from the person, is refused', async () => {
  const browser = new Browser(members.url);
  const person = aPerson();
  const agePass = await agePassFor(browser);
  for (const password of ['passwordpassword', '123456789012', 'qwertyuiopas', 'iloveyou1234', person.email]) {
    const answer = await browser.post('/api/sign-up', { ...person, password, agePass, acceptTerms: true });
    expect([password, answer.status, answer.json.errors?.[0].path]).toEqual([password, 400, 'password']);
  }
  const { browser: mine, person: me } = await aMember(database(), members.url);
  const change = await mine.post('/api/auth/change-password', {
    currentPassword: me.password,
    newPassword: 'passwordpassword',
  });
  expect(change.status).toBe(400);
});

test('10.3 a session’s token is random, only its hash is stored, and the hash itself opens nothing', async () => {
  const { browser, id } = await aMember(database(), members.url);
  const cookie = browser.cookies.get('__Host-mluen.session_token')!;
  const [token, signature] = decodeURIComponent(cookie).split('.') as [string, string];
  expect(token.length).toBeGreaterThanOrEqual(32);
  const [stored] = await rows<{ token_hash: string; line: string }>(
    'select token_hash, s::text as line from identity.session s where user_id = $1',
    [id],
  );
  expect(stored!.line).not.toContain(token);
  for (const forged of [
    stored!.token_hash,
    `${stored!.token_hash}.${signature}`,
    token,
    `${token}.AAAA`,
    `x${token}.${signature}`,
  ]) {
    const thief = new Browser(members.url);
    thief.cookies.set('__Host-mluen.session_token', encodeURIComponent(forged));
    expect((await thief.get('/api/me')).status).toBe(401);
  }
});

test('10.3 a session that is ended in one process is dead in the other', async () => {
  const { browser, person } = await aMember(database(), members.url);
  const elsewhere = new Browser(other.url);
  await signIn(elsewhere, person);
  expect((await elsewhere.get('/api/me')).status).toBe(200);
  const sessions = (await browser.get('/api/me/sessions')).json.items as { id: string; current: boolean }[];
  for (const { id } of sessions.filter(({ current }) => !current))
    await browser.call('DELETE', `/api/me/sessions/${id}`);
  expect((await elsewhere.get('/api/me')).status).toBe(401);
});

test('10.3 a member’s session opens nothing of the staff', async () => {
  const { browser } = await aMember(database(), members.url);
  expect((await browser.get('/api/console/people')).status).toBe(403);
  expect((await new Browser(members.url).get('/api/console/people')).status).toBe(401);
});

test('10.5 sign-up, sign-in, password, corrections and keys leave their entries, which the person can see', async () => {
  const { browser, id, person } = await aMember(database(), members.url);
  await browser.post('/api/auth/change-password', {
    currentPassword: person.password,
    newPassword: 'entirely different words here',
  });
  await browser.call('PATCH', '/api/me', { displayName: 'Corrected Name' });
  const { key } = (await browser.post('/api/keys', { name: 'laptop' })).json;
  await browser.call('DELETE', `/api/keys/${key.id}`);
  const events = await rows<{ action: string; actor_id: string; line: string }>(
    'select action, actor_id, e::text as line from audit.event e where subject_id = $1 order by id',
    [id],
  );
  expect(events.map(({ action }) => action)).toEqual([
    'member.sign-up',
    'session.start',
    'session.start',
    'member.password',
    'member.correct',
    'key.create',
    'key.revoke',
  ]);
  for (const { actor_id, line } of events) {
    expect(actor_id).toBe(id);
    expect(line).not.toContain('Corrected Name');
  }
});
