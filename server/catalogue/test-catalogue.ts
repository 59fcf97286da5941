import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { importCatalogue } from './import.ts';
import type { ShippedModel, ShippedProvider } from './shipped.ts';

/** Where the prices of tests come from. */
export const source = { url: 'https://example.com/prices', basis: 'official', on: '2026-11-24' } as const;

/** A provider of one model whose token costs `usd` per million. */
export function provider(name: string, usd: string, change: Partial<ShippedModel> = {}): ShippedProvider {
  const model = structuredClone(shippedProviders[0]!.models[0]!);
  return {
    id: name,
    name,
    models: [
      {
        ...model,
        id: `${name}/model`,
        prices: (['input_token', 'output_token'] as const).map((unit) => ({
          unit,
          usd,
          per: 1_000_000,
          source,
        })),
        ...change,
      },
    ],
  };
}

/** Imports these providers; returns the differences that concern them (models of other tests are shipped no longer). */
export async function bringInto(pools: Pools, providers: ShippedProvider[], now?: Date) {
  const found = await asService(pools, (tx) => importCatalogue(tx, providers, now));
  return found.filter(({ modelId }) => providers.some(({ id }) => modelId.startsWith(`${id}/`)));
}
