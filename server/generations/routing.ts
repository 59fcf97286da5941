import type { Config } from '#server/config.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import type { Provider, ProviderFault } from '#server/providers/provider.ts';

/** Which way calls to a provider go now: real where its key is set, a simulator in sandbox mode, closed otherwise. */
export interface Routing {
  /** Providers with at least one open route: what is on offer. */
  openProviders(): Set<string>;
  /** The route for the next call; null when there is none or its circuit is open. */
  choose(providerId: string): OpenRoute | null;
  byId(routeId: string): OpenRoute | null;
  provider(id: string): Provider;
  /** Tells how a call went, for the circuit breaker. Our own refusals are never told here. */
  succeeded(route: OpenRoute): void;
  failed(route: OpenRoute, fault: ProviderFault): void;
  /** Per route: whether calls go through, for health and the status page. */
  health(): { provider: string; route: string; sandbox: boolean; open: boolean; failures: number }[];
}

/** So many faults in a row, that are the provider's own, open the circuit for so long. */
const BREAK_AFTER = 5;
const BREAK_MS = 20_000;

interface Circuit {
  failures: number;
  openUntil: number;
}

export function createRouting(
  providers: readonly Provider[],
  config: Pick<Config, 'mode' | 'providerSetting'>,
  simulators: Record<string, string>,
  now: () => number = Date.now,
): Routing {
  const byProvider = new Map(providers.map((provider) => [provider.id, provider]));
  const routes = new Map<string, OpenRoute>();
  const circuits = new Map<string, Circuit>();
  for (const provider of providers) {
    const route = routeOf(provider, config, simulators);
    if (route === null) continue;
    routes.set(provider.id, route);
    circuits.set(route.id, { failures: 0, openUntil: 0 });
  }
  return {
    openProviders: () => new Set(routes.keys()),
    choose(providerId) {
      const route = routes.get(providerId);
      if (route === undefined || circuits.get(route.id)!.openUntil > now()) return null;
      return route;
    },
    byId: (routeId) => routes.values().find((route) => route.id === routeId) ?? null,
    provider(id) {
      const found = byProvider.get(id);
      if (found === undefined) throw new Error(`no provider ${id}`);
      return found;
    },
    succeeded(route) {
      const circuit = circuits.get(route.id)!;
      circuit.failures = 0;
      circuit.openUntil = 0;
    },
    failed(route, fault) {
      // What the person asked for wrongly says nothing about the provider.
      if (fault.kind === 'bad_input' || fault.kind === 'rejected_content') return;
      const circuit = circuits.get(route.id)!;
      circuit.failures += 1;
      if (circuit.failures >= BREAK_AFTER) circuit.openUntil = now() + BREAK_MS;
    },
    health: () =>
      [...routes].map(([provider, route]) => {
        const { failures, openUntil } = circuits.get(route.id)!;
        return { provider, route: route.id, sandbox: route.sandbox, open: openUntil <= now(), failures };
      }),
  };
}

function routeOf(
  provider: Provider,
  config: Pick<Config, 'mode' | 'providerSetting'>,
  simulators: Record<string, string>,
): OpenRoute | null {
  const { settings } = provider;
  const key = config.providerSetting(settings.key);
  const baseUrl = config.providerSetting(settings.baseUrl);
  const extra = Object.fromEntries(
    (settings.extra ?? []).map((name) => [name, config.providerSetting(name) ?? '']),
  );
  const named = settings.key === settings.baseUrl ? baseUrl : key;
  if (named !== undefined) {
    return {
      id: `${provider.id}-1`,
      baseUrl: baseUrl ?? settings.defaultBaseUrl,
      key: key ?? '',
      region: config.providerSetting(settings.region) ?? provider.terms.regions[0]!,
      sandbox: false,
      extra,
    };
  }
  const simulator = simulators[provider.id];
  if (config.mode !== 'sandbox' || simulator === undefined) return null;
  // The path of the real base address belongs to the wire format: https://host/v1 → simulator/v1.
  const path = new URL(settings.defaultBaseUrl).pathname.replace(/\/$/, '');
  return {
    id: `${provider.id}-sandbox`,
    baseUrl: new URL(simulator).origin + path,
    key: `${settings.keyPrefix ?? ''}sandbox-key`,
    region: 'sandbox',
    sandbox: true,
    extra,
  };
}
