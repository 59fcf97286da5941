import { createSign } from 'node:crypto';
import { jsonOrNull, readAnswer } from '../answers.ts';
import { googleFault } from '../google/faults.ts';
import { type Context, ProviderFault } from '../provider.ts';
import { ServiceAccount, Token } from './wire.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LIFETIME_SECONDS = 3600;
/** A token is renewed so long before it ends. */
const MARGIN_MS = 5 * 60_000;

/** An access token that was made elsewhere may stand in the key setting too, with the project in its own. */
export const TOKEN_PREFIX = 'ya29.';
export const isToken = (key: string): boolean => key.startsWith(TOKEN_PREFIX);

const tokens = new Map<string, { token: string; until: number }>();

/** The service account of a route, whose key setting holds the whole key file. Throws `auth` when it is none. */
export function serviceAccountOf(key: string): ServiceAccount {
  const { success, data } = ServiceAccount.safeParse(jsonOrNull(key));
  if (success) return data;
  throw new ProviderFault('auth', 'the setting holds no key file of a service account', { accepted: 'no' });
}

/** An access token, of an hour, for a signed word of the service account (RFC 7523). */
export async function accessToken({ route, send }: Context, now = Date.now()): Promise<string> {
  if (isToken(route.key)) return route.key;
  const account = serviceAccountOf(route.key);
  const known = tokens.get(account.private_key);
  if (known !== undefined && known.until > now) return known.token;
  const answer = await send({
    method: 'POST',
    url: account.token_uri,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertionOf(account, now),
    }).toString(),
    kinds: ['none'],
  });
  const { access_token, expires_in } = await readAnswer(answer, Token, (status, headers, body) => {
    const { kind, detail } = googleFault(status, headers, body);
    return new ProviderFault(status < 500 ? 'auth' : kind, detail, { accepted: 'no' });
  });
  tokens.set(account.private_key, { token: access_token, until: now + expires_in * 1000 - MARGIN_MS });
  return access_token;
}

function assertionOf({ client_email, private_key, token_uri }: ServiceAccount, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = {
    iss: client_email,
    scope: SCOPE,
    aud: token_uri,
    iat: seconds,
    exp: seconds + LIFETIME_SECONDS,
  };
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(private_key, 'base64url')}`;
}
