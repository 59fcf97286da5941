import type { ShippedModel, Usual } from '#server/catalogue/shipped.ts';
import { parameters } from './schema.ts';

type Fields = Parameters<typeof parameters>[0];

export interface MediaRow {
  id: string;
  upstream?: string;
  kind: Exclude<ShippedModel['kind'], 'text'>;
  name: string;
  summary: string;
  fields: Fields;
  required?: string[];
  /** Further keywords of the schema. */
  rules?: Record<string, unknown>;
  accepts: ShippedModel['accepts'];
  examples: ShippedModel['examples'];
  prices: ShippedModel['prices'];
  usual?: Usual[];
  typical: ShippedModel['typical'];
}

/** A model whose output is no text: it has no context and no output limit. */
export function mediaModel(row: MediaRow): ShippedModel {
  return {
    id: row.id,
    kind: row.kind,
    upstream: row.upstream ?? row.id.slice(row.id.indexOf('/') + 1),
    name: row.name,
    summary: row.summary,
    parameters: parameters(row.fields, row.required ?? ['prompt'], row.rules),
    contextTokens: null,
    defaultMaxOutputTokens: null,
    maxOutputTokens: null,
    accepts: row.accepts,
    examples: row.examples,
    prices: row.prices,
    usual: row.usual ?? [],
    typical: row.typical,
  };
}
