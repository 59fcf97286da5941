import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

/**
 * The providers' public API descriptions, for tests. They are read where they lie and are no part of the project:
 * `MLUEN_SPECS` names the folder.
 */
const folder = process.env.MLUEN_SPECS ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'specs');

/** Why validation is skipped, or null when the descriptions are here. */
export const specsMissing: string | null = existsSync(folder)
  ? null
  : `no API descriptions at ${folder}: set MLUEN_SPECS to their folder`;

const otherFormats = [
  'int32',
  'int64',
  'byte',
  'binary',
  'unix-time',
  'unixtime',
  'google-datetime',
  'google-duration',
  'google-fieldmask',
  'float',
  'double',
  'decimal',
];
const loaded = new Map<string, Ajv2020>();

function load(document: string): Ajv2020 {
  const found = loaded.get(document);
  if (found !== undefined) return found;
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    coerceTypes: document === 'stripe' ? 'array' : false,
  });
  ajvFormats.default(ajv);
  for (const format of otherFormats) ajv.addFormat(format, true);
  ajv.addSchema(JSON.parse(readFileSync(join(folder, `${document}.json`), 'utf8')), document);
  loaded.set(document, ajv);
  return ajv;
}

const compiled = new Map<string, ValidateFunction>();

/**
 * Throws unless `value` fits `#<pointer>` of the description. `closed` refuses fields that the description does not
 * name: for requests.
 */
export function expectToFit(value: unknown, document: string, pointer: string, closed = false): void {
  const key = `${document}${pointer}${closed}`;
  let validate = compiled.get(key);
  if (validate === undefined) {
    const schema = { $ref: `${document}#${pointer}`, ...(closed && { unevaluatedProperties: false }) };
    validate = load(document).compile(schema);
    compiled.set(key, validate);
  }
  if (validate(value)) return;
  // A branch that failed deep inside says more than the alternatives that never fitted.
  const errors = [...(validate.errors ?? [])].sort(
    (a, b) => depthOf(b.instancePath) - depthOf(a.instancePath),
  );
  const said = errors
    .slice(0, 4)
    .map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
  throw new Error(`${document}${pointer}:\n${said.join('\n')}\nin ${JSON.stringify(value).slice(0, 600)}`);
}

function depthOf(path: string): number {
  return path.split('/').length;
}
