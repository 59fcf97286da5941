import { afterAll, beforeAll, expect, test } from 'vitest';
import { listPeople } from '#contract/console.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import {
  aMember,
  Browser,
  type MembersApp,
  mailTo,
  signIn,
  startMembersApp,
} from '#tests/support/members-app.ts';
import { ensureAccount } from './accounts.ts';
import { DAY_MS } from './session-token.ts';

const database = testDatabase();
let members: MembersApp;
let now = () => new Date();
beforeAll(async () => {
  members = await startMembersApp(database(), { now: () => now() });
});
afterAll(async () => {
  await members.close();
});

const SESSION = '__Host-mluen.session_token';
const browser = () => new Browser(members.url);
const rows = <T>(sql: string, values: unknown[] = []) =>
  asSuperuser(database(), async (client) => (await client.query(sql, values)).rows as T[]);
test('ASVS 7.2.4: each sign-in has a new token, and one that was planted before is not taken over', async () => {
  const { browser: mine, person } = await aMember(database(), members.url);
  const first = mine.cookies.get(SESSION);
  await signIn(mine, person);
  const second = mine.cookies.get(SESSION);
  expect(second).not.toBe(first);
  const planted = browser();
  planted.cookies.set(SESSION, first!);
  expect((await planted.get('/api/me')).status).toBe(401); // the browser's former session has ended
  await signIn(planted, person);
  expect(planted.cookies.get(SESSION)).not.toBe(first);
});

