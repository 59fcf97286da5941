import type { Inventory } from '../inventory.ts';
import type { Operator } from '../policy-pages.ts';

export interface ExportedTable {
  table: string;
  /** Path without its ending: there is a `.json` and a `.csv`. */
  path: string;
  rows: number;
}

const BASES = {
  contract: 'our contract with you',
  legal: 'a duty that the law puts on us',
  legitimate: 'our legitimate interest',
  consent: 'your consent',
};

/** The first page of an export: what is in it, without any script. */
export function indexPage(
  made: Date,
  tables: readonly ExportedTable[],
  files: readonly string[],
  operator: Operator,
): string {
  const rows = tables.map(
    ({ table, path, rows }) =>
      `<tr><td>${escaped(table)}</td><td>${rows}</td><td><a href="${escaped(path)}.json">JSON</a> <a href="${escaped(path)}.csv">CSV</a></td></tr>`,
  );
  const list = files.map((path) => `<li><a href="${escaped(path)}">${escaped(path)}</a></li>`);
  return page(
    'Your data at Mluen',
    `<p>Everything that Mluen holds about you, as it was on ${made.toISOString()}. Kept by ${escaped(operator.name)}.</p>
<p><a href="about.html">Why we hold it, how long, and your rights</a>. <a href="manifest.json">The list of all files with their checksums</a>.</p>
<table><thead><tr><th>What</th><th>Rows</th><th>Read it</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>
<h2>Your files</h2>${list.length === 0 ? '<p>None.</p>' : `<ul>${list.join('\n')}</ul>`}`,
  );
}

/** GDPR 15(1): purposes, grounds, recipients, terms, rights; made from the inventory. */
export function aboutPage(inventory: Inventory, operator: Operator): string {
  const rows = inventory.personal.map(
    ({ table, columns, purpose, basis, keep, readers, export: exported }) =>
      `<tr><td>${escaped(table)}: ${escaped(columns.join(', '))}</td><td>${escaped(purpose)}</td><td>${BASES[basis]}</td><td>${escaped(keepInWords(keep))}</td><td>${escaped(readers.join(', '))}</td><td>${exported === true ? 'yes' : escaped(exported.no)}</td></tr>`,
  );
  return page(
    'About your data',
    `<p>${escaped(operator.name)} decides why and how this data is used.${operator.address === null ? '' : ` ${escaped(operator.address)}.`}${operator.contact === null ? '' : ` Questions about your data: ${escaped(operator.contact)}.`}${operator.representatives.map(({ place, who }) => ` In the ${escaped(place)}: ${escaped(who)}.`).join('')}</p>
<table><thead><tr><th>Data</th><th>What for</th><th>On what ground</th><th>How long</th><th>Who can read it, by role</th><th>In this export</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>
<p>What you generated went to the provider that you picked; <code>sent_to</code> of each generation says which one, when, and what kinds of data.</p>
<p>You may correct, delete, restrict, or take with you what is here, object to some uses, and complain to the data-protection authority of your country.</p>`,
  );
}

function keepInWords(keep: Inventory['personal'][number]['keep']): string {
  if (typeof keep === 'object') return `${keep.days} days after ${keep.after}`;
  return {
    account: 'as long as your account',
    'until-removed': 'until you remove it, at most as long as your account',
    'tax-date': 'as long as tax law asks',
  }[keep];
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title><style>body{font-family:system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}td,th{text-align:start;vertical-align:top;padding:.25rem .75rem .25rem 0}</style></head>
<body><h1>${escaped(title)}</h1>${body}</body></html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
