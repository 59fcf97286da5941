import type { Config } from '#server/config.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import { fullUntil } from '#server/providers/limit-headers.ts';
import type { Provider, ProviderFault } from '#server/providers/provider.ts';
import { type Circuit, createCircuit, type SeenCircuit } from './circuit.ts';
import { configuredRoutes, type ProviderRoute } from './configured-routes.ts';

/**
 * Which way a call goes now: real routes where keys are set, simulators in sandbox mode, none otherwise. Health is
 * what this process has seen: each learns for itself within a few calls, and limits arrive with every answer
 * (docs/decisions/routing.md).
 */
export interface Routing {
  /** Providers with at least one open route: what is on offer. */
  openProviders(): Set<string>;
  isOpen(providerId: string): boolean;
  /** All routes of a provider that staff have not closed, in the order of the settings. */
  routesOf(providerId: string): ProviderRoute[];
  /** The route for the next call. */
  pick(providerId: string, wanted?: Wanted): Picked;
  /** The route for the next call, whatever it is; null when none can take one now. */
  choose(providerId: string): ProviderRoute | null;
  byId(routeId: string): ProviderRoute | null;
  /** Throws when there is no such provider. */
  provider(id: string): Provider;
  find(id: string): Provider | null;
  /** A call leaves by this route. */
  sent(route: OpenRoute): void;
  /** How a call went, for the circuit breaker. Our own refusals are never told here. */
  succeeded(route: OpenRoute): void;
  failed(route: OpenRoute, fault: ProviderFault, modelId: string): void;
  /** What the provider wrote beside an answer: its limits are obeyed. */
  heard(route: OpenRoute, modelId: string, headers: Record<string, string | undefined>): void;
  /** Per route: whether calls go through, for health and the status page. */
  health(): ({
    provider: string;
    route: string;
    sandbox: boolean;
    open: boolean;
    failures: number;
  } & SeenCircuit)[];
  /** What staff set for routes, from now on. */
  follow(routeState: RouteState): void;
}

export interface Wanted {
  /** Limits are kept by model. */
  modelId?: string;
  /** Only routes of this region. */
  region?: string | null;
  /** Routes that were tried already. */
  not?: ReadonlySet<string>;
}

/** `waitMs`: every route is busy, and this one soon is not. `route: null`: no route of that region, or none that can take a call. */
export type Picked =
  | { route: ProviderRoute; waitMs: number }
  | { route: null; why: 'no_region' | 'unavailable' }
  | { route: null; why: 'busy'; retryAfterMs: number };

type RouteState = (routeId: string) => { open: boolean; weight: number };

/** A busy route that takes calls again within this is waited for. */
const WAIT_MOST_MS = 3_000;
const EVERY_ROUTE: RouteState = () => ({ open: true, weight: 100 });

export interface Chance {
  now(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
}

export function createRouting(
  providers: readonly Provider[],
  config: Pick<Config, 'mode' | 'providerSetting'>,
  simulators: Record<string, string>,
  chance: Chance = { now: Date.now, random: Math.random },
): Routing {
  const byProvider = new Map(providers.map((provider) => [provider.id, provider]));
  const routes = new Map<string, readonly ProviderRoute[]>();
  const byId = new Map<string, ProviderRoute>();
  const circuits = new Map<string, Circuit>();
  let routeState = EVERY_ROUTE;
  for (const provider of providers) {
    const configured = configuredRoutes(provider, config, simulators);
    if (configured.length > 0) routes.set(provider.id, configured);
    for (const route of configured) {
      byId.set(route.id, route);
      circuits.set(route.id, createCircuit());
    }
  }
  const circuitOf = (route: OpenRoute) => circuits.get(route.id)!;
  const routesOf = (providerId: string) =>
    (routes.get(providerId) ?? []).filter((route) => routeState(route.id).open);
  const isOpen = (providerId: string) => routesOf(providerId).length > 0;
  const weightOf = (route: ProviderRoute) => route.weight * routeState(route.id).weight;

  const pick = (providerId: string, { modelId = '', region = null, not }: Wanted = {}): Picked => {
    const all = routesOf(providerId);
    const inRegion = region === null ? all : all.filter((route) => isIn(route, region));
    if (inRegion.length === 0) return { route: null, why: all.length === 0 ? 'unavailable' : 'no_region' };
    const now = chance.now();
    const healthy = inRegion.filter(
      (route) => not?.has(route.id) !== true && circuitOf(route).mayGo(modelId, now),
    );
    if (healthy.length === 0) return { route: null, why: 'unavailable' };
    const free = healthy.filter((route) => circuitOf(route).busyUntil(modelId, now) === 0);
    if (free.length > 0) return { route: byWeight(free, weightOf, chance), waitMs: 0 };
    const until = (route: ProviderRoute) => circuitOf(route).busyUntil(modelId, now);
    const soonest = healthy.reduce((a, b) => (until(b) < until(a) ? b : a));
    const waitMs = Math.max(0, until(soonest) - now);
    return waitMs <= WAIT_MOST_MS
      ? { route: soonest, waitMs }
      : { route: null, why: 'busy', retryAfterMs: waitMs };
  };
  return {
    openProviders: () => new Set([...routes.keys()].filter(isOpen)),
    isOpen,
    routesOf,
    pick,
    choose: (providerId) => pick(providerId).route,
    byId: (routeId) => byId.get(routeId) ?? null,
    provider(id) {
      const found = byProvider.get(id);
      if (found === undefined) throw new Error(`no provider ${id}`);
      return found;
    },
    find: (id) => byProvider.get(id) ?? null,
    sent: (route) => circuitOf(route).sent(chance.now()),
    succeeded: (route) => circuitOf(route).succeeded(),
    failed: (route, fault, modelId) => circuitOf(route).failed(fault, modelId, chance.now()),
    heard(route, modelId, headers) {
      const until = fullUntil(headers, chance.now());
      if (until !== null) circuitOf(route).full(modelId, until);
    },
    health: () =>
      [...byId.values()].map((route) => ({
        provider: route.providerId,
        route: route.id,
        sandbox: route.sandbox,
        open: routeState(route.id).open && circuitOf(route).mayGo('', chance.now()),
        failures: circuitOf(route).failures(),
        ...circuitOf(route).seen(chance.now()),
      })),
    follow(state) {
      routeState = state;
    },
  };
}

/** Regions are names such as `EU` or `us-east-1`; whoever asks for one may write it small. */
export function isIn(route: Pick<OpenRoute, 'region'>, region: string): boolean {
  return route.region.toLowerCase() === region.toLowerCase();
}

/** By chance, in proportion to the weights. Those without weight serve only among themselves. */
function byWeight(
  routes: readonly ProviderRoute[],
  weightOf: (route: ProviderRoute) => number,
  chance: Chance,
): ProviderRoute {
  if (routes.length === 1) return routes[0]!;
  const total = routes.reduce((sum, route) => sum + weightOf(route), 0);
  let at = chance.random() * total;
  for (const route of routes) {
    at -= weightOf(route);
    if (at < 0) return route;
  }
  return routes[0]!;
}
