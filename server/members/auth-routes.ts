import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Password } from '#contract/members.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { refuseForeignOrigin } from '#server/http/same-origin.ts';
import { ADDRESS_HEADER, type Auth } from './auth.ts';
import { type AuthLimits, type Counted, countedAs, giveBack, take } from './auth-limits.ts';
import { refusalOf } from './auth-refusals.ts';
import { refuseGuessable } from './password-strength.ts';
import type { CookieJar } from './session-token.ts';

export interface AuthRouteDeps {
  auth: Auth;
  guards: Guards;
  limits: AuthLimits;
  jar: CookieJar;
  publicUrl: string;
  /** Ends the session that the browser had before it signed in anew. */
  endFormerSession(request: FastifyRequest): Promise<void>;
  /** A signed-in person has another password now. */
  passwordChanged(memberId: string): Promise<void>;
}

const Email = z.email().max(254).toLowerCase();
const Code = z.string().max(12);
/** A page of ours: a way to another origin would be an open redirect (ASVS 3.7.2). */
const OwnPath = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\\]*$/);

interface AuthRoute {
  path: string;
  body: z.ZodType<Record<string, unknown>>;
  /** What is counted; takes the e-mail of the body. */
  counted?: (request: FastifyRequest, email: string) => Counted;
  /** Only attempts that fail count. */
  countsFailures?: true;
  guard?: 'member' | 'freshMember';
  /** The field with a new password. */
  newPassword?: string;
  /** A success is a new sign-in. */
  signsIn?: true;
  signsOut?: true;
}

/** The routes of Better Auth that are open, with exactly the fields they take. All others answer 404. */
const routes: AuthRoute[] = [
  {
    path: '/sign-in/email',
    body: z.strictObject({ email: Email, password: z.string().max(256), rememberMe: z.boolean().optional() }),
    counted: countedAs.signIn,
    countsFailures: true,
    signsIn: true,
  },
  {
    path: '/sign-in/social',
    body: z.strictObject({
      provider: z.literal('google'),
      callbackURL: OwnPath.default('/'),
      errorCallbackURL: OwnPath.optional(),
      newUserCallbackURL: OwnPath.optional(),
      requestSignUp: z.boolean().optional(),
      disableRedirect: z.boolean().optional(),
      additionalData: z
        .strictObject({
          agePass: z.string().max(500),
          acceptTerms: z.literal(true),
          marketing: z.boolean().default(false),
        })
        .optional(),
    }),
    counted: (request) => countedAs.age(request),
  },
  {
    path: '/link-social',
    body: z.strictObject({
      provider: z.literal('google'),
      callbackURL: OwnPath.default('/'),
      errorCallbackURL: OwnPath.optional(),
      disableRedirect: z.boolean().optional(),
    }),
    guard: 'freshMember',
  },
  { path: '/sign-out', body: z.strictObject({}), signsOut: true },
  {
    path: '/email-otp/send-verification-otp',
    body: z.strictObject({
      email: Email,
      type: z.literal('email-verification').default('email-verification'),
    }),
    counted: countedAs.mail,
  },
  {
    path: '/email-otp/verify-email',
    body: z.strictObject({ email: Email, otp: Code }),
    counted: countedAs.code,
    signsIn: true,
  },
  {
    path: '/email-otp/request-password-reset',
    body: z.strictObject({ email: Email }),
    counted: countedAs.mail,
  },
  {
    path: '/email-otp/reset-password',
    body: z.strictObject({ email: Email, otp: Code, password: Password }),
    counted: countedAs.code,
    newPassword: 'password',
  },
  {
    path: '/change-password',
    // Whoever changes a password signs out everyone else (ASVS 7.4).
    body: z
      .strictObject({ currentPassword: z.string().max(256), newPassword: Password })
      .transform((body) => ({ ...body, revokeOtherSessions: true })),
    guard: 'member',
    newPassword: 'newPassword',
  },
];

