/** A span of a law: calendar months, or days. */
interface Span {
  months?: number;
  days?: number;
}

export interface Regime {
  /** The law, in words. */
  law: string;
  answer: Span;
  /** How much longer an answer may take, with its reason told in the first span; null: no longer. */
  extension: Span | null;
  source: string;
}

/**
 * By which law an answer is due, and when; a new law is a line here. The spans are as we understand these laws, and counsel
 * is still to confirm them: `source` is where to read each. Where a law names no number (the extensions of Switzerland and
 * Korea, the answer under `ours`), the number is ours.
 */
const REGIMES = {
  gdpr: {
    law: 'GDPR, article 12(3)',
    answer: { months: 1 },
    extension: { months: 2 },
    source: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
  },
  uk: {
    law: 'UK GDPR, article 12(3)',
    answer: { months: 1 },
    extension: { months: 2 },
    source: 'https://www.legislation.gov.uk/eur/2016/679/article/12',
  },
  swiss: {
    law: 'Swiss Data Protection Ordinance, article 18',
    answer: { days: 30 },
    extension: { days: 30 },
    source: 'https://www.fedlex.admin.ch/eli/cc/2022/568/en',
  },
  ccpa: {
    law: 'California Civil Code 1798.130 and the like of other states',
    answer: { days: 45 },
    extension: { days: 45 },
    source:
      'https://leginfo.legislature.ca.gov/faces/codes_displaySection.xhtml?lawCode=CIV&sectionNum=1798.130',
  },
  lgpd: {
    law: 'LGPD, article 19',
    answer: { days: 15 },
    extension: null,
    source: 'https://www.planalto.gov.br/ccivil_03/_ato2015-2018/2018/lei/l13709.htm',
  },
  pipeda: {
    law: 'PIPEDA, section 8',
    answer: { days: 30 },
    extension: { days: 30 },
    source: 'https://laws-lois.justice.gc.ca/eng/acts/P-8.6/section-8.html',
  },
  kenya: {
    law: 'Data Protection (General) Regulations 2021 of Kenya',
    answer: { days: 7 },
    extension: null,
    source: 'https://www.odpc.go.ke/regulations/',
  },
  korea: {
    law: 'Personal Information Protection Act of Korea',
    answer: { days: 10 },
    extension: { days: 10 },
    source: 'https://www.pipc.go.kr/eng/',
  },
  ours: {
    law: 'our own time, for a law that names none',
    answer: { days: 30 },
    extension: null,
    source: '/legal/privacy',
  },
} as const satisfies Record<string, Regime>;

export type RegimeId = keyof typeof REGIMES;

const EEA = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LI LV LT LU MT NL NO PL PT RO SK SI ES SE'.split(
  ' ',
);
const BY_COUNTRY: ReadonlyMap<string, RegimeId> = new Map<string, RegimeId>([
  ...EEA.map((country) => [country, 'gdpr'] as const),
  ['GB', 'uk'],
  ['CH', 'swiss'],
  ['US', 'ccpa'],
  ['BR', 'lgpd'],
  ['CA', 'pipeda'],
  ['KE', 'kenya'],
  ['KR', 'korea'],
  ...['NG', 'IN', 'BD', 'MM', 'AU'].map((country) => [country, 'ours'] as const),
]);

export const regimeOf = (id: string): Regime => REGIMES[id as RegimeId];

/** The law of a country. Where nobody said which, the earliest that is likely to fit: the month of the GDPR. */
export function regimeIdOf(country: string | null): RegimeId {
  if (country === null) return 'gdpr';
  return BY_COUNTRY.get(country) ?? 'ours';
}

/** The last day on which an answer is in time: never on a weekend where the law counts months. */
export function dueAt(regime: Regime, receivedAt: Date): Date {
  return ended(receivedAt, regime.answer);
}

/** As far as an extension may go, counted from the beginning; null where there is none. */
export function extendedTo(regime: Regime, receivedAt: Date): Date | null {
  if (regime.extension === null) return null;
  return ended(receivedAt, {
    months: (regime.answer.months ?? 0) + (regime.extension.months ?? 0),
    days: (regime.answer.days ?? 0) + (regime.extension.days ?? 0),
  });
}

/** The same day so many months later, or that month's last; then so many days; to the end of the day, in UTC. */
function ended(from: Date, { months = 0, days = 0 }: Span): Date {
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const end = new Date(Date.UTC(year, month, Math.min(from.getUTCDate(), lastOfMonth) + days, 23, 59, 59));
  const weekday = end.getUTCDay();
  if (months > 0 && (weekday === 0 || weekday === 6))
    end.setUTCDate(end.getUTCDate() + (weekday === 6 ? 2 : 1));
  return end;
}
