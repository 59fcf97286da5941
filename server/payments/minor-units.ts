/** Digits after the point on cards, from ISO 4217. Money in a currency that is not here cannot be booked. */
const EXPONENT: Record<string, number> = {
  USD: 2,
  EUR: 2,
  GBP: 2,
  KES: 2,
  NGN: 2,
  INR: 2,
  BRL: 2,
  JPY: 0,
  KRW: 0,
};

function microPerMinor(currency: string): bigint {
  const exponent = EXPONENT[currency];
  if (exponent === undefined) throw new Error(`the minor unit of ${currency.slice(0, 8)} is not known`);
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

/** The card's smallest unit as micro-units; null in a currency whose minor unit is not known. */
export function fromMinor(minor: number, currency: string): bigint | null {
  if (EXPONENT[currency] === undefined) return null;
  return BigInt(minor) * microPerMinor(currency);
}
