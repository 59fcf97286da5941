import { expect, test } from 'vitest';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import {
  comeBack,
  consent,
  leave,
  signInBy,
  testGoogle,
  type Visit,
  whereTo,
} from '#tests/support/google.ts';
import { aMember, aPerson, Browser } from '#tests/support/members-app.ts';

const database = testDatabase();
const members = testGoogle(database);

const visit = async (browser: Browser, who: Visit, signUp = true) =>
  whereTo(await signInBy(browser, who, signUp));
const whoIs = async (browser: Browser) => (await browser.get('/api/me')).json;
const addressOf = (name: string) => `${name}.${Date.now()}@gmail.example`;

async function accountsOf(email: string): Promise<number> {
  return asSuperuser(database(), async (client) => {
    const { rows } = await client.query('select id from identity.member where email = $1', [email]);
    return rows.length;
  });
}

test('5.5 through Google a person comes in, and comes back to the same account', async () => {
  const email = addressOf('ada');
  const first = new Browser(members().url);
  expect(await visit(first, { email })).toBe('/studio');
  expect(await whoIs(first)).toMatchObject({
    email,
    emailVerified: true,
    hasGoogle: true,
    hasPassword: false,
  });
  const later = new Browser(members().url);
  expect(await visit(later, { email }, false)).toBe('/studio');
  expect((await whoIs(later)).id).toBe((await whoIs(first)).id);
});

test('5.5 who says no at Google is nobody here', async () => {
  const email = addressOf('no');
  const browser = new Browser(members().url);
  expect(await visit(browser, { email, deny: true })).toMatch(/^\/sign-in\?error=/);
  expect((await browser.get('/api/me')).status).toBe(401);
  expect(await accountsOf(email)).toBe(0);
});

test('5.5 an answer of Google that another browser asked for, or that was changed, opens nothing', async () => {
  const email = addressOf('state');
  const thief = new Browser(members().url);
  const back = await consent(await leave(new Browser(members().url), true), { email });
  await comeBack(thief, back);
  expect((await thief.get('/api/me')).status).toBe(401);
  const browser = new Browser(members().url);
  const changed = await consent(await leave(browser, true), { email });
  changed.searchParams.set('state', `${changed.searchParams.get('state')!.slice(0, -4)}AAAA`);
  await comeBack(browser, changed);
  expect((await browser.get('/api/me')).status).toBe(401);
  expect(await accountsOf(email)).toBe(0);
});

test('5.5 an address that Google has not verified opens no account, and takes nobody’s', async () => {
  const { person } = await aMember(database(), members().url, aPerson({ email: addressOf('mine') }));
  const browser = new Browser(members().url);
  await visit(browser, { email: person.email, verified: false });
  expect((await browser.get('/api/me')).status).toBe(401);
  const nobody = addressOf('unverified');
  await visit(browser, { email: nobody, verified: false });
  expect((await browser.get('/api/me')).status).toBe(401);
  expect(await accountsOf(nobody)).toBe(0);
});

test('5.5 an account with a password is not opened by Google’s word for its address; its owner links it', async () => {
  const owner = await aMember(database(), members().url, aPerson({ email: addressOf('both') }));
  const { id, person } = owner;
  const browser = new Browser(members().url);
  expect(await visit(browser, { email: person.email }, false)).toBe('/sign-in?error=account_not_linked');
  expect((await browser.get('/api/me')).status).toBe(401);
  const asked = await owner.browser.post('/api/auth/link-social', {
    provider: 'google',
    callbackURL: '/settings/security',
  });
  const back = await consent(new URL(asked.json.url), { email: person.email });
  expect(whereTo(await comeBack(owner.browser, back))).toBe('/settings/security');
  expect(await visit(browser, { email: person.email }, false)).toBe('/studio');
  expect(await whoIs(browser)).toMatchObject({ id, hasGoogle: true, hasPassword: true });
  expect(await accountsOf(person.email)).toBe(1);
});
