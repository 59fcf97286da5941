import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { checkAge } from '#contract/members.ts';
import type { Pools } from '#server/database/connections.ts';
import { asIdentity } from '#server/database/transaction.ts';
import { anyone } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { ageThreshold, issueAgePass, yearsSince } from './age.ts';
import { type AuthLimits, countedAs, take } from './auth-limits.ts';
import { type CookieJar, cookieOf, setCookie } from './session-token.ts';

export interface AgeGateDeps {
  pools: Pools;
  jar: CookieJar;
  secret: string;
  limits: AuthLimits;
}

const REFUSED_SECONDS = 24 * 60 * 60;

/**
 * Clause 11.1. A refusal keeps a number by country and, in this browser for a day, that it was refused: going back
 * and changing the year does not help. Nothing says who it was.
 */
export function ageGateRoutes(app: FastifyInstance, deps: AgeGateDeps): void {
  route(app, checkAge, anyone, async ({ body, request, reply }) => {
    await take(deps.limits, countedAs.age(request));
    const now = new Date();
    const refusedBefore = cookieOf(request, `${deps.jar.prefix}.age`) !== undefined;
    if (refusedBefore || yearsSince(body.birthDate, now) < ageThreshold(body.country)) {
      if (!refusedBefore) await countRefusal(deps.pools, body.country, now);
      reply.header('set-cookie', setCookie(deps.jar, 'age', 'refused', REFUSED_SECONDS));
      throw new ProblemError('age-not-met');
    }
    return { agePass: issueAgePass(deps.secret, body.country, now) };
  });
}

async function countRefusal(pools: Pools, country: string, now: Date): Promise<void> {
  await asIdentity(pools, (tx) =>
    tx
      .insertInto('identity.ageRefusal')
      .values({ country, day: now.toISOString().slice(0, 10), times: 1 })
      .onConflict((conflict) =>
        conflict.columns(['country', 'day']).doUpdateSet({ times: sql`age_refusal.times + 1` }),
      )
      .execute(),
  );
}
