const MICRO = 1_000_000n;

/** A price, a hold, a charge: rounded up, so that nobody pays more than was shown. */
export function formatPrice(micro: bigint, locale = 'en-u-nu-latn', currency = 'USD'): string {
  return format(micro, 'ceil', locale, currency);
}

/** A balance, a release, a refund: rounded down, so that nobody is shown more than there is. */
export function formatBalance(micro: bigint, locale = 'en-u-nu-latn', currency = 'USD'): string {
  return format(micro, 'floor', locale, currency);
}

/** A rate, such as a price for a million tokens: all of its decimals, as many calls are counted by it. */
export function formatRate(micro: bigint, locale = 'en-u-nu-latn', currency = 'USD'): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  }).format(decimal(micro) as `${number}`);
}

/** The exact sum, to the micro-unit, for titles and exports. */
export function exactAmount(micro: bigint): string {
  return `${decimal(micro)} USD`;
}

/** "12.34" → 12340000n; null when it is not an amount with at most two decimals. */
export function parseAmount(text: string): bigint | null {
  const match = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (!match) return null;
  return BigInt(match[1]!) * MICRO + BigInt((match[2] ?? '').padEnd(2, '0')) * 10_000n;
}

/** 12340000n → "12.34", as it is typed; below a cent it is cut. */
export function plainAmount(micro: bigint): string {
  const cents = ((micro % MICRO) / 10_000n).toString().padStart(2, '0');
  return cents === '00' ? `${micro / MICRO}` : `${micro / MICRO}.${cents}`;
}

/** The next whole cent above, as a person can only pay cents. */
export function upToCent(micro: bigint): bigint {
  return ((micro + 9_999n) / 10_000n) * 10_000n;
}

function format(micro: bigint, roundingMode: 'ceil' | 'floor', locale: string, currency: string): string {
  const sum = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: decimalsOf(micro),
    roundingMode: micro < 0n ? opposite(roundingMode) : roundingMode,
  });
  // A decimal string is formatted exactly; a number would pass through a float.
  return sum.format(decimal(micro) as `${number}`);
}

/** Two decimals from one unit on; below, as many as three significant digits need, six at most. */
function decimalsOf(micro: bigint): number {
  const size = micro < 0n ? -micro : micro;
  if (size >= MICRO || size === 0n) return 2;
  const zeros = 6 - size.toString().length;
  return Math.min(6, Math.max(2, zeros + 3));
}

function opposite(mode: 'ceil' | 'floor'): 'ceil' | 'floor' {
  return mode === 'ceil' ? 'floor' : 'ceil';
}

function decimal(micro: bigint): string {
  const size = micro < 0n ? -micro : micro;
  const sign = micro < 0n ? '-' : '';
  return `${sign}${size / MICRO}.${(size % MICRO).toString().padStart(6, '0')}`;
}
