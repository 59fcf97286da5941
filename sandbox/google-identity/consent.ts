import { randomBytes } from 'node:crypto';
import type { Exchange } from '../kit/exchange.ts';

export interface Client {
  id: string;
  secret: string;
  /** Null: any address on this machine. */
  redirectUris: string[] | null;
}

export interface Person {
  email: string;
  name: string;
  isVerified: boolean;
}

/** What a code stands for, until it is exchanged. */
export interface Grant {
  clientId: string;
  redirectUri: string;
  challenge: string;
  nonce: string | null;
  scope: string;
  person: Person;
  expiresAt: number;
}

const CODE_LIFETIME_MS = 60_000;

/** Why the request to sign in cannot even be shown; Google shows this to the person and does not redirect. */
export function findRefusal(query: URLSearchParams, clients: Map<string, Client>): string | null {
  const client = clients.get(query.get('client_id') ?? '');
  if (client === undefined) return 'invalid_client: The OAuth client was not found.';
  if (!mayReturnTo(client, query.get('redirect_uri') ?? '')) return 'redirect_uri_mismatch';
  if (query.get('response_type') !== 'code') return 'unsupported_response_type';
  if (!(query.get('scope') ?? '').split(' ').includes('openid')) return 'invalid_scope: openid is missing';
  if (
    query.get('code_challenge_method') !== 'S256' ||
    !/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')
  ) {
    return 'invalid_request: code_challenge with method S256 is required';
  }
  return query.get('state') ? null : 'invalid_request: state is missing';
}

function mayReturnTo(client: Client, uri: string): boolean {
  if (client.redirectUris !== null) return client.redirectUris.includes(uri);
  return /^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?\//.test(uri);
}

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A form in which the person says who they are. It works without scripts. */
export function showConsent(exchange: Exchange): void {
  const { query } = exchange;
  const hint = escapeHtml(query.get('login_hint') ?? 'person@example.com');
  sendPage(
    exchange,
    200,
    'Sign in with Google',
    `<p>Simulated sign-in. Say who you are.</p>
<form method="post" action="?${escapeHtml(query.toString())}">
<label for="email">Email</label><input id="email" name="email" type="email" autocomplete="email" required value="${hint}">
<label for="name">Name</label><input id="name" name="name" autocomplete="name" required value="Sandbox Person">
<label class="row"><input name="verified" type="checkbox" value="yes" checked> Email verified</label>
<button name="action" value="continue">Continue</button>
<button name="action" value="deny" formnovalidate class="quiet">Deny</button>
</form>`,
  );
}

/** The person's answer: back to the client, with a code or with `access_denied`. */
export function takeConsent(
  { query, body, response }: Exchange,
  codes: Map<string, Grant>,
  now: number,
): void {
  const fields = new URLSearchParams(body.toString('utf8'));
  const redirectUri = query.get('redirect_uri') as string;
  const target = new URL(redirectUri);
  target.searchParams.set('state', query.get('state') as string);
  if (fields.get('action') !== 'continue') target.searchParams.set('error', 'access_denied');
  else {
    const code = `4/0${randomBytes(24).toString('base64url')}`;
    const email = (fields.get('email') ?? '').trim().toLowerCase();
    codes.set(code, {
      clientId: query.get('client_id') as string,
      redirectUri,
      challenge: query.get('code_challenge') as string,
      nonce: query.get('nonce'),
      scope: query.get('scope') as string,
      person: { email, name: fields.get('name') ?? email, isVerified: fields.get('verified') === 'yes' },
      expiresAt: now + CODE_LIFETIME_MS,
    });
    target.searchParams.set('code', code);
    target.searchParams.set('scope', query.get('scope') as string);
  }
  response.writeHead(303, { location: target.href });
  response.end();
}

export function sendRefusalPage(exchange: Exchange, refusal: string): void {
  sendPage(exchange, 400, 'Access blocked', `<p>Error 400: ${escapeHtml(refusal)}</p>`);
}

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:24px;display:grid;place-items:center}
main{width:min(100%,380px)}h1{font-size:1.5rem}label{display:block;margin:12px 0 4px}input:not([type=checkbox]){width:100%;box-sizing:border-box;font:inherit;padding:10px;border:1px solid #767676;border-radius:6px}
button{width:100%;font:inherit;font-weight:600;padding:12px;margin-top:16px;border:0;border-radius:6px;background:#1d4ed8;color:#fff}
button.quiet{background:none;color:inherit;border:1px solid #767676;margin-top:8px}`;

function sendPage({ response }: Exchange, status: number, title: string, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`,
  );
}
