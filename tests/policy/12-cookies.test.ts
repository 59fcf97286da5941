import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxClient, startGoogleIdentity } from '#sandbox/google-identity/google-identity.ts';
import type { Simulator } from '#sandbox/simulator.ts';
import { cookieRegistry } from '#server/privacy/cookies.ts';
import { testDatabase } from '#tests/support/database.ts';
import { aMember, Browser, type MembersApp, startMembersApp } from '#tests/support/members-app.ts';

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

test('12.1 every cookie that the server sets is in the registry, is tied to this host, and no script reads it', async () => {
  const { browser, person } = await aMember(database(), members.url);
  const child = new Browser(members.url);
  await child.post('/api/age-check', { country: 'DE', birthDate: '2025-01-01' });
  const forgetful = new Browser(members.url);
  await forgetful.post('/api/auth/sign-in/email', {
    email: person.email,
    password: person.password,
    rememberMe: false,
  });
  await forgetful.post('/api/auth/sign-in/social', { provider: 'google' });
  await browser.post('/api/auth/sign-out');
  const set = [browser, child, forgetful].flatMap(({ attributes }) =>
    [...attributes].filter(([, cookie]) => !/max-age=0/i.test(cookie)),
  );
  const registered = cookieRegistry.filter(({ where }) => where === 'cookie').map(({ name }) => name);
  expect([...new Set(set.map(([name]) => name))].filter((name) => !registered.includes(name))).toEqual([]);
  for (const [name, cookie] of set) {
    expect(name).toMatch(/^__Host-mluen\./);
    expect(cookie).toMatch(/; ?Path=\/(;|$)/i);
    expect(cookie).toMatch(/; ?HttpOnly/i);
    expect(cookie).toMatch(/; ?Secure/i);
    expect(cookie).toMatch(/; ?SameSite=Lax/i);
    expect(cookie).not.toMatch(/Domain=/i);
  }
});

test('12.1 who only looks gets no cookie', async () => {
  const visitor = new Browser(members.url);
  await visitor.get('/api/me');
  await visitor.post('/api/age-check', { country: 'DE', birthDate: '1990-01-01' });
  expect(visitor.attributes.size).toBe(0);
});

test('12.3 without its cookies a browser is signed out, and can sign in again', async () => {
  const { browser, person } = await aMember(database(), members.url);
  browser.cookies.clear();
  expect((await browser.get('/api/me')).status).toBe(401);
  expect(
    (await browser.post('/api/auth/sign-in/email', { email: person.email, password: person.password }))
      .status,
  ).toBe(200);
  expect((await browser.get('/api/me')).status).toBe(200);
});
