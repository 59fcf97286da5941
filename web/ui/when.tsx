import { useLingui } from '@lingui/react';
import { intlLocale } from './language.ts';

/** A moment, in the person's own time zone. */
export function When({ at, only }: { at: string; only?: 'date' | 'time' }) {
  useLingui();
  return <time dateTime={at}>{whenText(at, only)}</time>;
}

export function whenText(at: string, only?: 'date' | 'time'): string {
  const date = only === 'time' ? {} : ({ day: 'numeric', month: 'short', year: 'numeric' } as const);
  const time = only === 'date' ? {} : ({ hour: '2-digit', minute: '2-digit' } as const);
  return new Intl.DateTimeFormat(intlLocale(), { ...date, ...time }).format(new Date(at));
}

export function bytesText(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(intlLocale(), {
    style: 'unit',
    unit: units[step],
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(bytes / 1000 ** step);
}

export function numberText(value: number): string {
  return new Intl.NumberFormat(intlLocale()).format(value);
}
