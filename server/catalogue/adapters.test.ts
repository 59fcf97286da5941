import { describe, expect, test } from 'vitest';
import { adapterFor, type Call, type InputFile, type Units } from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { checkParams, leastFields } from './params.ts';
import { upperBound } from './prices.ts';
import { costMicroOf, type JsonSchema, type ShippedModel } from './shipped.ts';

const FILE = '0190a0a0-0000-7000-8000-000000000000';
const types = { image: 'image/png', video: 'video/mp4', audio: 'audio/mpeg', document: 'application/pdf' };

const served = shippedProviders.flatMap((shipped) => {
  const provider = providers.find(({ id }) => id === shipped.id);
  return shipped.models
    .filter((model) => provider?.operations[model.kind] !== undefined)
    .map((model) => ({ id: model.id, model, provider: provider! }));
});

test('every provider that has an adapter has models', () => {
  for (const provider of providers) {
    // Their models are those that they list at a start.
    if (provider.id === 'local' || provider.id === 'openrouter') continue;
    expect(shippedProviders.find(({ id }) => id === provider.id)?.models.length, provider.id).toBeGreaterThan(
      0,
    );
  }
});

describe.each(served)('$id', ({ model, provider }) => {
  const adapter = adapterFor(provider, model.kind, model.upstream);

  test('what its adapter says a call can use has a price, with and without files', () => {
    for (const withFiles of [false, true]) {
      const call = callOf(model, withFiles);
      const units: Units =
        adapter.kind === 'stream' ? adapter.bound(call, { maxOutputTokens: 8192 }) : adapter.bound(call);
      const bound = upperBound(rowsOf(model), units, call.params);
      expect(bound.amountMicro > 0n || provider.id === 'local', JSON.stringify(bound.lines, plain)).toBe(
        true,
      );
    }
  });
});

/** A call with defaults, and with a file in each field that takes one beside the others, or in those alone that must have one. */
function callOf(model: ShippedModel, withFiles: boolean): Call {
  const fields = model.parameters.properties as Record<string, JsonSchema>;
  const required = leastFields(model.parameters);
  const excluded = excludedIn(model.parameters);
  const files: InputFile[] = [];
  const given: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const many = field.type === 'array' && (field.items as JsonSchema)['x-media'] !== undefined;
    const media = (many ? (field.items as JsonSchema) : field)['x-media'] as keyof typeof types | undefined;
    if (media === undefined) {
      if (required.includes(name)) given[name] = 'a lighthouse';
    } else if ((withFiles && !excluded.has(name)) || required.includes(name)) {
      const id = `${FILE.slice(0, -2)}${String(files.length).padStart(2, '0')}`;
      given[name] = many ? [`file:${id}`] : `file:${id}`;
      const bytes = Buffer.alloc(1000);
      files.push({ id, name, bytes, mediaType: types[media], width: 1024, height: 1024, durationSeconds: 5 });
    }
  }
  const checked = checkParams(model.parameters, given);
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
  const params =
    model.kind === 'text'
      ? { ...checked.params, messages: [{ role: 'user', content: 'a lighthouse' }] }
      : checked.params;
  return {
    generationId: FILE,
    operation: model.kind,
    upstreamModel: model.upstream,
    params,
    files,
    memberHash: 'hash',
  };
}

/** Fields that may not be given where another is. */
function excludedIn({ dependentSchemas = {} }: JsonSchema): Set<string> {
  const rules = Object.values(dependentSchemas as Record<string, { properties?: object }>);
  const demands = rules.flatMap(({ properties = {} }) => Object.entries(properties));
  return new Set(demands.flatMap(([name, demand]) => (demand === false ? [name] : [])));
}

function rowsOf(model: ShippedModel) {
  return model.prices
    .filter((price) => price.from === undefined)
    .map((price) => {
      const costMicro = costMicroOf(price);
      return { unit: price.unit, costMicro, priceMicro: costMicro, when: price.when ?? null };
    });
}

function plain(_: string, value: unknown) {
  return typeof value === 'bigint' ? value.toString() : value;
}
