import { afterAll, beforeAll, expect, test } from 'vitest';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import {
  agePassFor,
  aMember,
  aPerson,
  Browser,
  lastCode,
  type MembersApp,
  mailTo,
  signIn,
  signUp,
  startMembersApp,
} from '#tests/support/members-app.ts';

const database = testDatabase();
let members: MembersApp;
beforeAll(async () => {
  members = await startMembersApp(database());
});
afterAll(async () => {
  await members.close();
});

const browser = () => new Browser(members.url);
const session = '__Host-mluen.session_token';

test('a person signs up, confirms the address with the code, and is signed in with wallet and key opened', async () => {
  const person = aPerson();
  const mine = browser();
  const answered = await signUp(mine, person);
  expect([answered.status, answered.json]).toEqual([200, { status: 'check-your-mail' }]);
  expect(mine.cookies.has(session)).toBe(false);
  const verified = await mine.post('/api/auth/email-otp/verify-email', {
    email: person.email,
    otp: await lastCode(database(), person.email),
  });
  expect(verified.text).toBe('{"status":true}');
  const me = await mine.get('/api/me');
  expect(me.json).toMatchObject({
    email: person.email,
    emailVerified: true,
    displayName: person.displayName,
    country: 'DE',
    phone: null,
    role: 'member',
    hasPassword: true,
    hasGoogle: false,
    erasureAt: null,
    toAccept: [],
  });
  expect(members.opened).toContain(me.json.id);
});

test('confirming leaves a job that opens wallet and key, in case the process dies at once', async () => {
  const { id } = await aMember(database(), members.url);
  const jobs = await asSuperuser(
    database(),
    async (client) =>
      (await client.query("select payload from jobs._private_jobs where key = 'members.open:' || $1", [id]))
        .rows,
  );
  expect(jobs).toEqual([{ payload: { memberId: id } }]);
});

test('nobody signs in before the address is confirmed, and the right password is told so', async () => {
  const person = aPerson();
  const mine = browser();
  await signUp(mine, person);
  const answered = await signIn(mine, person);
  expect(answered.status).toBe(403);
  expect(answered.json.type).toBe('/problems/email-not-verified');
  expect(mine.cookies.has(session)).toBe(false);
  const wrong = await signIn(mine, { ...person, password: 'not the password at all' });
  expect(wrong.status).toBe(401);
});

test('a code is good once, and not after five wrong tries', async () => {
  const person = aPerson();
  const mine = browser();
  await signUp(mine, person);
  const code = await lastCode(database(), person.email);
  const verify = (otp: string) => mine.post('/api/auth/email-otp/verify-email', { email: person.email, otp });
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  for (let tries = 0; tries < 5; tries += 1)
    expect((await verify(wrong)).json.type).toBe('/problems/invalid-input');
  expect((await verify(code)).status).toBe(429);
  expect((await verify(code)).status).toBe(400);
  await mine.post('/api/auth/email-otp/send-verification-otp', { email: person.email });
  const second = await lastCode(database(), person.email);
  expect((await verify(second)).status).toBe(200);
  expect((await verify(second)).status).toBe(400);
});

test('a forgotten password is replaced by mail; the old one and all sessions end', async () => {
  const { browser: mine, person } = await aMember(database(), members.url);
  const stranger = browser();
  await stranger.post('/api/auth/email-otp/request-password-reset', { email: person.email });
  const answered = await stranger.post('/api/auth/email-otp/reset-password', {
    email: person.email,
    otp: await lastCode(database(), person.email),
    password: 'a quite different password',
  });
  expect(answered.status).toBe(200);
  expect((await mine.get('/api/me')).status).toBe(401);
  expect((await signIn(browser(), person)).status).toBe(401);
  expect((await signIn(browser(), { ...person, password: 'a quite different password' })).status).toBe(200);
  expect((await mailTo(database(), person.email)).at(-1)).toMatchObject({
    subject: 'Your password was changed',
  });
});

test('two sign-ups with one address and two passwords: neither counts until the mailbox has spoken', async () => {
  const victim = aPerson();
  await signUp(browser(), { ...victim, password: 'the attacker knows this one' });
  const mine = browser();
  await signUp(mine, victim);
  await mine.post('/api/auth/email-otp/verify-email', {
    email: victim.email,
    otp: await lastCode(database(), victim.email),
  });
  expect((await mine.get('/api/me')).json).toMatchObject({
    displayName: victim.displayName,
    hasPassword: false,
  });
  expect((await signIn(browser(), { ...victim, password: 'the attacker knows this one' })).status).toBe(401);
});

test('signing up twice with the same password keeps it', async () => {
  const person = aPerson();
  await signUp(browser(), person);
  const mine = browser();
  await signUp(mine, person);
  await mine.post('/api/auth/email-otp/verify-email', {
    email: person.email,
    otp: await lastCode(database(), person.email),
  });
  expect((await signIn(browser(), person)).status).toBe(200);
});

test('a sign-up needs the age pass of the same country, and the acceptance of the terms', async () => {
  const mine = browser();
  const agePass = await agePassFor(mine, 'AT');
  const person = aPerson();
  const ask = (change: object) =>
    mine.post('/api/sign-up', { ...person, agePass, acceptTerms: true, ...change });
  expect((await ask({ country: 'DE' })).json.type).toBe('/problems/age-not-met');
  expect((await ask({ country: 'AT', agePass: `${agePass}x` })).json.type).toBe('/problems/age-not-met');
  expect((await ask({ country: 'AT', agePass: 'made.up' })).json.type).toBe('/problems/age-not-met');
  expect((await ask({ country: 'AT', acceptTerms: false })).status).toBe(400);
  expect((await ask({ country: 'AT', role: 'staff' })).status).toBe(400);
  expect((await ask({ country: 'AT', password: 'too short' })).status).toBe(400);
  expect(await mailTo(database(), person.email)).toEqual([]);
});

test('a button pressed twice is one sign-up, and the password counts', async () => {
  const person = aPerson();
  await Promise.all([signUp(browser(), person), signUp(browser(), person), signUp(browser(), person)]);
  const mine = browser();
  await mine.post('/api/auth/email-otp/verify-email', {
    email: person.email,
    otp: await lastCode(database(), person.email),
  });
  expect((await signIn(browser(), person)).status).toBe(200);
});

test('marketing is off unless it was asked for, and the last sign-up for an address says', async () => {
  const wishes = async (...marketing: boolean[]) => {
    const person = aPerson();
    for (const one of marketing) await signUp(browser(), { ...person, ...{ marketing: one } });
    return asSuperuser(database(), async (client) => {
      const sql =
        'select step from identity.consent c join identity.member m on m.id = c.user_id where m.email = $1 order by c.id';
      return (await client.query<{ step: string }>(sql, [person.email])).rows.map(({ step }) => step);
    });
  };
  expect(await wishes(false)).toEqual([]);
  expect(await wishes(true)).toEqual(['asked']);
  expect(await wishes(true, false)).toEqual(['asked', 'withdrawn']);
});
