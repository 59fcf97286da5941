import { z } from 'zod';

/**
 * Money on the wire: a whole number of micro-units (1/1,000,000 of the currency unit) as a decimal string,
 * a `bigint` in code. Never a float.
 */
export const Micro = z.codec(z.string().regex(/^-?\d{1,19}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (micro) => micro.toString(),
});

/** A limit to spending that a person sets: zero stops it altogether. */
export const LimitMicro = Micro.refine((micro) => micro >= 0n && micro <= 1_000_000_000_000n, {
  error: 'From 0 to 1,000,000 dollars',
});

export const Currency = z.enum(['USD']);