/** Mounts Better Auth under /api/auth, behind our list of routes. */
export async function authRoutes(app: FastifyInstance, deps: AuthRouteDeps): Promise<void> {
  await withRawBody(app, (scope) => {
    for (const open of routes) {
      scope.post(`/api/auth${open.path}`, (request, reply) => answer(deps, open, request, reply));
    }
    scope.get('/api/auth/callback/google', async (request, reply) => {
      const response = await deps.auth.handler(asWebRequest(deps, request, undefined));
      if (response.status >= 400) throw refusalOf(response.status, await response.text());
      if (response.headers.getSetCookie().some(isSessionCookie)) await deps.endFormerSession(request);
      return pass(reply, response, null);
    });
  });
}

async function answer(deps: AuthRouteDeps, open: AuthRoute, request: FastifyRequest, reply: FastifyReply) {
  refuseForeignOrigin(request);
  const signedIn = open.guard === undefined ? null : await deps.guards[open.guard](request);
  const body = readBody(open, request);
  if (open.newPassword !== undefined) {
    refuseGuessable(open.newPassword, String(body[open.newPassword]), { email: String(body.email ?? '') });
  }
  const counted = open.counted?.(request, String(body.email ?? '')) ?? [];
  await take(deps.limits, counted);
  const response = await deps.auth.handler(asWebRequest(deps, request, body));
  const text = await response.text();
  if (response.status >= 400) throw refusalOf(response.status, text);
  if (open.countsFailures) await giveBack(deps.limits, counted);
  if (open.signsIn && response.headers.getSetCookie().some(isSessionCookie))
    await deps.endFormerSession(request);
  if (open.newPassword !== undefined && signedIn !== null) await deps.passwordChanged(signedIn.memberId);
  if (open.signsOut) reply.header('clear-site-data', '"cache", "cookies", "storage"');
  return pass(reply, response, withoutToken(text));
}

function isSessionCookie(cookie: string): boolean {
  return cookie.includes('.session_token=') && !/max-age=0/i.test(cookie);
}

function readBody(open: AuthRoute, request: FastifyRequest): Record<string, unknown> {
  const bytes = request.body as Buffer | undefined;
  const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
  if (bytes !== undefined && bytes.length > 0 && !isJson) {
    throw new ProblemError('unsupported-file', { detail: 'Send JSON.' });
  }
  const parsed = open.body.safeParse(bytes === undefined || bytes.length === 0 ? {} : parseJson(bytes));
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-input', {
    errors: parsed.error.issues.map((issue) => ({
      path: issue.path.map(String).join('.'),
      message: issue.message,
    })),
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ProblemError('invalid-input', { detail: 'The body is no JSON.' });
  }
}

/** The request as Better Auth reads it: our address, our body, of the headers only what it needs. */
function asWebRequest(
  deps: AuthRouteDeps,
  request: FastifyRequest,
  body: Record<string, unknown> | undefined,
): Request {
  const headers = new Headers({
    [ADDRESS_HEADER]: request.ip,
    'user-agent': (request.headers['user-agent'] ?? '').slice(0, 512),
  });
  if (request.headers.cookie !== undefined) headers.set('cookie', request.headers.cookie);
  if (body !== undefined) headers.set('content-type', 'application/json');
  return new Request(new URL(request.url, deps.publicUrl), {
    method: request.method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function pass(reply: FastifyReply, response: Response, body: object | null): FastifyReply {
  const location = response.headers.get('location');
  // `/sign-in/social` names the address in its body too; a fetch must not follow it by itself.
  if (location !== null && response.status >= 300) reply.header('location', location);
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
  reply.code(response.status).header('cache-control', 'no-store');
  if (body === null) return reply.send();
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** The session's token belongs into the cookie alone, where scripts cannot read it (ASVS 3.3.4). */
function withoutToken(text: string): object {
  const { token: _token, user: _user, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return rest;
}
