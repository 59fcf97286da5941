import { afterAll, beforeAll } from 'vitest';
import { sandboxClient, startGoogleIdentity } from '#sandbox/google-identity/google-identity.ts';
import type { Simulator } from '#sandbox/simulator.ts';
import type { TestDatabase } from './database.ts';
import { agePassFor, type Browser, type MembersApp, startMembersApp } from './members-app.ts';

/** The members' part of the product with Google's sign-in, which is simulated; one of each for a test file. */
export function testGoogle(database: () => TestDatabase): () => MembersApp {
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
  return () => members;
}

/** Who a person is at Google, and what they answer there. */
export interface Visit {
  email: string;
  name?: string;
  verified?: boolean;
  deny?: boolean;
}

/** To Google's page, as whoever signs up there or signs in. Returns its address. */
export async function leave(browser: Browser, signUp: boolean, change: object = {}): Promise<URL> {
  const additionalData = signUp ? { agePass: await agePassFor(browser), acceptTerms: true } : undefined;
  const answer = await browser.post('/api/auth/sign-in/social', {
    provider: 'google',
    callbackURL: '/studio',
    errorCallbackURL: '/sign-in',
    requestSignUp: signUp,
    additionalData,
    ...change,
  });
  if (answer.status !== 200) throw new Error(answer.text);
  return new URL(answer.json.url);
}

/** Fills in Google's page. Returns the address that it sends the browser back to. */
export async function consent(
  page: URL,
  { email, name = 'Ada Lovelace', verified = true, deny = false }: Visit,
): Promise<URL> {
  const body = new URLSearchParams({ email, name, action: deny ? 'deny' : 'continue' });
  if (verified) body.set('verified', 'yes');
  const reply = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  return new URL(reply.headers.get('location') ?? '');
}

/** With Google's answer to the product. */
export const comeBack = (browser: Browser, back: URL) => browser.get(`${back.pathname}${back.search}`);

/** To Google and back. */
export const signInBy = async (browser: Browser, visit: Visit, signUp: boolean) =>
  comeBack(browser, await consent(await leave(browser, signUp), visit));

/** Where an answer sends the browser. */
export const whereTo = (answer: { headers: Headers }) => answer.headers.get('location');
