import { sql } from 'kysely';
import { asMember, type Tx } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { Parts } from './parts.ts';
import { NO_WISH, type Wish } from './tries.ts';

/** What a member demands of every call, unless the call itself says otherwise. */
export async function wishOf<R extends 'member' | 'service'>(tx: Tx<R>, memberId: string): Promise<Wish> {
  const row = await tx
    .selectFrom('generations.routingWish')
    .select(['region', 'fallback'])
    .where('userId', '=', memberId)
    .executeTakeFirst();
  return row ?? NO_WISH;
}

/** Sets it from the next call on. Calls that run go on. */
export async function setWish(parts: Pick<Parts, 'pools'>, memberId: string, wish: Wish): Promise<Wish> {
  await asMember(parts.pools, memberId, async (tx) => {
    await tx
      .insertInto('generations.routingWish')
      .values({ userId: memberId, ...wish })
      .onConflict((conflict) => conflict.column('userId').doUpdateSet({ ...wish, changedAt: sql`now()` }))
      .execute();
    await sql`select mluen.tell('member', ${memberId})`.execute(tx);
  });
  return wish;
}

/** What the call says counts, else what the settings say. `region: null` in a call means any. */
export function wishFor(
  settings: Wish,
  asked: { region?: string | null; fallback?: boolean } | undefined,
): Wish {
  if (asked === undefined) return settings;
  return {
    region: asked.region === undefined ? settings.region : asked.region,
    fallback: asked.fallback ?? settings.fallback,
  };
}

/** In which regions a provider's open routes lie. */
export function regionsOf({ routing }: Pick<Parts, 'routing'>, providerId: string): string[] {
  return [...new Set(routing.routesOf(providerId).map((route) => route.region))];
}

/** In which regions any open route lies: what can be demanded. */
export function everyRegion({ routing }: Pick<Parts, 'routing'>): string[] {
  const all = [...routing.openProviders()].flatMap((id) => routing.routesOf(id).map(({ region }) => region));
  return [...new Set(all)].sort();
}

/** Nothing can go where the person wants it: named are the regions that there are. */
export function noRouteInRegion(
  parts: Pick<Parts, 'routing'>,
  providerId: string,
  region: string,
): ProblemError {
  const regions = regionsOf(parts, providerId);
  const { name } = parts.routing.provider(providerId).terms;
  return new ProblemError('no-route-in-region', {
    detail: `${name} is reached in ${regions.join(', ')} alone, and you asked for ${region}. Choose one of these, or another model. Nothing was charged.`,
    regions,
  });
}
