import type { z } from 'zod';
import { CatalogueFile } from '#contract/catalogue-file.ts';
import type { FieldError } from './params.ts';
import { isCondition, isUnit, upperBound } from './prices.ts';
import { costMicroOf, type ShippedModel, type ShippedProvider, unitsOf } from './shipped.ts';

const ABOUT =
  'Models and what their providers take, in US dollars as the source prints them: `usd` for `per` units. ' +
  '`when`: parameters under which a cost holds. `from`, `until`: days or moments in UTC. docs/catalogue.md says the rest.';

/** The catalogue as one file for people and programs: a cost a line, with source and date. */
export function catalogueFile(providers: readonly ShippedProvider[]): string {
  const blocks = providers.map(
    ({ id, name, models }) =>
      `    { "id": ${JSON.stringify(id)}, "name": ${JSON.stringify(name)}, "models": [\n${models.map(modelBlock).join(',\n')}\n    ] }`,
  );
  return `{\n  "format": "mluen-catalogue-1",\n  "about": ${JSON.stringify(ABOUT)},\n  "providers": [\n${blocks.join(',\n')}\n  ]\n}\n`;
}

function modelBlock(model: ShippedModel): string {
  const { id, kind, name, summary, upstream, offered, markupBasisPoints, prices, ...rest } = model;
  const fields = Object.entries({ id, kind, name, summary, upstream, offered, markupBasisPoints });
  const { parameters, ...others } = rest;
  const lines = [
    ...fields.filter(([, value]) => value !== undefined).map(line),
    `"prices": [\n${prices.map((price) => `          ${spaced(price)}`).join(',\n')}\n        ]`,
    ...Object.entries(others).map(line),
    // The schema is a machine's: kept to one line without spaces.
    `"parameters": ${JSON.stringify(parameters)}`,
  ];
  return `      {\n${lines.map((each) => `        ${each}`).join(',\n')}\n      }`;
}

const line = ([field, value]: [string, unknown]) => `${JSON.stringify(field)}: ${spaced(value)}`;

/** On one line with spaces; a line end inside text is escaped, so those taken out here are the layout's. */
const spaced = (value: unknown) => JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ');

export type FileRead = { ok: true; providers: ShippedProvider[] } | { ok: false; errors: FieldError[] };

/** Reads such a file. What would make calls fail or go unpaid is refused, with the place where it stands. */
export function readCatalogueFile(text: string): FileRead {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refused('', error instanceof Error ? error.message : 'is no JSON');
  }
  const parsed = CatalogueFile.safeParse(json);
  if (!parsed.success) return { ok: false, errors: errorsOf(parsed.error) };
  const providers = parsed.data.providers as ShippedProvider[];
  const errors = providers.flatMap((provider) =>
    provider.models.flatMap((model) =>
      faultsOf(provider, model).map((message) => ({ path: model.id, message })),
    ),
  );
  const ids = providers.flatMap(({ models }) => models.map(({ id }) => id));
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  errors.push(...twice.map((path) => ({ path, message: 'stands here twice' })));
  return errors.length === 0 ? { ok: true, providers } : { ok: false, errors: errors.slice(0, 20) };
}

function faultsOf(provider: ShippedProvider, model: ShippedModel): string[] {
  const faults: string[] = [];
  const fields = Object.keys(model.parameters.properties as object);
  if (!model.id.startsWith(`${provider.id}/`)) faults.push(`must begin with ${provider.id}/`);
  for (const { unit, when = {} } of model.prices) {
    if (!isUnit(unit)) faults.push(`${unit} is no unit that anything reports`);
    const unknown = Object.keys(when).filter((key) => !isCondition(key, fields));
    faults.push(...unknown.map((key) => `a cost hangs on ${key}, which the model does not take`));
  }
  if (faults.length > 0) return faults;
  const rows = model.prices.map((price) => {
    const costMicro = costMicroOf(price);
    return { unit: price.unit, costMicro, priceMicro: costMicro, when: price.when ?? null };
  });
  try {
    upperBound(rows, unitsOf(model.typical.units), model.typical.params);
  } catch (error) {
    faults.push(`its typical call has ${error instanceof Error ? error.message : 'no price'}`);
  }
  return faults;
}

function errorsOf(error: z.ZodError): FieldError[] {
  return error.issues
    .slice(0, 20)
    .map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
}

function refused(path: string, message: string): FileRead {
  return { ok: false, errors: [{ path, message }] };
}
