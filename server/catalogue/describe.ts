import type { z } from 'zod';
import type { Model } from '#contract/catalogue.ts';
import type { ProviderTerms } from '#server/providers/provider-terms.ts';
import { acceptsOf, limitWords } from './accepts.ts';
import type { CatalogueModel } from './catalogue.ts';
import { captured, type PriceRow, unitWords } from './prices.ts';
import { type FileFamily, type JsonSchema, unitsOf, type When } from './shipped.ts';

/** What is known of a provider outside the catalogue: what it publishes about itself, and where calls go now. */
export interface Offer {
  terms: ProviderTerms;
  /** Names these facts, for who was told of them. */
  version: string;
  routes: { host: string; region: string; sandbox: boolean }[];
  /** Who makes a model of this provider too. */
  alsoBy(modelId: string): { id: string; name: string; regions: string[] }[];
}

/** The model as a person sees it. Parameters that no form shows are left out. */
export function describe(model: CatalogueModel, offer: Offer): z.output<typeof Model> {
  const { terms } = offer;
  return {
    id: model.id,
    name: model.name,
    kind: model.kind,
    summary: model.summary,
    provider: {
      id: model.providerId,
      name: terms.name,
      company: terms.company,
      termsUrl: terms.termsUrl,
      privacyUrl: terms.privacyUrl,
      regions: terms.regions,
      retention: terms.retention,
      training: terms.training,
      readOn: terms.readOn,
      version: offer.version,
    },
    route: offer.routes[0] ?? null,
    routes: offer.routes,
    alsoBy: offer.alsoBy(model.id),
    currency: 'USD',
    prices: model.prices.map((row) => priceLine(row, model.parameters)),
    typical: { label: model.typical.label, priceMicro: typicalMicro(model) },
    pricesFrom: model.pricesFrom.toISOString(),
    parameters: shownParameters(model),
    accepts: acceptsOf(model),
    examples: model.examples,
    contextTokens: model.contextTokens,
  };
}

/** What the model's typical thing costs a member, in micro. */
function typicalMicro(model: CatalogueModel): bigint {
  return captured(model.prices, unitsOf(model.typical.units), model.typical.params).amountMicro;
}

/** A price for as many units as a person thinks of; a part of a micro-unit is shown as a whole one. */
export function priceLine(row: PriceRow, parameters: JsonSchema): z.output<typeof Model>['prices'][number] {
  const { per } = unitWords[row.unit];
  return {
    unit: row.unit,
    label: labelOf(row, parameters),
    unitLabel: unitWords[row.unit].price,
    condition: conditionWords(row.when, parameters),
    per,
    priceMicro: (row.priceMicro * BigInt(per) + 999_999n) / 1_000_000n,
    when: row.when,
  };
}

/** For what a price is, and when it holds: "1 second, resolution 1080p". */
export function labelOf({ unit, when }: Pick<PriceRow, 'unit' | 'when'>, parameters: JsonSchema): string {
  const condition = conditionWords(when, parameters);
  return condition === '' ? unitWords[unit].price : `${unitWords[unit].price}, ${condition}`;
}

/** When a price holds, in the words of the form: "prompt over 272,000 tokens", "resolution 1080p, without sound". */
function conditionWords(when: When | null, parameters: JsonSchema): string {
  const fields = parameters.properties as Record<string, Shown>;
  return Object.entries(when ?? {})
    .map(([key, value]) => {
      if (key === 'input_tokens>') return `prompt over ${Number(value).toLocaleString('en')} tokens`;
      if (key === 'pixels>') return `over ${(Number(value) / 1e6).toLocaleString('en')} megapixels`;
      const name = key.replace(/\?$/, '');
      const title = (fields[name]?.title ?? name).toLowerCase();
      if (typeof value === 'boolean') return `${value ? 'with' : 'without'} ${title}`;
      return `${title} ${inSentence(fields[name]?.['x-ui'].labels?.[String(value)] ?? String(value))}`;
    })
    .join(', ');
}

/** "High" → "high"; "United States" and "4K" stay as they are: their capitals are more than a beginning. */
function inSentence(label: string): string {
  return /^\p{Lu}[^\p{Lu}]*$/u.test(label) ? label.toLowerCase() : label;
}

interface Shown extends JsonSchema {
  title: string;
  description: string;
  'x-media'?: FileFamily;
  items?: { 'x-media'?: FileFamily };
  'x-ui': { order: number; widget?: string; labels?: Record<string, string> };
}

/** In the order in which a form shows them: the database does not keep the order of names. A field for files says what is taken. */
function shownParameters({ parameters, accepts }: CatalogueModel): JsonSchema {
  const properties = Object.entries(parameters.properties as Record<string, Shown>)
    .filter(([, field]) => field['x-ui'].widget !== 'hidden')
    .toSorted(([, a], [, b]) => a['x-ui'].order - b['x-ui'].order)
    .map(([name, field]) => [name, withLimits(field, accepts.limits)]);
  return { ...parameters, properties: Object.fromEntries(properties) };
}

function withLimits(field: Shown, limits: CatalogueModel['accepts']['limits']): Shown {
  const family = field['x-media'] ?? field.items?.['x-media'];
  const words = family === undefined ? '' : limitWords(limits?.[family] ?? {});
  return words === '' ? field : { ...field, description: `${field.description} ${words}` };
}
