import { z } from 'zod';
import { Kind } from '#contract/catalogue.ts';

const Text = z.string().max(100).optional().catch(undefined);

const CatalogueSearch = z.object({
  find: Text,
  provider: Text,
  kind: Kind.optional().catch(undefined),
  state: z.enum(['seen', 'off', 'unreachable']).optional().catch(undefined),
  origin: z.enum(['shipped', 'staff']).optional().catch(undefined),
});
export type CatalogueSearch = z.output<typeof CatalogueSearch>;
export const catalogueSearch = (search: Record<string, unknown>) => CatalogueSearch.parse(search);
