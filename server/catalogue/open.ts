import type { Pools } from '#server/database/connections.ts';
import type { Catalogue, HasAdapter } from './catalogue.ts';
import { currentOf, readCatalogue } from './memory.ts';

/** Reads the catalogue and keeps it in memory. */
export async function openCatalogue(pools: Pools, hasAdapter: HasAdapter = () => true): Promise<Catalogue> {
  let memory = await readCatalogue(pools, hasAdapter, null);
  let reading: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  const readAgain = async () => {
    waiting = null;
    memory = await readCatalogue(pools, hasAdapter, memory);
  };
  return {
    findModel: (id) => {
      const entry = memory.models.get(id);
      return entry?.offered ? currentOf(entry, Date.now()) : null;
    },
    atVersion: (priceVersion) => memory.versions.get(priceVersion) ?? null,
    listModels: (openProviders) => {
      const now = Date.now();
      return [...memory.models.values()]
        .filter((entry) => entry.offered && openProviders.has(entry.providerId))
        .map((entry) => currentOf(entry, now));
    },
    routeState: (routeId) => memory.routes.get(routeId) ?? { open: true, weight: 100 },
    refresh: () => {
      // A read that has begun may miss the change; one that still waits to begin will see it.
      waiting ??= reading = reading.then(readAgain, readAgain);
      return waiting;
    },
  };
}
