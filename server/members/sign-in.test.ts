import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#server/log.ts';
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
/** What an answer tells: everything but ids of requests and times. */
const told = (answer: { status: number; text: string; headers: Headers }) => ({
  status: answer.status,
  text: answer.text.replace(/req_[0-9a-f-]+/g, 'req'),
  headers: [...answer.headers.keys()].sort(),
});

test('ASVS 6.3.8: sign-up, sign-in, code and reset tell nothing about who has an account', async () => {
  const { person } = await aMember(database(), members.url);
  const stranger = aPerson({ password: person.password });
  const agePass = await agePassFor(browser());
  const ask = async (email: string) => {
    const { displayName, country, password } = person;
    const calls: [string, object][] = [
      ['/api/sign-up', { email, password, displayName, country, agePass, acceptTerms: true }],
      ['/api/auth/sign-in/email', { email, password: 'certainly not the password' }],
      ['/api/auth/email-otp/request-password-reset', { email }],
      ['/api/auth/email-otp/reset-password', { email, otp: '000000', password: 'another good password' }],
      ['/api/auth/email-otp/verify-email', { email, otp: '000000' }],
    ];
    const answers = [];
    for (const [path, body] of calls) answers.push(told(await browser().post(path, body)));
    return answers;
  };
  expect(await ask(person.email)).toEqual(await ask(stranger.email));
  expect((await mailTo(database(), person.email)).map(({ kind }) => kind)).toEqual([
    'verify',
    'account',
    'reset',
  ]);
});

test('ASVS 6.3.8: asking for another code says the same for a known and an unknown address', async () => {
  const person = aPerson();
  await signUp(browser(), person);
  const ask = (email: string) => browser().post('/api/auth/email-otp/send-verification-otp', { email });
  expect(told(await ask(person.email))).toEqual(told(await ask(aPerson().email)));
});

test('ASVS 6.2: any characters count, and the password is used as it is', async () => {
  const password = ' pässwörd with 🦄, "quotes" and  two spaces ';
  const { person } = await aMember(database(), members.url, aPerson({ password }));
  expect((await signIn(browser(), person)).status).toBe(200);
  expect((await signIn(browser(), { ...person, password: password.trim() })).status).toBe(401);
  expect((await signIn(browser(), { ...person, password: password.toUpperCase() })).status).toBe(401);
});

test('wrong passwords are limited by account, right ones are not, and nobody is told whether there is an account', async () => {
  const { person } = await aMember(database(), members.url);
  for (let times = 0; times < 8; times += 1) expect((await signIn(browser(), person)).status).toBe(200);
  const ask = async (email: string) => {
    const answers = [];
    for (let tries = 0; tries < 6; tries += 1)
      answers.push(
        await browser().post('/api/auth/sign-in/email', { email, password: `guess number ${tries}` }),
      );
    return answers.map(({ status }) => status);
  };
  const expected = [401, 401, 401, 401, 401, 429];
  expect(await ask(person.email)).toEqual(expected);
  expect(await ask(aPerson().email)).toEqual(expected);
  const limited = await signIn(browser(), person);
  expect(limited.status).toBe(429);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('nobody can fill a mailbox: codes to one address are limited', async () => {
  const { email } = aPerson();
  const statuses = [];
  for (let times = 0; times < 4; times += 1)
    statuses.push((await browser().post('/api/auth/email-otp/request-password-reset', { email })).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
});

test('ASVS 3.5: pages of other origins and simple content types change nothing', async () => {
  const { browser: mine, person } = await aMember(database(), members.url);
  const foreign = { origin: 'https://evil.example' };
  const body = { email: person.email, password: person.password };
  for (const path of ['/api/auth/sign-out', '/api/auth/sign-in/email', '/api/auth/change-password'])
    expect((await mine.post(path, body, foreign)).status).toBe(403);
  expect((await mine.call('PATCH', '/api/me', { displayName: 'x' }, foreign)).status).toBe(403);
  expect(
    (await mine.post('/api/me/acceptances', { documents: [] }, { 'sec-fetch-site': 'same-site' })).status,
  ).toBe(403);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
    expect(
      (await mine.post('/api/auth/sign-in/email', JSON.stringify(body), { 'content-type': type })).status,
    ).toBe(415);
  for (const path of ['/api/auth/sign-out', '/api/auth/sign-in/email', '/api/sign-up'])
    expect((await mine.get(path)).status).toBe(404);
  expect((await mine.get('/api/me')).status).toBe(200);
});

test('ASVS 2.4.1: naming another address in a header does not get around a limit', async () => {
  const { person } = await aMember(database(), members.url);
  const statuses = [];
  for (let tries = 0; tries < 6; tries += 1) {
    const spoofed = {
      'x-forwarded-for': `203.0.${tries}.1`,
      'x-mluen-address': `203.0.${tries}.2`,
      forwarded: `for=203.0.${tries}.3`,
    };
    statuses.push(
      (
        await browser().post(
          '/api/auth/sign-in/email',
          { email: person.email, password: 'a wrong guess' },
          spoofed,
        )
      ).status,
    );
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});

test('ASVS 16.2.5: no address, password, code, token or key gets into the log, whatever happens', async () => {
  const lines: string[] = [];
  const logged = await startMembersApp(database(), {
    log: createLog('debug', { write: (line: string) => void lines.push(line) }),
  });
  try {
    const { browser: mine, person } = await aMember(database(), logged.url);
    const code = await lastCode(database(), person.email);
    const { secret } = (await mine.post('/api/keys', { name: 'canary-name' })).json;
    await mine.get(`/api/me?email=${person.email}&token=canary-query`);
    await mine.post('/api/auth/sign-in/email', { email: person.email, password: 'canary-password' });
    await mine.post('/api/auth/email-otp/verify-email', { email: person.email, otp: '000000' });
    await mine.post('/api/auth/sign-in/email', '{"email": "canary-broken');
    await mine.get('/api/auth/callback/google?code=canary-code&state=canary-state');
    await asSuperuser(database(), (client) =>
      client.query('alter table identity.verification rename to gone'),
    );
    const broken = await mine.post('/api/auth/email-otp/request-password-reset', { email: person.email });
    expect([broken.status, broken.json.type]).toEqual([500, '/problems/server-error']);
    expect(broken.text).not.toMatch(/verification|relation|select|node_modules/i);
    expect(lines.filter((line) => line.includes('"level":"error"'))).toHaveLength(1);
    const token = decodeURIComponent(mine.cookies.get('__Host-mluen.session_token')!).split('.')[0]!;
    for (const canary of [
      person.email,
      person.password,
      person.displayName,
      code,
      secret.slice(4),
      token,
      'canary',
    ])
      expect(lines.join('')).not.toContain(canary);
    expect(lines.some((line) => JSON.parse(line).route === '/api/auth/sign-in/email')).toBe(true);
  } finally {
    await asSuperuser(database(), (client) =>
      client.query('alter table if exists identity.gone rename to verification'),
    );
    await logged.close();
  }
});
