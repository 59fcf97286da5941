import type { ShippedModel, ShippedPrice, ShippedProvider, Source } from '#server/catalogue/shipped.ts';
import type { TokenCosts } from './price.ts';
import { whole, words } from './schema.ts';
import { IMAGES, MEGABYTE, NO_FILES, singleAnswer, temperature, textModel, topP } from './text.ts';

/** Hosts that speak OpenAI's chat completions. What each of them refuses is left out of its schema. */

export type Fields = Parameters<typeof textModel>[0]['fields'];

export const costs = (input: string, output: string, cached?: string): TokenCosts => ({
  input,
  ...(cached === undefined ? {} : { cached }),
  output,
});

export const seed = () =>
  whole(
    'Seed',
    'The same seed with the same call gives a similar answer.',
    { min: 0, max: 2_147_483_647 },
    { group: 'style', widget: 'seed', advanced: true },
  );

export const cacheKey = () =>
  words('Cache key', 'Calls with the same key and the same beginning share a cache.', 128, {
    group: 'limits',
    widget: 'hidden',
  });

export const sampling = (): Fields => ({ temperature: temperature(2, 1), top_p: topP() });

export interface Row {
  id: string;
  name: string;
  summary: string;
  context: number;
  maxOutput: number;
  fields: Fields;
  sees?: true;
  prices: ShippedPrice[];
  examples: ShippedModel['examples'];
}

export function host(id: string, name: string, models: Row[]): ShippedProvider {
  return {
    id,
    name,
    models: models.map((row) =>
      textModel({
        ...row,
        id: `${id}/${row.id}`,
        accepts: row.sees ? { mediaTypes: IMAGES, maxFiles: 5, maxBytes: 4 * MEGABYTE } : NO_FILES,
        fields: { ...row.fields, n: singleAnswer() },
      }),
    ),
  };
}

export const source = (url: string): Source => ({ url, basis: 'list', on: '2026-11-10' });
