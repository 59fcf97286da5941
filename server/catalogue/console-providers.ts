import { sql } from 'kysely';
import type { ProviderHealth } from '#contract/console-catalogue.ts';
import { lowestIdOf } from '#server/database/ids.ts';
import type { Reader } from './price-lists.ts';

/** A route as this process sees it now. */
export interface SeenRoute {
  provider: string;
  route: string;
  host: string;
  region: string;
  sandbox: boolean;
  /** Whether calls go through. */
  open: boolean;
  failures: number;
  /** Until when its circuit is open, in ms. */
  openUntil: number | null;
  /** Models that get no call by this route until then. */
  paused: { modelId: string; until: number; why: 'limit' | 'key_refused' }[];
}

/** Every provider with its routes and how a day of runs ended there. `isSeen` says whether members see a model. */
export async function providersHealth(
  tx: Reader,
  routes: readonly SeenRoute[],
  isSeen: (modelId: string) => boolean,
  now: Date,
): Promise<ProviderHealth[]> {
  const providers = await tx
    .selectFrom('catalogue.provider')
    .select(['id', 'name', 'open', 'closedBecause'])
    .orderBy('position')
    .orderBy('id')
    .limit(1000)
    .execute();
  const models = await tx
    .selectFrom('catalogue.model')
    .select(['id', 'providerId', 'offered'])
    .limit(10_000)
    .execute();
  const states = new Map(
    (await tx.selectFrom('catalogue.route').select(['id', 'open', 'weight']).limit(1000).execute()).map(
      (state) => [state.id, state],
    ),
  );
  const days = await lastDay(tx, now);
  const modelsOf = Map.groupBy(models, (model) => model.providerId);
  return providers.map(({ id, name, open, closedBecause }) => {
    const own = modelsOf.get(id) ?? [];
    return {
      id,
      name,
      isOpen: open,
      closedBecause,
      models: own.length,
      seen: open ? own.filter((model) => model.offered && isSeen(model.id)).length : 0,
      routes: routes
        .filter(({ provider }) => provider === id)
        .map((route) => routeOf(route, states.get(route.route))),
      day: days === null ? null : (days.get(id) ?? { runs: 0, failures: [] }),
    };
  });
}

function routeOf(
  { route, host, region, sandbox, open, failures, openUntil, paused }: SeenRoute,
  set: { open: boolean; weight: number } = { open: true, weight: 100 },
): ProviderHealth['routes'][number] {
  return {
    id: route,
    host,
    region,
    isSandbox: sandbox,
    isOpen: set.open,
    weight: set.weight,
    state: !set.open ? 'closed' : open ? 'open' : 'broken',
    failures,
    openUntil: openUntil === null ? null : new Date(openUntil).toISOString(),
    paused: paused.map(({ until, ...rest }) => ({ ...rest, until: new Date(until).toISOString() })),
  };
}

/** How the runs of 24 hours ended, by provider. Null where this role may not read runs. */
async function lastDay(
  tx: Reader,
  now: Date,
): Promise<Map<string, NonNullable<ProviderHealth['day']>> | null> {
  const { rows: may } = await sql<{ may: boolean }>`
    select case when has_schema_privilege('generations', 'usage')
      then has_column_privilege('generations.generation', 'ending', 'select') else false end as may`.execute(
    tx,
  );
  if (!may[0]!.may) return null;
  const rows = await tx
    .selectFrom('generations.generation')
    .select(({ fn }) => ['providerId', 'state', 'ending', fn.countAll<bigint>().as('count')])
    .where('id', '>=', lowestIdOf(new Date(now.getTime() - 86_400_000)))
    .groupBy(['providerId', 'state', 'ending'])
    .execute();
  const days = new Map<string, NonNullable<ProviderHealth['day']>>();
  for (const { providerId, state, ending, count } of rows) {
    const day = days.get(providerId) ?? { runs: 0, failures: [] };
    day.runs += Number(count);
    if (state === 'released') day.failures.push({ why: ending ?? 'unknown', count: Number(count) });
    days.set(providerId, day);
  }
  for (const day of days.values()) day.failures.sort((a, b) => b.count - a.count);
  return days;
}