test('ASVS 3.3, 15: the session’s cookie is tied to this host, to HTTPS, and out of scripts’ reach; its token is nowhere else', async () => {
  const { browser: mine, person } = await aMember(database(), members.url);
  const answer = await signIn(mine, person);
  expect(answer.text).toBe('{"redirect":false}');
  const cookie = mine.attributes.get(SESSION)!;
  for (const attribute of ['Max-Age=604800', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
    expect(cookie.toLowerCase()).toContain(attribute.toLowerCase());
  expect(cookie).not.toMatch(/domain=/i);
  const token = decodeURIComponent(mine.cookies.get(SESSION)!).split('.')[0]!;
  const dump = await rows<{ line: string }>('select s::text as line from identity.session s');
  expect(dump.length).toBeGreaterThan(0);
  for (const { line } of dump) expect(line).not.toContain(token);
  expect(dump.at(-1)!.line).toContain('127.0.0.1');
});

test('whoever asked not to be remembered gets a cookie that ends with the browser', async () => {
  const { person } = await aMember(database(), members.url);
  const mine = browser();
  await mine.post('/api/auth/sign-in/email', {
    ...{ email: person.email, password: person.password },
    rememberMe: false,
  });
  expect(mine.attributes.get(SESSION)).not.toMatch(/max-age/i);
  await mine.get('/api/me');
  expect(mine.attributes.get(SESSION)).not.toMatch(/max-age/i);
});

test('ASVS 7.4: a token is dead after sign-out, and the browser is told to clear what it keeps', async () => {
  const { browser: mine } = await aMember(database(), members.url);
  const token = mine.cookies.get(SESSION)!;
  const answer = await mine.post('/api/auth/sign-out');
  expect(answer.headers.get('clear-site-data')).toBe('"cache", "cookies", "storage"');
  expect(mine.cookies.has(SESSION)).toBe(false);
  mine.cookies.set(SESSION, token);
  expect((await mine.get('/api/me')).status).toBe(401);
});

test('ASVS 7.4: changing the password signs out every other device, and asks for the present one', async () => {
  const { browser: mine, person } = await aMember(database(), members.url);
  const phone = browser();
  await signIn(phone, person);
  const change = (currentPassword: string) =>
    mine.post('/api/auth/change-password', { currentPassword, newPassword: 'a new and better password' });
  expect((await change('not this one at all')).json).toMatchObject({ type: '/problems/invalid-input' });
  expect((await change(person.password)).status).toBe(200);
  expect((await phone.get('/api/me')).status).toBe(401);
  expect((await mine.get('/api/me')).status).toBe(200);
  expect((await signIn(browser(), person)).status).toBe(401);
  expect((await mailTo(database(), person.email)).at(-1)).toMatchObject({
    subject: 'Your password was changed',
  });
});

test('ASVS 7.3: a session ends a week after it was last used, and thirty days after the sign-in', async () => {
  const { browser: mine } = await aMember(database(), members.url);
  const start = Date.now();
  const dayIs = async (day: number) => {
    now = () => new Date(start + day * DAY_MS);
    return (await mine.get('/api/me')).status;
  };
  try {
    for (const day of [6, 12, 18, 24, 29.9]) expect(await dayIs(day)).toBe(200);
    expect(await dayIs(30.1)).toBe(401);
    const { browser: idle } = await aMember(database(), members.url);
    now = () => new Date(Date.now() + 7.1 * DAY_MS);
    expect((await idle.get('/api/me')).status).toBe(401);
  } finally {
    now = () => new Date();
  }
});

test('ASVS 7.5.2: a person sees the own sessions and ends one; another’s is not found', async () => {
  const { browser: mine, person } = await aMember(database(), members.url);
  const { browser: other } = await aMember(database(), members.url);
  const phone = browser();
  await phone.post(
    '/api/auth/sign-in/email',
    { email: person.email, password: person.password },
    {
      'user-agent':
        'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    },
  );
  const { items } = (await mine.get('/api/me/sessions')).json;
  expect(items).toHaveLength(2);
  const theirs = items.find((session: { current: boolean }) => !session.current);
  expect(theirs).toMatchObject({ browser: 'Safari', device: 'iOS, mobile' });
  expect((await other.call('DELETE', `/api/me/sessions/${theirs.id}`)).status).toBe(404);
  expect((await phone.get('/api/me')).status).toBe(200);
  expect((await mine.call('DELETE', `/api/me/sessions/${theirs.id}`)).status).toBe(204);
  expect((await phone.get('/api/me')).status).toBe(401);
});

test('ASVS 7.5.1: a key is made only soon after the person proved who they are', async () => {
  const { browser: mine } = await aMember(database(), members.url);
  now = () => new Date(Date.now() + 11 * 60 * 1000);
  try {
    const answer = await mine.post('/api/keys', { name: 'late' });
    expect(answer.json.type).toBe('/problems/fresh-sign-in-required');
  } finally {
    now = () => new Date();
  }
});

test('ASVS 15.3.3: role, address and verification cannot be set by the person', async () => {
  const { browser: mine } = await aMember(database(), members.url);
  for (const field of [
    { role: 'staff' },
    { email: 'x@example.com' },
    { emailVerified: true },
    { id: 'x' },
    { user_id: 'x' },
  ])
    expect((await mine.call('PATCH', '/api/me', field)).status).toBe(400);
  const corrected = await mine.call('PATCH', '/api/me', {
    displayName: ' Ada ',
    phone: '+254712345678',
    country: 'KE',
  });
  expect(corrected.json).toMatchObject({
    displayName: 'Ada',
    phone: '+254712345678',
    country: 'KE',
    role: 'member',
  });
  expect((await mine.call('PATCH', '/api/me', { phone: null })).json.phone).toBeNull();
  expect((await mine.post('/api/auth/update-user', { role: 'staff' })).status).toBe(404);
});

test('ASVS 8.2.2: what belongs to another is not found', async () => {
  const { browser: mine } = await aMember(database(), members.url);
  const { browser: other } = await aMember(database(), members.url);
  const { key } = (await mine.post('/api/keys', { name: 'mine' })).json;
  expect((await other.call('DELETE', `/api/keys/${key.id}`)).status).toBe(404);
  expect((await other.get('/api/keys')).json.items).toEqual([]);
  expect((await mine.get('/api/keys')).json.items).toMatchObject([{ id: key.id, revokedAt: null }]);
});

test('of Better Auth only our list of routes is open', async () => {
  const { browser: mine } = await aMember(database(), members.url);
  for (const path of [
    'sign-up/email',
    'delete-user',
    'update-user',
    'change-email',
    'get-session',
    'list-sessions',
    'sign-in/email-otp',
    'email-otp/check-verification-otp',
    'unlink-account',
    'get-access-token',
    'error',
  ])
    for (const method of ['GET', 'POST'])
      expect([
        path,
        (await mine.call(method, `/api/auth/${path}`, method === 'POST' ? {} : undefined)).status,
      ]).toEqual([path, 404]);
});

test('staff see members with the address masked; members see nothing of the console', async () => {
  const staff = {
    email: `staff.${Date.now()}@example.com`,
    password: 'a password for the staff',
    displayName: 'Staff',
    country: 'DE',
    role: 'staff' as const,
  };
  const deps = { pools: database().pools, opening: async () => undefined };
  const id = await ensureAccount(deps, staff);
  expect(await ensureAccount(deps, { ...staff, password: 'another one, which is ignored' })).toBe(id);
  const { browser: member, person } = await aMember(database(), members.url);
  const console = browser();
  expect(
    (await console.post('/api/auth/sign-in/email', { email: staff.email, password: staff.password })).status,
  ).toBe(200);
  expect((await member.get(listPeople.path)).status).toBe(403);
  const people = (await console.get(listPeople.path)).json.items;
  expect(people[0]).toMatchObject({
    emailMasked: 'p…@example.com',
    displayName: person.displayName,
    state: 'active',
  });
  expect(JSON.stringify(people)).not.toContain(person.email);
});
