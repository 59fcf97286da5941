import { describe, expect, test } from 'vitest';
import type { Operation, Unit } from '#server/providers/provider.ts';
import { shippedProviders } from './data/shipped-models.ts';
import { checkParams, leastFields, validatorOf } from './params.ts';
import { isCondition, type PriceRow, upperBound } from './prices.ts';
import { costMicroOf, type JsonSchema, type ShippedModel, unitsOf } from './shipped.ts';

const models = shippedProviders.flatMap((provider) => provider.models);
const rowsOf = (model: ShippedModel): PriceRow[] =>
  model.prices.map((price) => {
    const costMicro = costMicroOf(price);
    return { unit: price.unit, costMicro, priceMicro: costMicro, when: price.when ?? null };
  });

/** What every adapter of an operation may report. */
const reports: Partial<Record<Operation, Unit[]>> = {
  text: ['input_token', 'cached_input_token', 'cache_write_token', 'output_token'],
};

/** Shut down by their providers by November 2026. */
const SHUT_DOWN = [
  /sora/,
  /dall-e/,
  /^gpt-image-1$/,
  /^(o1|o3-mini|o4-mini|gpt-4|gpt-4-turbo|gpt-4\.1-nano|gpt-3\.5-turbo)$/,
  /^claude-(3|opus-4$|opus-4-1|sonnet-4$|sonnet-4-5|mythos)/,
  /imagen/,
  /^veo-(2|3\.0|3\.1.*preview)/,
  /^gemini-omni-flash-preview$/,
  /^gemini-3\.1-flash-image$/,
  /^gemini-3\.(5|7)-flash$/,
  /^kling-(v1|v1-5|v1-6|v2-1-master)$/,
  /^flux-pro$|depth|canny/,
];

test('ids are unique, belong to their provider, and stand on no list of what was shut down', () => {
  expect(new Set(models.map((model) => model.id)).size).toBe(models.length);
  for (const provider of shippedProviders) {
    for (const model of provider.models) {
      expect(model.id.startsWith(`${provider.id}/`), model.id).toBe(true);
      expect(
        SHUT_DOWN.filter((gone) => gone.test(model.upstream)),
        model.id,
      ).toEqual([]);
    }
  }
});

describe.each(models.map((model) => ({ id: model.id, model })))('$id', ({ model }) => {
  const fields = model.parameters.properties as Record<string, JsonSchema & { 'x-ui': object }>;

  test('has parameters that compile, explain themselves and take their own defaults', () => {
    validatorOf(model.parameters);
    const needed = Object.fromEntries(
      leastFields(model.parameters).map((name) => [name, sample(fields[name]!)]),
    );
    expect(checkParams(model.parameters, needed)).toMatchObject({ ok: true });
    expect(checkParams(model.parameters, { ...needed, no_such_thing: 1 })).toMatchObject({ ok: false });
    for (const [name, field] of Object.entries(fields)) {
      expect(field.title, name).toMatch(/^\S/);
      expect(field.description, name).toMatch(/[.!?]$/);
      expect(field['x-ui'], name).toHaveProperty('order');
      if ('default' in field) {
        expect(checkParams(model.parameters, { ...needed, [name]: field.default }), name).toMatchObject({
          ok: true,
        });
      }
    }
  });

  test('has prices with a source and a date, and one for each thing it may use', () => {
    for (const price of model.prices) {
      expect(costMicroOf(price)).toBeGreaterThanOrEqual(0n);
      expect(price.source.url).toMatch(/^https:\/\//);
      expect(price.source.on).toMatch(/^2026-\d\d-\d\d$/);
      for (const name of Object.keys(price.when ?? {})) conditionIsKnown(name, price.when![name]);
    }
    const keys = model.prices.map((price) =>
      JSON.stringify([price.unit, price.when, price.from, price.until]),
    );
    expect(new Set(keys).size, 'no two prices for one thing').toBe(keys.length);
    const rows = rowsOf(model);
    for (const unit of reports[model.kind] ?? []) {
      expect(upperBound(rows, { [unit]: 1n }, {}).amountMicro, unit).toBeGreaterThanOrEqual(0n);
    }
    expect(upperBound(rows, unitsOf(model.typical.units), model.typical.params).lines).not.toEqual([]);
    const typical = checkParams(model.parameters, { ...required(), ...model.typical.params });
    expect(typical).toMatchObject({ ok: true });
  });

  test('has three examples, limits that agree, and says what files it takes', () => {
    expect(new Set(model.examples).size).toBe(3);
    expect(model.summary).toMatch(/\.$/);
    if (model.kind === 'text') {
      expect(model.maxOutputTokens).toBeLessThanOrEqual(model.contextTokens!);
      expect(model.defaultMaxOutputTokens).toBeLessThanOrEqual(model.maxOutputTokens!);
    }
    const takesFiles = model.accepts.mediaTypes.length > 0;
    expect(model.accepts.maxFiles > 0).toBe(takesFiles);
    expect(model.accepts.maxBytes > 0).toBe(takesFiles);
    const named = Object.values(fields).some((field) => JSON.stringify(field).includes('"x-media"'));
    if (model.kind !== 'text') expect(named, 'a field for its files').toBe(takesFiles);
  });

  function required() {
    return Object.fromEntries(leastFields(model.parameters).map((name) => [name, sample(fields[name]!)]));
  }

  function conditionIsKnown(name: string, value: unknown) {
    expect(isCondition(name, Object.keys(fields)), `a price hangs on ${name}`).toBe(true);
    if (!name.endsWith('?') && !name.endsWith('>')) {
      expect(
        checkParams(model.parameters, { ...required(), [name]: value }),
        `${name} can be ${value}`,
      ).toMatchObject({
        ok: true,
      });
    }
  }
});

/** Something that a required field takes. */
function sample(field: JsonSchema): unknown {
  if ('default' in field) return field.default;
  if (Array.isArray(field.enum)) return field.enum[0];
  if (field['x-media'] !== undefined) return 'file:0190a0a0-0000-7000-8000-000000000000';
  if (field.type === 'array') return [sample(field.items as JsonSchema)];
  if (field.type === 'integer' || field.type === 'number') return field.minimum;
  return 'a lighthouse';
}
