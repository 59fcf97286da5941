import type { FastifyInstance } from 'fastify';
import * as contract from '#contract/members.ts';
import type { Pools } from '#server/database/connections.ts';
import { asIdentity } from '#server/database/transaction.ts';
import { anyone, type Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { NotInForce } from '#server/privacy/acceptance.ts';
import { readAgePass } from './age.ts';
import { ageGateRoutes } from './age-gate.ts';
import { createApiKey, type KeyMade, listApiKeys, revokeApiKey, setApiKeyLimit } from './api-keys.ts';
import type { Auth } from './auth.ts';
import { countedAs, createAuthLimits, take } from './auth-limits.ts';
import { authRoutes } from './auth-routes.ts';
import { consoleRoutes } from './console-routes.ts';
import { passwordChanged } from './password-changed.ts';
import { refuseGuessable } from './password-strength.ts';
import { acceptDocuments, correctProfile, profileOf } from './profile.ts';
import { secureAccount } from './secure.ts';
import { cookieJar, cookieOf, hashToken, tokenOf } from './session-token.ts';
import { endSession, listSessions, renewCookie } from './sessions.ts';
import { signUp } from './sign-up.ts';

export interface MemberDeps {
  pools: Pools;
  guards: Guards;
  auth: Auth;
  publicUrl: string;
  secret: string;
  keyMade?: KeyMade;
}

export async function memberRoutes(app: FastifyInstance, deps: MemberDeps): Promise<void> {
  const { pools, guards, auth, publicUrl, secret } = deps;
  const limits = createAuthLimits();
  const jar = cookieJar(publicUrl);
  ageGateRoutes(app, { pools, jar, secret, limits });
  await authRoutes(app, {
    auth,
    guards,
    limits,
    jar,
    publicUrl,
    passwordChanged: (memberId) => passwordChanged({ pools, publicUrl }, memberId),
    endFormerSession: async (request) => {
      const token = tokenOf(request, jar, secret);
      if (token === null) return;
      await asIdentity(pools, (tx) =>
        tx.deleteFrom('identity.session').where('tokenHash', '=', hashToken(token)).execute(),
      );
    },
  });
  route(app, contract.signUp, anyone, async ({ body, request }) => {
    const pass = readAgePass(secret, body.agePass, new Date());
    const refusedBefore = cookieOf(request, `${jar.prefix}.age`) !== undefined;
    if (pass === null || pass.country !== body.country || refusedBefore)
      throw new ProblemError('age-not-met');
    refuseGuessable('password', body.password, body);
    await take(limits, countedAs.signUp(request, body.email.toLowerCase()));
    await signUp({ pools, auth }, { ...body, pass, requestId: request.id });
    return { status: 'check-your-mail' as const };
  });
  profileRoutes(app, deps);
  sessionRoutes(app, deps);
  keyRoutes(app, deps);
  consoleRoutes(app, { pools, guards });
}

function profileRoutes(app: FastifyInstance, { pools, guards, publicUrl }: MemberDeps): void {
  const jar = cookieJar(publicUrl);
  route(app, contract.getMe, guards.member, async ({ memberId, request, reply }) => {
    renewCookie(request, reply, jar);
    return profileOf(pools, memberId);
  });
  route(app, contract.updateMe, guards.member, async ({ memberId, body }) => {
    await correctProfile(pools, memberId, body);
    return profileOf(pools, memberId);
  });
  route(app, contract.acceptDocuments, guards.member, async ({ memberId, body }) => {
    try {
      await acceptDocuments(pools, memberId, body.documents);
    } catch (error) {
      if (error instanceof NotInForce)
        throw new ProblemError('not-possible-now', { detail: 'There is a newer version. Reload the page.' });
      throw error;
    }
    return profileOf(pools, memberId);
  });
}

function sessionRoutes(app: FastifyInstance, { pools, guards, auth, publicUrl }: MemberDeps): void {
  route(app, contract.listSessions, guards.member, async ({ memberId, session }) => ({
    items: await listSessions(pools, memberId, session.id),
  }));
  route(app, contract.endSession, guards.member, async ({ memberId, params }) => {
    if (!(await endSession(pools, memberId, params.id))) throw new ProblemError('not-found');
  });
  // Open to every session: whoever is wrong here has lost nothing but the time for a new password.
  route(app, contract.secureAccount, guards.member, ({ memberId, request }) =>
    secureAccount({ pools, auth, publicUrl }, memberId, request.id),
  );
}

function keyRoutes(app: FastifyInstance, { pools, guards, keyMade }: MemberDeps): void {
  route(app, contract.listApiKeys, guards.member, async ({ memberId }) => ({
    items: await listApiKeys(pools, memberId),
  }));
  // A stolen session must not become a key that outlives it (ASVS 7.5.1).
  route(app, contract.createApiKey, guards.freshMember, async ({ memberId, session, body }) => {
    if (!session.emailVerified) throw new ProblemError('email-not-verified');
    return createApiKey(pools, memberId, body, keyMade);
  });
  // Whoever finds a session open must not raise what its keys may spend.
  route(app, contract.setApiKeyLimit, guards.freshMember, async ({ memberId, params, body }) => {
    const key = await setApiKeyLimit(pools, memberId, params.id, body.limit);
    if (key === null) throw new ProblemError('not-found');
    return key;
  });
  route(app, contract.revokeApiKey, guards.member, async ({ memberId, params }) => {
    if (!(await revokeApiKey(pools, memberId, params.id))) throw new ProblemError('not-found');
  });
}
