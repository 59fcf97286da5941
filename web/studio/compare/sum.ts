import type { Quote } from '#contract/generations.ts';

/**
 * What several cost together, as one price: each is held and charged by itself, so the wallet must cover the sum of what
 * they can cost. Undefined until each has its price.
 */
export function sumOf(quotes: (Quote | undefined)[]): Quote | undefined {
  const [first, ...rest] = quotes.filter((quote) => quote !== undefined);
  if (first === undefined || rest.length + 1 < quotes.length) return undefined;
  const all = [first, ...rest];
  const boundMicro = all.reduce((sum, quote) => sum + quote.boundMicro, 0n);
  const missing = boundMicro - first.availableMicro;
  return {
    ...first,
    boundMicro,
    usualMicro: all.reduce((sum, quote) => sum + quote.usualMicro, 0n),
    exact: all.every((quote) => quote.exact),
    lines: all.flatMap((quote) => quote.lines),
    changes: [...new Set(all.flatMap((quote) => quote.changes))],
    missingMicro: missing > 0n ? missing : 0n,
  };
}
