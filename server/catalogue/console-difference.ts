import type { z } from 'zod';
import type { ImportItem, PricePreview } from '#contract/console-catalogue.ts';
import type { Difference } from './compare.ts';
import { changeOf, exampleOf, rowsOf, sourceOf, usdFor } from './console-view.ts';
import { labelOf } from './describe.ts';
import type { Shown } from './import.ts';
import type { Cost, PriceListDraft } from './price-lists.ts';
import type { JsonSchema, ShippedModel, ShippedProvider } from './shipped.ts';

type Lines = ImportItem['prices'];

/** A difference as staff look at it: a row a model, its fields and prices with what they were and would be. */
export function importItems(
  shown: Shown,
  providers: readonly ShippedProvider[],
  here: ReadonlyMap<string, { name: string; parameters: JsonSchema }>,
  now: Date,
): ImportItem[] {
  const there = new Map(providers.flatMap(({ models }) => models.map((model) => [model.id, model] as const)));
  const byModel = Map.groupBy(shown.differences, ({ modelId }) => modelId);
  return [...byModel].map(([modelId, differences]) => {
    const model = there.get(modelId) ?? here.get(modelId);
    const lists = shown.lists.get(modelId);
    return {
      modelId,
      name: model?.name ?? modelId,
      what: whatOf(differences),
      isEdited: differences.some((each) => 'kept' in each && each.kept),
      fields: differences
        .filter((each) => each.what === 'field')
        .map(({ field, here: before, shipped: after }) => ({
          name: field,
          before: inWords(before),
          after: inWords(after),
        })),
      prices: lists === undefined || model === undefined ? [] : priceLines(lists, model.parameters, now),
    };
  });
}

function whatOf(differences: readonly Difference[]): ImportItem['what'] {
  if (differences.some(({ what }) => what === 'new_model')) return 'added';
  return differences.some(({ what }) => what === 'not_shipped') ? 'removed' : 'changed';
}

/** At each moment at which either side has other prices: what differs then. */
function priceLines(
  lists: { here: readonly PriceListDraft[]; there: readonly PriceListDraft[] },
  parameters: JsonSchema,
  now: Date,
): Lines {
  const begins = [...lists.here, ...lists.there].map(({ from }) => Math.max(from.getTime(), now.getTime()));
  const lines: Lines = [];
  const told = new Set<string>();
  for (const at of [...new Set(begins)].toSorted((a, b) => a - b)) {
    const [before, after] = [costsAt(lists.here, at), costsAt(lists.there, at)];
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      const [was, will] = [before.get(key), after.get(key)];
      // What went on from the moment before is not told again.
      const words = `${key} ${textOf(was)} ${textOf(will)}`;
      if (textOf(was) === textOf(will) || told.has(words)) continue;
      told.add(words);
      const either = (will ?? was)!;
      lines.push({
        from: at <= now.getTime() ? null : new Date(at).toISOString(),
        label: labelOf(either, parameters),
        before: was === undefined ? null : usdFor(was.unit, was.costMicro),
        after: will === undefined ? null : usdFor(will.unit, will.costMicro),
        changeBasisPoints: changeOf(was?.costMicro, will?.costMicro),
        source: will === undefined ? null : sourceOf(will),
      });
    }
  }
  return lines;
}

function costsAt(lists: readonly PriceListDraft[], at: number): Map<string, Cost> {
  const list = lists.findLast(({ from }) => from.getTime() <= at);
  return new Map((list?.costs ?? []).map((cost) => [keyOf(cost), cost]));
}

function keyOf({ unit, when }: Cost): string {
  return JSON.stringify([unit, Object.entries(when ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function textOf(cost: Cost | undefined): string {
  if (cost === undefined) return '';
  return `${cost.costMicro} ${cost.sourceBasis} ${cost.sourceUrl} ${cost.readOn}`;
}

/** What an edit would make of a model's typical call, and of each price that a member sees. */
export function previewOf(
  model: { typical: unknown; parameters: unknown },
  before: { costs: readonly Cost[]; markupBasisPoints: number },
  after: { costs: readonly Cost[]; markupBasisPoints: number },
): z.output<typeof PricePreview> {
  const typical = model.typical as ShippedModel['typical'];
  const parameters = model.parameters as JsonSchema;
  const [was, will] = [before, after].map((side) => {
    const rows = rowsOf(side.costs, side.markupBasisPoints);
    return {
      example: exampleOf(typical, rows),
      prices: new Map(side.costs.map((cost, index) => [keyOf(cost), { cost, row: rows[index]! }])),
    };
  });
  const keys = new Set([...was!.prices.keys(), ...will!.prices.keys()]);
  return {
    before: was!.example,
    after: will!.example,
    lines: [...keys].map((key) => {
      const [old, next] = [was!.prices.get(key), will!.prices.get(key)];
      return {
        label: labelOf((next ?? old)!.cost, parameters),
        before: old === undefined ? null : usdFor(old.cost.unit, old.row.priceMicro),
        after: next === undefined ? null : usdFor(next.cost.unit, next.row.priceMicro),
        changeBasisPoints: changeOf(old?.row.priceMicro, next?.row.priceMicro),
      };
    }),
  };
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
