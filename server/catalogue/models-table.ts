import type { Kind } from '#contract/catalogue.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { priceLine } from './describe.ts';
import { shippedLists } from './price-lists.ts';
import { captured, type PriceRow, withMarkup } from './prices.ts';
import { DEFAULT_MARKUP_BASIS_POINTS, type ShippedModel, type ShippedProvider, unitsOf } from './shipped.ts';

const KINDS: [Kind, string][] = [
  ['text', 'Text'],
  ['image', 'Pictures'],
  ['video', 'Video'],
  ['speech', 'Speech'],
  ['transcription', 'Transcripts'],
  ['sound', 'Sounds'],
  ['music', 'Music'],
];

/**
 * `docs/models.md`: every shipped model with what a member pays at the markup we ship, the provider's own price, and
 * where and when it was read. As of `now`.
 */
export function modelsTable(now: Date, providers: readonly ShippedProvider[] = shippedProviders): string {
  const all = providers.flatMap(({ models, name }) => models.map((model) => ({ model, provider: name })));
  const sections = KINDS.map(([kind, title]) => {
    const rows = all.filter(({ model }) => model.kind === kind);
    return [
      `## ${title} (${rows.length})`,
      '',
      '| model | provider | typical | what a member pays | source, read on |',
      '|---|---|---|---|---|',
      ...rows.map(({ model, provider }) => tableRow(model, provider, now)),
      '',
    ].join('\n');
  });
  return [
    '# Models and prices',
    '',
    `Written from \`server/catalogue/data\`, as of ${now.toISOString().slice(0, 10)}. US dollars, with a markup of`,
    `${DEFAULT_MARKUP_BASIS_POINTS / 100} % on what the provider takes. What an installation asks for stands on its page of models: staff can change all of it.`,
    'Sources: *official* is the provider’s page, *list* a price list that passes it through, *derived* was worked out from such lists.',
    '',
    ...sections,
  ].join('\n');
}

function tableRow(model: ShippedModel, provider: string, now: Date): string {
  const [current, next] = shippedLists(model, now);
  const rows: PriceRow[] = current!.costs.map(({ unit, costMicro, when }) => ({
    unit,
    when,
    costMicro,
    priceMicro: withMarkup(costMicro, DEFAULT_MARKUP_BASIS_POINTS),
  }));
  const typical = captured(rows, unitsOf(model.typical.units), model.typical.params).amountMicro;
  const pays = rows.map((row) => {
    const { label, priceMicro } = priceLine(row, model.parameters);
    return `${label} ${dollars(priceMicro)}`;
  });
  const change = next === undefined ? [] : [`new prices on ${next.from.toISOString().slice(0, 10)}`];
  const sources = new Set(
    current!.costs.map(({ sourceUrl, sourceBasis, readOn }) => `[${sourceBasis}](${sourceUrl}) ${readOn}`),
  );
  const cells = [
    `${model.name}<br>\`${model.id}\``,
    provider,
    `${model.typical.label}: ${dollars(typical)}`,
    [...pays, ...change].join('<br>'),
    [...sources].join('<br>'),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** "$0.0308": whole micro-dollars, without trailing noughts beyond the cent. */
function dollars(micro: bigint): string {
  const [whole, fraction] = [micro / 1_000_000n, (micro % 1_000_000n).toString().padStart(6, '0')];
  return `$${whole}.${fraction.replace(/0{1,4}$/, '')}`;
}
