import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { sandboxClient, startGoogleIdentity } from './google-identity.ts';

let simulator: Simulator;
let configuration: Record<string, string>;

beforeAll(async () => {
  simulator = await startGoogleIdentity();
  configuration = (await (await fetch(`${simulator.url}/.well-known/openid-configuration`)).json()) as Record<
    string,
    string
  >;
});
afterAll(() => simulator.close());

const redirect_uri = 'http://127.0.0.1:3000/callback';
const verifier = randomBytes(32).toString('base64url');
const code_challenge = createHash('sha256').update(verifier).digest('base64url');
const request = (change: Record<string, string> = {}) =>
  `${configuration.authorization_endpoint}?${new URLSearchParams({
    client_id: sandboxClient.id,
    redirect_uri,
    response_type: 'code',
    scope: 'openid email profile',
    state: 's1',
    nonce: 'n1',
    code_challenge,
    code_challenge_method: 'S256',
    ...change,
  })}`;
async function consent(fields: Record<string, string> = {}): Promise<URLSearchParams> {
  const body = new URLSearchParams({
    email: 'Ada@Example.com',
    name: 'Ada Lovelace',
    verified: 'yes',
    action: 'continue',
    ...fields,
  });
  const reply = await fetch(request(), { method: 'POST', body, redirect: 'manual' });
  return new URL(reply.headers.get('location') ?? '').searchParams;
}
const exchange = (code: string, change: Record<string, string> = {}) =>
  fetch(configuration.token_endpoint ?? '', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri,
      code_verifier: verifier,
      client_id: sandboxClient.id,
      client_secret: sandboxClient.secret,
      ...change,
    }),
  });
const tokensFor = async (fields: Record<string, string> = {}) => {
  const reply = await exchange((await consent(fields)).get('code') ?? '');
  return (await reply.json()) as { id_token: string; access_token: string };
};

test('a person who consents comes back with a code for a signed identity', async () => {
  expect(await (await fetch(request())).text()).toContain('<label for="email">Email</label>');
  const answer = await consent();
  expect(answer.get('state')).toBe('s1');
  const tokens = (await (await exchange(answer.get('code') ?? '')).json()) as {
    id_token: string;
    access_token: string;
  };
  const keys = createRemoteJWKSet(new URL(configuration.jwks_uri ?? ''));
  const { payload } = await jwtVerify(tokens.id_token, keys, {
    issuer: simulator.url,
    audience: sandboxClient.id,
  });
  expect(payload).toMatchObject({
    email: 'ada@example.com',
    email_verified: true,
    nonce: 'n1',
    given_name: 'Ada',
    family_name: 'Lovelace',
  });
  const person = await (
    await fetch(configuration.userinfo_endpoint ?? '', {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
  ).json();
  expect(person).toMatchObject({ sub: payload.sub, email: 'ada@example.com' });
});

test('a person may deny, or have an unverified address', async () => {
  expect((await consent({ action: 'deny' })).get('error')).toBe('access_denied');
  expect(decodeJwt((await tokensFor({ verified: 'no' })).id_token).email_verified).toBe(false);
});

test('a code works once, with its verifier, its address and the secret of its client', async () => {
  const code = (await consent()).get('code') ?? '';
  expect((await exchange(code)).status).toBe(200);
  expect(await (await exchange(code)).json()).toMatchObject({ error: 'invalid_grant' });
  for (const [change, error] of [
    [{ code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    [{ redirect_uri: 'http://127.0.0.1:3000/other' }, 'redirect_uri_mismatch'],
    [{ client_secret: 'wrong' }, 'invalid_client'],
  ] as const) {
    expect(await (await exchange((await consent()).get('code') ?? '', change)).json()).toMatchObject({
      error,
    });
  }
});

test.each([
  [{ client_id: 'nobody' }, 'invalid_client'],
  [{ redirect_uri: 'https://evil.example.org/' }, 'redirect_uri_mismatch'],
  [{ code_challenge_method: 'plain' }, 'code_challenge'],
  [{ scope: 'email' }, 'invalid_scope'],
])('%o is refused on a page, without a redirect', async (change, words) => {
  const reply = await fetch(request(change as unknown as Record<string, string>), { redirect: 'manual' });
  expect(reply.status).toBe(400);
  expect(await reply.text()).toContain(words);
});

test.each([
  ['[sandbox:wrong_aud]', { aud: 'another-client' }],
  ['[sandbox:wrong_iss]', { iss: 'https://accounts.example.org' }],
  ['[sandbox:wrong_nonce]', { nonce: 'another-nonce' }],
  ['[sandbox:expired]', { exp: 1_700_000_000 }],
])('the name %s brings a wrong token', async (name, claims) => {
  expect(decodeJwt((await tokensFor({ name })).id_token)).toMatchObject(claims);
});

test('a forged token does not fit the published key', async () => {
  const { id_token } = await tokensFor({ name: '[sandbox:forged]' });
  const keys = createRemoteJWKSet(new URL(configuration.jwks_uri ?? ''));
  await expect(jwtVerify(id_token, keys)).rejects.toThrow('signature verification failed');
});
