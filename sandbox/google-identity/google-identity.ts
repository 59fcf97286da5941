import { pathToFileURL } from 'node:url';
import { exportJWK, generateKeyPair } from 'jose';
import { type Exchange, misbehavesAtOnce, sendBytes, sendJson } from '../kit/exchange.ts';
import { draw } from '../kit/picture.ts';
import { newWorld, runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { type Client, findRefusal, sendRefusalPage, showConsent, takeConsent } from './consent.ts';
import { exchangeCode, type Provider, subjectOf } from './tokens.ts';

export interface GoogleIdentityOptions extends SimulatorOptions {
  clients?: Client[];
}

/** The client that is registered from the start; any redirect address on this machine is good. */
export const sandboxClient: Client = {
  id: 'sandbox.apps.googleusercontent.com',
  secret: 'GOCSPX-sandbox',
  redirectUris: null,
};

/** OpenID Connect as Google offers it: code flow with PKCE, `id_token` signed with RS256. */
export async function startGoogleIdentity(options: GoogleIdentityOptions = {}): Promise<Simulator> {
  const world = newWorld();
  const pair = await generateKeyPair('RS256', { extractable: true });
  const clients = [sandboxClient, ...(options.clients ?? [])];
  const id = `sandbox-${Date.now().toString(36)}`;
  const provider: Provider = {
    issuer: '',
    clients: new Map(clients.map((client) => [client.id, client])),
    codes: new Map(),
    sessions: new Map(),
    key: {
      id,
      private: pair.privateKey,
      public: { ...(await exportJWK(pair.publicKey)), kid: id, alg: 'RS256', use: 'sig' },
    },
    forgedKey: async () => (await generateKeyPair('RS256')).privateKey,
    world,
  };
  const simulator = await startSimulator(
    {
      id: 'google-identity',
      handle: (exchange) => route(exchange, provider),
      control: {
        'POST /_control/clients': (body) => {
          const client = body as Client;
          provider.clients.set(client.id, { ...client, redirectUris: client.redirectUris ?? null });
          return client;
        },
      },
    },
    options,
    world,
  );
  provider.issuer = simulator.url;
  return simulator;
}

async function route(exchange: Exchange, provider: Provider): Promise<void> {
  const { method, path } = exchange;
  const name = `${method} ${path}`;
  switch (name) {
    case 'GET /.well-known/openid-configuration':
      sendJson(exchange, 200, discovery(provider.issuer));
      return;
    case 'GET /oauth2/v3/certs':
      sendJson(exchange, 200, { keys: [provider.key.public] }, { 'cache-control': 'public, max-age=3600' });
      return;
    case 'GET /o/oauth2/v2/auth':
    case 'POST /o/oauth2/v2/auth': {
      const refusal = findRefusal(exchange.query, provider.clients);
      if (refusal !== null) sendRefusalPage(exchange, refusal);
      else if (method === 'GET') showConsent(exchange);
      else takeConsent(exchange, provider.codes, provider.world.clock.now());
      return;
    }
    case 'POST /token': {
      const fault = provider.world.faults.takeByPath(path);
      if (!(await misbehavesAtOnce(exchange, fault, failure))) await exchangeCode(exchange, provider, fault);
      return;
    }
    case 'GET /v1/userinfo':
      if (!(await misbehavesAtOnce(exchange, provider.world.faults.takeByPath(path), failure)))
        showPerson(exchange, provider);
      return;
    case 'GET /picture.png':
      sendBytes(
        exchange,
        'image/png',
        await draw({ prompt: exchange.query.get('name') ?? '?', width: 96, height: 96, format: 'png' }),
      );
      return;
    default:
      sendJson(exchange, 404, { error: 'not_found' });
  }
}

const failure = (status: number) => ({
  error: status === 429 ? 'rate_limit_exceeded' : 'internal_failure',
  error_description: 'Backend Error',
});

function discovery(issuer: string): unknown {
  return {
    issuer,
    authorization_endpoint: `${issuer}/o/oauth2/v2/auth`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/v1/userinfo`,
    jwks_uri: `${issuer}/oauth2/v3/certs`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    claims_supported: [
      'aud',
      'email',
      'email_verified',
      'exp',
      'family_name',
      'given_name',
      'iat',
      'iss',
      'name',
      'picture',
      'sub',
    ],
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code'],
  };
}

function showPerson(exchange: Exchange, { sessions, issuer }: Provider): void {
  const person = sessions.get((exchange.headers.authorization ?? '').replace(/^Bearer /, ''));
  if (person === undefined) {
    sendJson(exchange, 401, { error: 'invalid_request', error_description: 'Invalid Credentials' });
    return;
  }
  const { email, name, isVerified } = person;
  const picture = `${issuer}/picture.png?name=${encodeURIComponent(name)}`;
  sendJson(exchange, 200, { sub: subjectOf(email), name, email, email_verified: isVerified, picture });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startGoogleIdentity);
