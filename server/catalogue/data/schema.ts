import type { JsonSchema } from '#server/catalogue/shipped.ts';

/** Hints for the form that is drawn from a schema. They never change what is valid. */
export interface Hints {
  group?: 'input' | 'output' | 'style' | 'thinking' | 'tools' | 'limits';
  widget?:
    | 'prompt'
    | 'text'
    | 'select'
    | 'segmented'
    | 'slider'
    | 'number'
    | 'switch'
    | 'seed'
    | 'size'
    | 'file'
    | 'files'
    | 'list'
    | 'json'
    | 'hidden';
  unit?: string;
  presets?: { label: string; value: unknown }[];
  labels?: Record<string, string>;
  advanced?: boolean;
  /** What the provider does when the field is absent and we send nothing for it. */
  providerDefault?: unknown;
  step?: number;
}

type Field = JsonSchema & { title: string; description: string };

function field(title: string, description: string, shape: JsonSchema, hints: Hints): Field {
  return { title, description, ...shape, 'x-ui': hints };
}

/** The schema of a model's parameters: fields in the order in which the form shows them; nothing else is accepted. */
export function parameters(
  fields: Record<string, Field>,
  required: string[] = [],
  more: JsonSchema = {},
): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, schema], index) => [
      name,
      { ...schema, 'x-ui': { order: index + 1, ...(schema['x-ui'] as Hints) } },
    ]),
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    required,
    additionalProperties: false,
    ...more,
  };
}

export function prompt(maxLength: number, description = 'What you want, in your own words.'): Field {
  return field(
    'Prompt',
    description,
    { type: 'string', minLength: 1, maxLength },
    { group: 'input', widget: 'prompt' },
  );
}

export function words(title: string, description: string, maxLength: number, hints: Hints = {}): Field {
  return field(title, description, { type: 'string', maxLength }, { widget: 'text', ...hints });
}

export function choice<Value extends string | number>(
  title: string,
  description: string,
  values: readonly Value[],
  fallback?: Value,
  hints: Hints = {},
): Field {
  return field(
    title,
    description,
    {
      type: typeof values[0] === 'number' ? 'number' : 'string',
      enum: [...values],
      ...(fallback === undefined ? {} : { default: fallback }),
    },
    { widget: values.length <= 4 ? 'segmented' : 'select', ...hints },
  );
}

export function whole(
  title: string,
  description: string,
  range: { min: number; max: number; fallback?: number; multipleOf?: number },
  hints: Hints = {},
): Field {
  return field(title, description, { type: 'integer', ...limits(range) }, { widget: 'slider', ...hints });
}

export function decimal(
  title: string,
  description: string,
  range: { min: number; max: number; fallback?: number },
  hints: Hints = {},
): Field {
  return field(
    title,
    description,
    { type: 'number', ...limits(range) },
    { widget: 'slider', step: 0.1, ...hints },
  );
}

export function flag(title: string, description: string, fallback?: boolean, hints: Hints = {}): Field {
  return field(
    title,
    description,
    { type: 'boolean', ...(fallback === undefined ? {} : { default: fallback }) },
    { widget: 'switch', ...hints },
  );
}

export function seed(max: number): Field {
  return field(
    'Seed',
    'The same seed with the same settings gives a similar result. Leave empty for a new one each time.',
    { type: 'integer', minimum: 0, maximum: max },
    { group: 'style', widget: 'seed', advanced: true },
  );
}

const FILE = { type: 'string', pattern: '^file:[0-9a-f-]{36}$' };

/** One file, named in a call as `file:<id>`. */
export function file(
  title: string,
  description: string,
  media: 'image' | 'video' | 'audio' | 'document',
  hints: Hints = {},
): Field {
  return field(
    title,
    description,
    { ...FILE, 'x-media': media },
    { group: 'input', widget: 'file', ...hints },
  );
}

export function files(
  title: string,
  description: string,
  media: 'image' | 'video' | 'audio' | 'document',
  maxItems: number,
  hints: Hints = {},
): Field {
  return field(
    title,
    description,
    { type: 'array', items: { ...FILE, 'x-media': media }, minItems: 1, maxItems },
    { group: 'input', widget: 'files', ...hints },
  );
}

/** At least one of these must be given. */
export function oneOf(...names: string[]): JsonSchema {
  return { anyOf: names.map((name) => ({ properties: { [name]: {} }, required: [name] })) };
}

/** A field whose shape is more than one word can say. */
export function shaped(title: string, description: string, shape: JsonSchema, hints: Hints = {}): Field {
  return field(title, description, shape, { widget: 'json', advanced: true, ...hints });
}

function limits(range: { min: number; max: number; fallback?: number; multipleOf?: number }): JsonSchema {
  return {
    minimum: range.min,
    maximum: range.max,
    ...(range.multipleOf === undefined ? {} : { multipleOf: range.multipleOf }),
    ...(range.fallback === undefined ? {} : { default: range.fallback }),
  };
}
