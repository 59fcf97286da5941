/** Digits after the point on cards, from ISO 4217. A currency that is not here is not taken. */
const EXPONENT: Record<string, number> = { USD: 2 };

function microPerMinor(currency: string): bigint {
  const exponent = EXPONENT[currency];
  if (exponent === undefined) throw new Error(`currency ${currency.slice(0, 8)} is not taken`);
  return 10n ** BigInt(6 - exponent);
}

/** Whether the sum can be charged exactly: a card takes no fraction of a cent. */
export function isWholeMinor(amountMicro: bigint, currency: string): boolean {
  return amountMicro % microPerMinor(currency) === 0n;
}

/** Micro-units as the card's smallest unit. Throws when it would have to round. */
export function toMinor(amountMicro: bigint, currency: string): number {
  if (!isWholeMinor(amountMicro, currency)) throw new Error('a card cannot be charged a fraction of a cent');
  return Number(amountMicro / microPerMinor(currency));
}

/** The card's smallest unit as micro-units; null in a currency that we do not take. */
export function fromMinor(minor: number, currency: string): bigint | null {
  if (EXPONENT[currency] === undefined) return null;
  return BigInt(minor) * microPerMinor(currency);
}
