import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxClient, startGoogleIdentity } from '#sandbox/google-identity/google-identity.ts';
import type { Simulator } from '#sandbox/simulator.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import {
  agePassFor,
  aMember,
  aPerson,
  Browser,
  type MembersApp,
  startMembersApp,
} from '#tests/support/members-app.ts';

const database = testDatabase();
let google: Simulator;
let members: MembersApp;
beforeAll(async () => {
  google = await startGoogleIdentity();
  members = await startMembersApp(database(), {
    google: {
      clientId: sandboxClient.id,
      clientSecret: sandboxClient.secret,
      discoveryUrl: `${google.url}/.well-known/openid-configuration`,
    },
  });
});
afterAll(async () => {
  await members.close();
  await google.close();
});

interface Visit {
  email: string;
  verified?: boolean;
  deny?: boolean;
}

/** To Google's page, as whoever signs up there or signs in. */
async function leave(browser: Browser, signUp: boolean): Promise<URL> {
  const answer = await browser.post('/api/auth/sign-in/social', {
    provider: 'google',
    callbackURL: '/studio',
    errorCallbackURL: '/sign-in',
    requestSignUp: signUp,
    ...(signUp ? { additionalData: { agePass: await agePassFor(browser), acceptTerms: true } } : {}),
  });
  return new URL(answer.json.url);
}

/** Google's page, filled in; answers where it sends the browser. */
async function consent(page: URL, { email, verified = true, deny = false }: Visit): Promise<URL> {
  const body = new URLSearchParams({ email, name: 'Ada', action: deny ? 'deny' : 'continue' });
  if (verified) body.set('verified', 'yes');
  const reply = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  return new URL(reply.headers.get('location')!);
}

const comeBack = async (browser: Browser, back: URL) =>
  (await browser.get(`${back.pathname}${back.search}`)).headers.get('location');
const visit = async (browser: Browser, who: Visit, signUp = true) =>
  comeBack(browser, await consent(await leave(browser, signUp), who));
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
  const first = new Browser(members.url);
  expect(await visit(first, { email })).toBe('/studio');
  expect(await whoIs(first)).toMatchObject({
    email,
    emailVerified: true,
    hasGoogle: true,
    hasPassword: false,
  });
  const later = new Browser(members.url);
  expect(await visit(later, { email }, false)).toBe('/studio');
  expect((await whoIs(later)).id).toBe((await whoIs(first)).id);
});

test('5.5 who says no at Google is nobody here', async () => {
  const email = addressOf('no');
  const browser = new Browser(members.url);
  expect(await visit(browser, { email, deny: true })).toMatch(/^\/sign-in\?error=/);
  expect((await browser.get('/api/me')).status).toBe(401);
  expect(await accountsOf(email)).toBe(0);
});

test('5.5 an answer of Google that another browser asked for, or that was changed, opens nothing', async () => {
  const email = addressOf('state');
  const thief = new Browser(members.url);
  const back = await consent(await leave(new Browser(members.url), true), { email });
  await comeBack(thief, back);
  expect((await thief.get('/api/me')).status).toBe(401);
  const browser = new Browser(members.url);
  const changed = await consent(await leave(browser, true), { email });
  changed.searchParams.set('state', `${changed.searchParams.get('state')!.slice(0, -4)}AAAA`);
  await comeBack(browser, changed);
  expect((await browser.get('/api/me')).status).toBe(401);
  expect(await accountsOf(email)).toBe(0);
});

test('5.5 an address that Google has not verified opens no account, and takes nobody’s', async () => {
  const { person } = await aMember(database(), members.url, aPerson({ email: addressOf('mine') }));
  const browser = new Browser(members.url);
  await visit(browser, { email: person.email, verified: false });
  expect((await browser.get('/api/me')).status).toBe(401);
  const nobody = addressOf('unverified');
  await visit(browser, { email: nobody, verified: false });
  expect((await browser.get('/api/me')).status).toBe(401);
  expect(await accountsOf(nobody)).toBe(0);
});

test('5.5 an account with a password is not opened by Google’s word for its address; its owner links it', async () => {
  const owner = await aMember(database(), members.url, aPerson({ email: addressOf('both') }));
  const { id, person } = owner;
  const browser = new Browser(members.url);
  expect(await visit(browser, { email: person.email }, false)).toBe('/sign-in?error=account_not_linked');
  expect((await browser.get('/api/me')).status).toBe(401);
  const asked = await owner.browser.post('/api/auth/link-social', {
    provider: 'google',
    callbackURL: '/settings/security',
  });
  const back = await consent(new URL(asked.json.url), { email: person.email });
  expect(await comeBack(owner.browser, back)).toBe('/settings/security');
  expect(await visit(browser, { email: person.email }, false)).toBe('/studio');
  expect(await whoIs(browser)).toMatchObject({ id, hasGoogle: true, hasPassword: true });
  expect(await accountsOf(person.email)).toBe(1);
});
