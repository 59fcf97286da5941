import { createHash, randomBytes } from 'node:crypto';
import { type JWK, SignJWT } from 'jose';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import type { Fault } from '../kit/faults.ts';
import type { Client, Grant, Person } from './consent.ts';

const LIFETIME_SECONDS = 3599;

/** Everything that the identity provider remembers. */
export interface Provider {
  issuer: string;
  clients: Map<string, Client>;
  codes: Map<string, Grant>;
  /** By access token. */
  sessions: Map<string, Person>;
  key: { id: string; private: CryptoKey; public: JWK };
  /** A key that nobody knows. */
  forgedKey: () => Promise<CryptoKey>;
  world: World;
}

/** Google's number for a person: the same for the same address. */
export function subjectOf(email: string): string {
  const digest = createHash('sha256').update(email).digest('hex');
  return `1${BigInt(`0x${digest}`).toString().slice(0, 20)}`;
}

/** Wrong tokens that a name can ask for, such as `[sandbox:wrong_aud]`. */
const wrongTokens: Record<string, Pick<Fault, 'claims' | 'forgedToken'>> = {
  '[sandbox:wrong_aud]': { claims: { aud: 'another-client' } },
  '[sandbox:wrong_iss]': { claims: { iss: 'https://accounts.example.org' } },
  '[sandbox:wrong_nonce]': { claims: { nonce: 'another-nonce' } },
  '[sandbox:expired]': { claims: { exp: 1_700_000_000 } },
  '[sandbox:forged]': { forgedToken: true },
};

/** `POST /token`: a code, once, for tokens. */
export async function exchangeCode(
  exchange: Exchange,
  provider: Provider,
  queued: Readonly<Fault>,
): Promise<void> {
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  const { clientId, secret } = clientOf(exchange, form);
  const client = provider.clients.get(clientId);
  if (client === undefined || client.secret !== secret) {
    sendJson(exchange, 401, { error: 'invalid_client', error_description: 'Unauthorized' });
    return;
  }
  if (form.get('grant_type') !== 'authorization_code') {
    sendJson(exchange, 400, {
      error: 'unsupported_grant_type',
      error_description: `Invalid grant_type: ${form.get('grant_type')}`,
    });
    return;
  }
  const code = form.get('code') ?? '';
  const grant = provider.codes.get(code);
  // Whatever comes of it, a code that was shown once is spent.
  provider.codes.delete(code);
  const refusal = grantRefusal(grant, clientId, form, provider.world.clock.now());
  if (refusal !== null || grant === undefined) {
    sendJson(exchange, 400, { error: refusal?.[0], error_description: refusal?.[1] });
    return;
  }
  const asked = Object.entries(wrongTokens).find(([phrase]) => grant.person.name.includes(phrase))?.[1];
  const accessToken = `ya29.${randomBytes(32).toString('base64url')}`;
  provider.sessions.set(accessToken, grant.person);
  sendJson(exchange, 200, {
    access_token: accessToken,
    expires_in: LIFETIME_SECONDS,
    scope: grant.scope,
    token_type: 'Bearer',
    id_token: await identityToken(provider, grant, accessToken, { ...asked, ...queued }),
  });
}

function grantRefusal(
  grant: Grant | undefined,
  clientId: string,
  form: URLSearchParams,
  now: number,
): [string, string] | null {
  if (grant === undefined || grant.expiresAt < now || grant.clientId !== clientId)
    return ['invalid_grant', 'Malformed auth code.'];
  if (grant.redirectUri !== form.get('redirect_uri')) return ['redirect_uri_mismatch', 'Bad Request'];
  const verifier = form.get('code_verifier') ?? '';
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return challenge === grant.challenge ? null : ['invalid_grant', 'Invalid code verifier.'];
}

function clientOf({ headers }: Exchange, form: URLSearchParams): { clientId: string; secret: string } {
  const basic = headers.authorization?.startsWith('Basic ')
    ? Buffer.from(headers.authorization.slice(6), 'base64').toString()
    : null;
  const [id, secret] =
    basic === null
      ? [form.get('client_id'), form.get('client_secret')]
      : basic.split(':').map(decodeURIComponent);
  return { clientId: id ?? '', secret: secret ?? '' };
}

async function identityToken(
  provider: Provider,
  grant: Grant,
  accessToken: string,
  fault: Pick<Fault, 'claims' | 'forgedToken'>,
): Promise<string> {
  const now = Math.floor(provider.world.clock.now() / 1000);
  const { email, name, isVerified } = grant.person;
  const [givenName = name, ...rest] = name.split(' ');
  const claims = {
    iss: provider.issuer,
    azp: grant.clientId,
    aud: grant.clientId,
    sub: subjectOf(email),
    email,
    email_verified: isVerified,
    at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    ...(grant.nonce !== null && { nonce: grant.nonce }),
    name,
    picture: `${provider.issuer}/picture.png?name=${encodeURIComponent(name)}`,
    given_name: givenName,
    ...(rest.length > 0 && { family_name: rest.join(' ') }),
    iat: now,
    exp: now + LIFETIME_SECONDS,
    ...fault.claims,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: provider.key.id, typ: 'JWT' })
    .sign(fault.forgedToken ? await provider.forgedKey() : provider.key.private);
}
