import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { asService } from '#server/database/transaction.ts';
import { createGuards } from '#server/http/guards.ts';
import { createHttpServer } from '#server/http/server.ts';
import { createLog, type Log } from '#server/log.ts';
import { type Auth, createAuth } from '#server/members/auth.ts';
import type { GoogleClient } from '#server/members/google.ts';
import type { Opening } from '#server/members/open-member.ts';
import { memberRoutes } from '#server/members/routes.ts';
import { cookieJar } from '#server/members/session-token.ts';
import { openSessions } from '#server/members/sessions.ts';
import type { TestDatabase } from './database.ts';

export interface MembersApp {
  app: FastifyInstance;
  auth: Auth;
  url: string;
  secret: string;
  opened: string[];
  close(): Promise<void>;
}

export interface MembersAppOptions {
  google?: GoogleClient | null;
  log?: Log;
  now?: () => Date;
  extra?: (app: FastifyInstance, guards: ReturnType<typeof createGuards>) => void;
}

/** The members module alone, over real HTTP, on a database. */
export async function startMembersApp(
  database: TestDatabase,
  options: MembersAppOptions = {},
): Promise<MembersApp> {
  const { pools } = database;
  const secret = 'a secret of the members tests, long enough';
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const log = options.log ?? createLog('error');
  const app = createHttpServer({ https: false, formOrigins: [] }, log);
  const jar = cookieJar(publicUrl);
  const sessions = openSessions({ pools, jar, secret, now: options.now });
  const guards = createGuards(
    sessions,
    options.now === undefined ? undefined : () => options.now!().getTime(),
  );
  const opened: string[] = [];
  const opening: Opening = async (_tx, memberId) => void opened.push(memberId);
  const auth = createAuth({ pools, log, publicUrl, secret, google: options.google ?? null, opening });
  await memberRoutes(app, { pools, guards, auth, publicUrl, secret });
  options.extra?.(app, guards);
  await app.listen({ host: '127.0.0.1', port });
  return { app, auth, url: publicUrl, secret, opened, close: () => app.close() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
  json: any;
}

/** A browser's way of talking to us: keeps cookies, names its origin. Cookies are readable by the test. */
export class Browser {
  readonly url: string;
  readonly cookies = new Map<string, string>();
  /** The last `set-cookie` of each name, with its attributes. */
  readonly attributes = new Map<string, string>();

  constructor(url: string) {
    this.url = url;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('GET', path, undefined, headers);
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('POST', path, body, headers);
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), {
      method,
      redirect: 'manual',
      headers: {
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(method === 'GET' ? {} : { origin: this.url }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
  }

  private keep(cookie: string) {
    const [pair = ''] = cookie.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    this.attributes.set(name, cookie);
    if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(at + 1));
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

let people = 0;
/** Somebody with an address of its own. */
export function aPerson(change: { email?: string; password?: string } = {}) {
  people += 1;
  return {
    email: `person${people}.${Date.now()}@example.com`,
    password: `correct horse battery ${people}`,
    displayName: `Person ${people}`,
    country: 'DE',
    ...change,
  };
}
export type Person = ReturnType<typeof aPerson>;

export async function agePassFor(browser: Browser, country = 'DE'): Promise<string> {
  return (await browser.post('/api/age-check', { country, birthDate: '1990-05-05' })).json.agePass;
}

export async function signUp(browser: Browser, person: Person): Promise<Answer> {
  const agePass = await agePassFor(browser, person.country);
  return browser.post('/api/sign-up', { ...person, agePass, acceptTerms: true });
}

export async function signIn(browser: Browser, { email, password }: Person): Promise<Answer> {
  return browser.post('/api/auth/sign-in/email', { email, password });
}

/** A signed-in member, by the way that people take. */
export async function aMember(database: TestDatabase, url: string, person = aPerson()) {
  const browser = new Browser(url);
  await signUp(browser, person);
  const verified = await browser.post('/api/auth/email-otp/verify-email', {
    email: person.email,
    otp: await lastCode(database, person.email),
  });
  if (verified.status !== 200) throw new Error(`not verified: ${verified.text}`);
  const me = await browser.get('/api/me');
  return { browser, person, id: me.json.id as string };
}

/** All mail to an address, oldest first. */
export async function mailTo(database: TestDatabase, email: string) {
  return asService(database.pools, (tx) =>
    tx
      .selectFrom('mail.outbox')
      .select(['kind', 'subject', 'bodyText'])
      .where('recipient', '=', email.toLowerCase())
      .orderBy('id')
      .execute(),
  );
}

export async function lastCode(database: TestDatabase, email: string): Promise<string> {
  const mails = await mailTo(database, email);
  const code = /^\d{6}$/m.exec(mails.at(-1)?.bodyText ?? '')?.[0];
  if (code === undefined) throw new Error('the last mail has no code');
  return code;
}
