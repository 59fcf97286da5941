import { z } from 'zod';
import { Kind } from '#contract/catalogue.ts';

/** A page of ours; anything else is dropped, so that no link leads a person elsewhere after signing in. */
const OwnPath = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\\]*$/)
  .optional()
  .catch(undefined);

const Text = z.string().max(300).optional().catch(undefined);

const AuthSearch = z.object({ next: OwnPath, error: Text });
export const authSearch = (search: Record<string, unknown>) => AuthSearch.parse(search);

const ModelsSearch = z.object({
  kind: Kind.optional().catch(undefined),
  find: Text,
  provider: Text,
});
export const modelsSearch = (search: Record<string, unknown>) => ModelsSearch.parse(search);

/** `amount`: micro-units; what the person lacks for what they were about to do. */
const TopUpSearch = z.object({
  amount: z.coerce.number().int().min(1).max(2_000_000_000).optional().catch(undefined),
  returnTo: OwnPath,
});
export const topUpSearch = (search: Record<string, unknown>) => TopUpSearch.parse(search);

const ReturnSearch = z.object({ returnTo: OwnPath, cancelled: z.coerce.string().optional() });
export const returnSearch = (search: Record<string, unknown>) => ReturnSearch.parse(search);
