import { sql } from 'kysely';
import type { z } from 'zod';
import type { RouteMargin } from '#contract/console.ts';
import type { SignedIn } from '#server/http/guards.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import type { Parts } from './parts.ts';

interface Sums {
  routeId: string;
  providerId: string;
  runs: bigint;
  fallbacks: bigint;
  failed: bigint;
  chargedMicro: bigint;
  costMicro: bigint;
}

/** What each route brought in and cost since then: the configured ones first, then those that were. Needs the role `finance` or `operator`. */
export async function routeMargins(
  { pools, routing }: Pick<Parts, 'pools' | 'routing'>,
  staff: SignedIn,
  since: Date,
): Promise<z.output<typeof RouteMargin>[]> {
  const { rows } = await asOneOfStaff(pools, staff, ['finance', 'operator'], (tx) =>
    sql<Sums>`select * from generations.margin_by_route(${since})`.execute(tx),
  );
  const known = routing.health();
  const configured = known.map(({ route, provider, open }) => ({
    routeId: route,
    providerId: provider,
    isOpen: open,
  }));
  const gone = rows
    .filter(({ routeId }) => !known.some(({ route }) => route === routeId))
    .map(({ routeId, providerId }) => ({ routeId, providerId, isOpen: null }));
  return [...configured, ...gone].map(({ routeId, providerId, isOpen }) => {
    const sums = rows.find((row) => row.routeId === routeId);
    const chargedMicro = sums?.chargedMicro ?? 0n;
    const costMicro = sums?.costMicro ?? 0n;
    return {
      routeId,
      provider: providerId,
      providerName: routing.find(providerId)?.terms.name ?? providerId,
      region: routing.byId(routeId)?.region ?? null,
      isOpen,
      runs: Number(sums?.runs ?? 0n),
      fallbacks: Number(sums?.fallbacks ?? 0n),
      failed: Number(sums?.failed ?? 0n),
      chargedMicro,
      costMicro,
      marginMicro: chargedMicro - costMicro,
    };
  });
}
