import type { Source } from '#server/catalogue/shipped.ts';
import { flag, seed } from './schema.ts';

const URL = 'https://www.alibabacloud.com/help/en/model-studio/model-pricing';
export const LISTS: Source = { url: URL, basis: 'list', on: '2026-07-01' };
export const DERIVED: Source = { url: URL, basis: 'derived', on: '2026-11-10' };

export const SEED = seed(2_147_483_647);

export const rewrite = () =>
  flag('Enrich the prompt', 'Lets the provider write your prompt out in more detail first.', true, {
    group: 'style',
    advanced: true,
  });
