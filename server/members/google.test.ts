import { expect, test } from 'vitest';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { comeBack, consent, leave, signInBy, testGoogle, whereTo } from '#tests/support/google.ts';
import { aMember, aPerson, Browser } from '#tests/support/members-app.ts';

const database = testDatabase();
const members = testGoogle(database);

const emailOf = (name: string) => `${name}.${Date.now()}@gmail.example`;
const rows = <T>(sql: string, values: unknown[] = []) =>
  asSuperuser(database(), async (client) => (await client.query(sql, values)).rows as T[]);

test('2.1 a person signs up through Google after the age question; of Google only the subject is kept', async () => {
  const browser = new Browser(members().url);
  const email = emailOf('ada');
  const page = await leave(browser, true);
  expect(Object.fromEntries(page.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/.{32}/),
    nonce: expect.stringMatching(/.{32}/),
  });
  const answer = await comeBack(browser, await consent(page, { email }));
  expect([answer.status, whereTo(answer)]).toEqual([302, '/studio']);
  const me = (await browser.get('/api/me')).json;
  expect(me).toMatchObject({
    email,
    emailVerified: true,
    displayName: 'Ada Lovelace',
    country: 'DE',
    hasGoogle: true,
    hasPassword: false,
    toAccept: [],
  });
  expect(members().opened).toContain(me.id);
  const [account] = await rows<Record<string, unknown>>('select * from identity.sign_in where user_id = $1', [
    me.id,
  ]);
  expect(Object.keys(account!).sort()).toEqual([
    'created_at',
    'id',
    'password_hash',
    'provider',
    'subject',
    'updated_at',
    'user_id',
  ]);
  expect(account).toMatchObject({
    provider: 'google',
    subject: expect.stringMatching(/^\d+$/),
    password_hash: null,
  });
});

test('the same person comes back without any question; the account is the same', async () => {
  const email = emailOf('grace');
  const first = new Browser(members().url);
  await signInBy(first, { email }, true);
  const second = new Browser(members().url);
  expect(whereTo(await signInBy(second, { email }, false))).toBe('/studio');
  expect((await second.get('/api/me')).json.id).toBe((await first.get('/api/me')).json.id);
});

test('nobody becomes a member through Google without the age question and the acceptance', async () => {
  const email = emailOf('kid');
  const browser = new Browser(members().url);
  expect(whereTo(await signInBy(browser, { email }, false))).toBe('/sign-in?error=signup_disabled');
  const page = await leave(browser, true, { additionalData: undefined });
  expect(whereTo(await comeBack(browser, await consent(page, { email })))).toMatch(
    /^\/sign-in\?error=age_check_needed/,
  );
  const forged = await leave(browser, true, { additionalData: { agePass: 'e30.forged', acceptTerms: true } });
  expect(whereTo(await comeBack(browser, await consent(forged, { email })))).toMatch(
    /^\/sign-in\?error=age_check_needed/,
  );
  expect(await rows('select 1 from identity.member where email = $1', [email])).toEqual([]);
});

test('an address that Google has not verified is refused', async () => {
  const email = emailOf('mallory');
  const browser = new Browser(members().url);
  expect(whereTo(await signInBy(browser, { email, verified: false }, true))).toMatch(
    /^\/sign-in\?error=email_not_verified/,
  );
  expect(await rows('select 1 from identity.member where email = $1', [email])).toEqual([]);
});

test('who says no at Google comes back to our page, signed out', async () => {
  const browser = new Browser(members().url);
  expect(whereTo(await signInBy(browser, { email: emailOf('no'), deny: true }, true))).toMatch(
    /^\/sign-in\?error=access_denied/,
  );
  expect((await browser.get('/api/me')).status).toBe(401);
});

test('an account with a password is not taken over by a Google account of the same address', async () => {
  const person = aPerson({ email: emailOf('owner') });
  await aMember(database(), members().url, person);
  const browser = new Browser(members().url);
  expect(whereTo(await signInBy(browser, { email: person.email }, true))).toBe(
    '/sign-in?error=account_not_linked',
  );
  expect((await browser.get('/api/me')).status).toBe(401);
});

test('a person links Google to the own account, and then signs in by it', async () => {
  const { browser, person, id } = await aMember(
    database(),
    members().url,
    aPerson({ email: emailOf('linker') }),
  );
  const answer = await browser.post('/api/auth/link-social', { provider: 'google', callbackURL: '/account' });
  expect(
    whereTo(await comeBack(browser, await consent(new URL(answer.json.url), { email: person.email }))),
  ).toBe('/account');
  const other = new Browser(members().url);
  await signInBy(other, { email: person.email }, false);
  expect((await other.get('/api/me')).json).toMatchObject({ id, hasGoogle: true, hasPassword: true });
});

test.each(['wrong_aud', 'wrong_iss', 'wrong_nonce', 'expired', 'forged'])(
  'ASVS 10.5: an ID token that is %s signs nobody in',
  async (fault) => {
    const browser = new Browser(members().url);
    const email = emailOf(fault);
    const answer = await signInBy(browser, { email, name: `Eve [sandbox:${fault}]` }, true);
    expect(whereTo(answer)).toMatch(/^\/sign-in\?error=/);
    expect((await browser.get('/api/me')).status).toBe(401);
    expect(await rows('select 1 from identity.member where email = $1', [email])).toEqual([]);
  },
);

test('ASVS 10.5: a code works in the browser that asked for it, and once', async () => {
  const [mine, foreign] = [new Browser(members().url), new Browser(members().url)];
  const back = await consent(await leave(mine, true), { email: emailOf('state') });
  expect(whereTo(await comeBack(foreign, back))).toMatch(/error=state_mismatch/);
  await leave(foreign, true); // a state of its own does not help
  expect(whereTo(await comeBack(foreign, back))).toMatch(/error=state_mismatch/);
  expect((await foreign.get('/api/me')).status).toBe(401);
  expect(whereTo(await comeBack(mine, back))).toBe('/studio');
  const again = new Browser(members().url);
  for (const [name, value] of mine.cookies) again.cookies.set(name, value);
  expect(whereTo(await comeBack(again, back))).toMatch(/error=state_mismatch/);
});

test('ASVS 3.7.2: the way back leads to our pages only', async () => {
  const browser = new Browser(members().url);
  for (const callbackURL of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
  ]) {
    const answer = await browser.post('/api/auth/sign-in/social', { provider: 'google', callbackURL });
    expect(answer.status).toBe(400);
  }
});

test('an ID token of the person’s own making is not a way in', async () => {
  const browser = new Browser(members().url);
  const answer = await browser.post('/api/auth/sign-in/social', {
    provider: 'google',
    idToken: { token: 'x.y.z' },
  });
  expect(answer.status).toBe(400);
});
