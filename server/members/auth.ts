import { createHmac } from 'node:crypto';
import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { emailOTP } from 'better-auth/plugins';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity } from '#server/database/transaction.ts';
import type { Log } from '#server/log.ts';
import { queueMail } from '#server/mail/outbox.ts';
import { tables } from './auth-tables.ts';
import { fromGoogle, type GoogleClient, googleProvider, recordGoogleSignUp } from './google.ts';
import { alreadyMemberLetter, resetLetter, verifyLetter } from './letters.ts';
import { type Opening, openMember } from './open-member.ts';
import { hashPassword, isOutdated, verifyPassword } from './password.ts';
import { passwordChanged } from './password-changed.ts';
import { sessionHashingAdapter } from './session-store.ts';
import { cookieJar, SESSION_DAYS } from './session-token.ts';

export interface AuthDeps {
  pools: Pools;
  log: Log;
  /** Where people reach us, without a slash at the end. */
  publicUrl: string;
  secret: string;
  google: GoogleClient | null;
  opening: Opening;
}

const CODE_SECONDS = 600;
const DAY_SECONDS = 24 * 60 * 60;

/** Header in which the address of the caller is handed to Better Auth; what arrives under it is thrown away. */
export const ADDRESS_HEADER = 'x-mluen-address';

export type Auth = ReturnType<typeof createAuth>;

/**
 * Better Auth on the identity role. Its routes stand behind our own list (auth-routes.ts), which also counts
 * attempts; sign-up is ours (sign-up.ts), except through Google.
 */
export function createAuth(deps: AuthDeps) {
  const jar = cookieJar(deps.publicUrl);
  return betterAuth({
    ...tables,
    database: sessionHashingAdapter(deps.pools.auth),
    baseURL: deps.publicUrl,
    basePath: '/api/auth',
    secret: deps.secret,
    trustedOrigins: [deps.publicUrl],
    emailAndPassword: passwords(deps),
    emailVerification: {
      autoSignInAfterVerification: true,
      afterEmailVerification: ({ id }) => openMember(deps.pools, deps.opening, id),
    },
    session: {
      ...tables.session,
      expiresIn: SESSION_DAYS * DAY_SECONDS,
      disableSessionRefresh: true, // sessions.ts renews, up to the absolute end
      freshAge: 600,
      cookieCache: { enabled: false },
    },
    account: {
      ...tables.account,
      updateAccountOnSignIn: false,
      accountLinking: { disableImplicitLinking: true },
    },
    databaseHooks: {
      account: { create: { before: async (account) => ({ data: withoutTokens(account) }) } },
      user: {
        create: {
          before: async (user) => ({ data: await fromGoogle(deps.secret, user) }),
          after: async (user) => recordGoogleSignUp(deps, user.id),
        },
      },
      session: { create: { after: (session) => recordSignIn(deps.pools, session) } },
    },
    verification: {
      ...tables.verification,
      storeIdentifier: { hash: async (text) => keyed(deps.secret, text) },
    },
    plugins: [codes(deps), ...(deps.google === null ? [] : [googleProvider(deps.google)])],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // What breaks inside is thrown to us: left alone, it is printed to the console with the values of the query.
    onAPIError: { errorURL: `${deps.publicUrl}/sign-in`, throw: true },
    logger: { level: 'error', log: (_level, _message, ...rest) => report(deps.log, rest) },
    advanced: {
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER], ipv6Subnet: 128 },
      disableCSRFCheck: true, // ours is stricter: http/same-origin.ts
      useSecureCookies: false, // its prefix is `__Secure-`; ours is `__Host-`
      cookiePrefix: jar.prefix,
      defaultCookieAttributes: { secure: jar.secure },
    },
  });
}

function passwords(deps: AuthDeps): BetterAuthOptions['emailAndPassword'] {
  return {
    enabled: true,
    disableSignUp: true, // ours asks for the age first
    requireEmailVerification: true,
    minPasswordLength: 12,
    maxPasswordLength: 256,
    revokeSessionsOnPasswordReset: true,
    onPasswordReset: ({ user }) => passwordChanged(deps, user.id),
    password: {
      hash: (password) => hashPassword(password),
      verify: ({ hash, password }) => verifyAndRenew(deps.pools, hash, password),
    },
  };
}

function codes(deps: AuthDeps) {
  return emailOTP({
    expiresIn: CODE_SECONDS,
    allowedAttempts: 5,
    disableSignUp: true,
    // Six digits are guessed in no time from a plain hash.
    storeOTP: { hash: async (code) => keyed(deps.secret, code) },
    sendVerificationOTP: ({ email, otp, type }) => sendCode(deps, email, otp, type),
  });
}

/** Only `sub` is kept of Google (clause 2.1): with it the person is known again, and nothing can be asked of Google. */
function withoutTokens<A extends { userId: string; providerId: string; accountId: string }>(account: A): A {
  return {
    ...account,
    accessToken: undefined,
    refreshToken: undefined,
    idToken: undefined,
    accessTokenExpiresAt: undefined,
    refreshTokenExpiresAt: undefined,
    scope: undefined,
  };
}

async function recordSignIn(pools: Pools, session: { id: string; userId: string }): Promise<void> {
  const { id, userId } = session;
  await asIdentity(pools, (tx) =>
    recordAudit(tx, { action: 'session.start', actorId: userId, subjectId: userId, object: id }),
  );
}

/** Checks a password and, when it is right and its hash is of yesterday, hashes it with today's costs. */
async function verifyAndRenew(pools: Pools, hash: string, password: string): Promise<boolean> {
  if (!(await verifyPassword(hash, password))) return false;
  if (isOutdated(hash)) {
    const renewed = await hashPassword(password);
    await asIdentity(pools, (tx) =>
      tx
        .updateTable('identity.signIn')
        .set({ passwordHash: renewed })
        .where('passwordHash', '=', hash)
        .where('provider', '=', 'credential')
        .execute(),
    );
  }
  return true;
}

/** A hash that nobody can make or guess without our secret. */
function keyed(secret: string, text: string): string {
  return createHmac('sha256', secret).update(`verification ${text}`).digest('base64url');
}

/** Mails the code. An address that is confirmed already gets no code to confirm it, but is told that it has an account. */
async function sendCode(
  { pools, publicUrl }: AuthDeps,
  email: string,
  code: string,
  type: string,
): Promise<void> {
  await asIdentity(pools, async (tx) => {
    const member = await tx
      .selectFrom('identity.member')
      .select(['id', 'email', 'emailVerified'])
      .where('email', '=', email)
      .executeTakeFirst();
    if (member === undefined) return;
    const mail = { to: member.email, personId: member.id };
    if (type === 'forget-password') await queueMail(tx, { ...mail, kind: 'reset', ...resetLetter(code) });
    else if (type !== 'email-verification') return;
    else if (member.emailVerified)
      await queueMail(tx, { ...mail, kind: 'account', ...alreadyMemberLetter(publicUrl) });
    else await queueMail(tx, { ...mail, kind: 'verify', ...verifyLetter(code) });
  });
}

/** Its messages quote addresses and URLs; only the errors among the rest are ours to log. */
function report(log: Log, rest: unknown[]) {
  const err = rest.find((one) => one instanceof Error);
  if (err !== undefined) log.warn({ err }, 'sign-in reported an error');
}
