import type { Cost } from '#contract/catalogue-file.ts';
import type { PriceList } from '#contract/console-catalogue.ts';

/** A cost as it stands in the form. */
export interface Draft {
  key: string;
  label: string;
  unit: string;
  per: number;
  when: Record<string, string | number | boolean> | null;
  /** As typed. */
  usd: string;
  /** What it is now; null for one that is new. */
  was: string | null;
  source: Cost['source'] | null;
}

export function draftsOf(list: PriceList): Draft[] {
  return list.prices.map(({ label, unit, per, when, costUsd, source }) => ({
    key: `${unit} ${JSON.stringify(when)}`,
    label,
    unit,
    per,
    when,
    usd: costUsd,
    was: costUsd,
    source,
  }));
}

export function isAmount(usd: string): boolean {
  return /^\d{1,6}(\.\d{1,12})?$/.test(usd);
}

/** What is sent: a cost that stays keeps its source, a changed one has this. Null: one of them is no amount. */
export function pricesOf(drafts: readonly Draft[], source: Cost['source']): Cost[] | null {
  if (drafts.length === 0 || !drafts.every(({ usd }) => isAmount(usd))) return null;
  return drafts.map((draft) => ({
    unit: draft.unit,
    usd: draft.usd,
    per: draft.per,
    ...(draft.when === null ? {} : { when: draft.when }),
    source: draft.usd === draft.was && draft.source !== null ? draft.source : source,
  }));
}
