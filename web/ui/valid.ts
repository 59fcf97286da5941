import type { z } from 'zod';

/** A field's check by the contract's own schema, in the page's words. */
export function valid(schema: z.ZodType, message: string): (value: unknown) => string | null {
  return (value) => (schema.safeParse(value).success ? null : message);
}
