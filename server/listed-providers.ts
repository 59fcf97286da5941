import { createSecretKey, randomBytes } from 'node:crypto';
import { localModels } from './catalogue/data/local.ts';
import { openRouterModels } from './catalogue/data/openrouter.ts';
import type { ShippedProvider } from './catalogue/shipped.ts';
import type { Egress } from './egress/egress.ts';
import type { Routing } from './generations/routing.ts';
import type { Log } from './log.ts';
import { listLocalModels } from './providers/openai-compatible/local-models.ts';
import { listOpenRouterModels } from './providers/openai-compatible/openrouter-models.ts';
import type { Context } from './providers/provider.ts';

type Lists = (context: Context) => Promise<ShippedProvider>;

/** Providers whose models are those that they list at a start: the operator's own host, and the market of all others. */
const lists: Record<string, Lists> = {
  local: async (context) => localModels(await listLocalModels(context)),
  openrouter: async (context) =>
    openRouterModels(await listOpenRouterModels(context), new Date().toISOString().slice(0, 10)),
};

/**
 * The models of such providers as they list them now. None where no such host is set; a host that does not answer is
 * logged, and its models are not on offer until a start that finds it.
 */
export async function listedProviders(
  routing: Routing,
  egress: Egress,
  log: Log,
): Promise<ShippedProvider[]> {
  const found = await Promise.all(
    Object.entries(lists).map(([id, list]) => ask(id, list, routing, egress, log)),
  );
  return found.filter((provider) => provider !== null);
}

async function ask(
  id: string,
  list: Lists,
  routing: Routing,
  egress: Egress,
  log: Log,
): Promise<ShippedProvider | null> {
  const route = routing.choose(id);
  if (route === null) return null;
  const { signal } = new AbortController();
  const passage = {
    provider: id,
    route,
    resultHosts: [],
    hashKey: createSecretKey(randomBytes(32)), // asking for a list carries nothing of anybody, and leaves no receipt
    onReceipt: () => undefined,
  };
  try {
    return await list({ route, signal, send: (request) => egress.send(passage, request) });
  } catch (error) {
    log.warn({ provider: id, err: error }, 'the models of this host could not be listed');
    return null;
  }
}
