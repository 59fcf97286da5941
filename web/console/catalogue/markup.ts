/** "12.5" → 1250; null when it is no per cent from 0 to 1000 with at most two decimals. */
export function basisPointsOf(percent: string): number | null {
  const match = /^(\d{1,4})(?:[.,](\d{1,2}))?$/.exec(percent.trim());
  if (!match) return null;
  const basisPoints = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return basisPoints <= 100_000 ? basisPoints : null;
}

/** 1250 → "12.5" */
export function percentOf(basisPoints: number): string {
  return String(basisPoints / 100);
}

type Value = string | number | boolean;

/** "resolution=1080p, audio=true" → conditions of a price; null when it is not written so. Empty: none. */
export function conditionsOf(text: string): Record<string, Value> | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const conditions: Record<string, Value> = {};
  for (const part of parts) {
    const match = /^([\w.]+[?>]?)\s*=\s*(\S.*)$/.exec(part);
    if (!match) return null;
    conditions[match[1]!] = typed(match[2]!);
  }
  return conditions;
}

function typed(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
