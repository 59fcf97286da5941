import { expect, test } from 'vitest';
import { checkParams } from '../params.ts';
import type { ShippedModel } from '../shipped.ts';
import { everyAlsoBy } from './also-by.ts';
import { shippedProviders } from './shipped-models.ts';

const models = new Map<string, ShippedModel>(
  shippedProviders.flatMap(({ models: all }) => all.map((model) => [model.id, model] as const)),
);

test('every reseller of a model is in the catalogue, makes the same kind of thing, and counts in the same units', () => {
  for (const [id, resellers] of everyAlsoBy()) {
    const model = models.get(id)!;
    for (const { modelId } of resellers) {
      const other = models.get(modelId)!;
      expect(other?.kind, `${id} by ${modelId}`).toBe(model.kind);
      const priced = new Set(model.prices.map(({ unit }) => unit));
      for (const { unit } of other.prices) expect(priced, `${id} by ${modelId}`).toContain(unit);
    }
  }
});

test('a call that says nothing but its prompt can go to a reseller', () => {
  for (const [id, resellers] of everyAlsoBy()) {
    const asked = checkParams(models.get(id)!.parameters, { prompt: 'A pier' });
    const params = asked.ok ? asked.params : {};
    const fitting = resellers.filter(({ modelId, paramsFor }) => {
      const { parameters } = models.get(modelId)!;
      const theirs = paramsFor(params, parameters);
      return theirs !== null && checkParams(parameters, theirs).ok;
    });
    const sellers = fitting.map(({ modelId }) => modelId.split('/')[0]);
    expect(sellers.length, id).toBeGreaterThan(0);
    expect(new Set(sellers).size, id).toBe(sellers.length);
  }
});

test('what a reseller has no word for does not go there', () => {
  const [flux] = everyAlsoBy().get('flux/flux-2-pro')!;
  const { parameters } = models.get(flux!.modelId)!;
  const asked = { prompt: 'x', width: 512, height: 512, output_format: 'jpeg', disable_pup: false };
  expect(flux!.paramsFor(asked, parameters)).toEqual({ prompt: 'x', size: '512x512' });
  expect(flux!.paramsFor({ ...asked, output_format: 'png' }, parameters)).toBeNull();
  const theirs = flux!.paramsFor({ ...asked, disable_pup: true }, parameters)!;
  expect(checkParams(parameters, theirs).ok).toBe(false);
});
