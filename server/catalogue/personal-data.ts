import type { WithoutPersonalData } from '#server/privacy/personal-data-kinds.ts';

/** Who changed a price stands in the audit log, not here. */
export const withoutPersonalData: WithoutPersonalData[] = [
  { table: 'catalogue.provider', why: 'Names of providers and whether staff opened them.' },
  { table: 'catalogue.route', why: 'Ways to a provider and how much traffic each takes.' },
  { table: 'catalogue.model', why: 'What models exist and what they take.' },
  { table: 'catalogue.price_list', why: 'From when to when prices hold.' },
  { table: 'catalogue.price', why: 'What a unit costs.' },
  { table: 'catalogue.change', why: 'What of the catalogue was changed, and why.' },
];
