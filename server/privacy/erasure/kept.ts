import type { Inventory } from '../inventory.ts';
import type { Keep, PersonalData } from '../personal-data-kinds.ts';

/**
 * Years that tax law asks for by country; the European Union takes the longest of its members.
 * Sources and doubts: docs/decisions/what-erasure-keeps.md.
 */
const TAX_YEARS: Record<string, number> = { GB: 6, US: 7, CA: 6, KE: 7, NG: 6, IN: 8, BR: 5, BD: 6, MM: 7 };
const EU = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' '),
);
const EU_TAX_YEARS = 10;
const OTHER_TAX_YEARS = 7;

export interface Kept {
  what: string;
  why: string;
  until: string;
}

/** What stays after an erasure, why, and until when, from the inventory: a line per table. */
export function keptAfter(inventory: Inventory, country: string | null, erasedAt: Date): Kept[] {
  const staying = inventory.personal.filter(stays);
  return [...Map.groupBy(staying, ({ table }) => table)].map(([table, entries]) => ({
    what: table,
    why: [...new Set(entries.map(({ purpose }) => purpose))].join(' '),
    until: new Date(Math.max(...entries.map(({ keep }) => untilOf(keep, country, erasedAt).getTime())))
      .toISOString()
      .slice(0, 10),
  }));
}

/** The same in a member's words, a line per kind: tables are for the certificate. */
export function keptInWords(inventory: Inventory, country: string | null, erasedAt: Date): Kept[] {
  const byKind = Map.groupBy(keptAfter(inventory, country, erasedAt), ({ what }) => kindOf(what));
  return [...byKind].map(([kind, tables]) => ({
    ...WORDS[kind],
    until: tables
      .map(({ until }) => until)
      .sort()
      .at(-1)!,
  }));
}

const WORDS = {
  books: {
    what: 'the books of your wallet',
    why: 'amounts, dates and receipt numbers, which tax law asks for; no name',
  },
  proofs: {
    what: 'proof of what you agreed to and of the erasure',
    why: 'a random number and dates, in case anyone asks; no name',
  },
  audit: {
    what: 'the audit log',
    why: 'which sensitive actions took place and when; their details can no longer be read',
  },
} as const;

/** Throws for a table that nobody has put into words yet. */
function kindOf(table: string): keyof typeof WORDS {
  if (/^(ledger|payments)\./.test(table)) return 'books';
  if (/^(privacy|identity|support)\./.test(table)) return 'proofs';
  if (table === 'audit.event') return 'audit';
  throw new Error(`${table} stays after an erasure and has no words for it`);
}

export function stays({ onErasure }: PersonalData): boolean {
  return onErasure === 'keep' || onErasure === 'pseudonymise';
}

/** The last day of anything that stays. */
export function keptUntil(inventory: Inventory, country: string | null, erasedAt: Date): Date {
  const ends = inventory.personal.filter(stays).map(({ keep }) => untilOf(keep, country, erasedAt).getTime());
  return new Date(Math.max(erasedAt.getTime(), ...ends));
}

function untilOf(keep: Keep, country: string | null, erasedAt: Date): Date {
  if (typeof keep === 'object') return new Date(erasedAt.getTime() + keep.days * 24 * 60 * 60_000);
  if (keep !== 'tax-date') return erasedAt;
  // Terms run from the end of the financial year of the payment; the last possible payment was today.
  return new Date(Date.UTC(erasedAt.getUTCFullYear() + taxYears(country), 11, 31));
}

function taxYears(country: string | null): number {
  if (country === null) return EU_TAX_YEARS;
  return EU.has(country) ? EU_TAX_YEARS : (TAX_YEARS[country] ?? OTHER_TAX_YEARS);
}
