import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from './shipped.ts';

export interface FieldError {
  /** Dots between names, such as `input_images.0`; empty for the whole. */
  path: string;
  message: string;
}

export type Checked = { ok: true; params: Record<string, unknown> } | { ok: false; errors: FieldError[] };

const ajv = withKeywords(
  new Ajv2020({ allErrors: true, useDefaults: true, strict: true, allowUnionTypes: true, verbose: true }),
);
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/**
 * Checks parameters against a model's schema: nothing unknown, all in range; what was left out gets the model's
 * default. The given object is not changed. A schema is compiled at its first use.
 */
export function checkParams(schema: JsonSchema, params: Record<string, unknown>): Checked {
  const validate = validatorOf(schema);
  const copy = { ...params }; // defaults stand at the top level only
  return validate(copy) ? { ok: true, params: copy } : { ok: false, errors: errorsOf(validate.errors) };
}

/** Fields of which one must be given. */
function alternativesOf(schema: JsonSchema): string[] {
  return ((schema.anyOf ?? []) as { required?: string[] }[]).flatMap(({ required }) => required ?? []);
}

/** Fields that the least call has: those that are required, and the first where one of several is. */
export function leastFields(schema: JsonSchema): string[] {
  return [...((schema.required ?? []) as string[]), ...alternativesOf(schema).slice(0, 1)];
}

/** Compiles a schema now. Throws when it is no valid JSON Schema, or has a keyword that nothing here knows. */
export function validatorOf(schema: JsonSchema): ValidateFunction {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
}

/** The faults of a failed check, one a place, in words for the person who filled the field. */
export function errorsOf(errors: ErrorObject[] | null | undefined): FieldError[] {
  const found = new Map<string, FieldError>();
  for (const error of errors ?? []) {
    // Of alternatives, the choice is what is missing, and not each of them; of a condition, what it demands.
    if (error.schemaPath.startsWith('#/anyOf/') && error.keyword === 'required') continue;
    if (error.keyword === 'if') continue;
    const path = pathOf(error);
    if (!found.has(path)) found.set(path, { path, message: messageOf(error) });
  }
  return [...found.values()];
}

interface SizeRule {
  multipleOf: number;
  maxRatio: number;
  minPixels?: number;
  maxPixels: number;
}

function withKeywords(instance: Ajv2020): Ajv2020 {
  instance.addKeyword({ keyword: 'x-ui', schemaType: 'object' });
  instance.addKeyword({ keyword: 'x-media', schemaType: 'string' });
  // Sides written as "1024x768" or "1024*768". Other words, such as "auto", are the pattern's business.
  instance.addKeyword({
    keyword: 'x-size',
    type: 'string',
    schemaType: 'object',
    validate: (rule: SizeRule, text: string) => {
      const sides = /^(\d+)[x*](\d+)$/.exec(text);
      return sides === null || fits(rule, Number(sides[1]), Number(sides[2]));
    },
    error: { message: 'is not a size that this model can make' },
  });
  instance.addKeyword({
    keyword: 'x-maxPixels',
    type: 'object',
    schemaType: 'number',
    validate: (most: number, params: { width?: number; height?: number }) =>
      (params.width ?? 0) * (params.height ?? 0) <= most,
    error: { message: 'width × height is more than this model can make' },
  });
  return instance;
}

function fits(rule: SizeRule, width: number, height: number): boolean {
  const pixels = width * height;
  if (width % rule.multipleOf !== 0 || height % rule.multipleOf !== 0) return false;
  if (Math.max(width, height) > rule.maxRatio * Math.min(width, height)) return false;
  return pixels >= (rule.minPixels ?? 1) && pixels <= rule.maxPixels;
}

function pathOf(error: ErrorObject): string {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const { params } = error as ErrorObject<string, { additionalProperty?: string; missingProperty?: string }>;
  const name = params.additionalProperty ?? params.missingProperty;
  return [path, name].filter((part) => part !== undefined && part !== '').join('.');
}

function messageOf(error: ErrorObject): string {
  /** The field on which the broken rule depends. */
  const cause = /^#\/dependentSchemas\/([^/]+)\//.exec(error.schemaPath)?.[1];
  switch (error.keyword) {
    case 'additionalProperties':
      return 'is not known here';
    case 'required':
      return 'is needed';
    case 'anyOf':
      return `one of ${alternativesOf(error.parentSchema as JsonSchema).join(', ')} is needed`;
    case 'enum':
      return `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(error.params.allowedValue)}${cause === undefined ? '' : ` with the given ${cause}`}`;
    case 'false schema':
      return cause === undefined ? 'is not known here' : `cannot be given with ${cause}`;
    default:
      return error.message ?? 'is not valid';
  }
}
