const DECIMALS = 6;

/** "12.345678" → 12345678n; null when it is no amount above zero. Charges are below a cent, so all decimals count. */
export function microOf(text: string): bigint | null {
  const match = /^(\d{1,7})(?:[.,](\d{1,6}))?$/.exec(text.trim());
  if (match === null) return null;
  const micro = BigInt(match[1]!) * 10n ** BigInt(DECIMALS) + BigInt((match[2] ?? '').padEnd(DECIMALS, '0'));
  return micro === 0n ? null : micro;
}
