import { z } from 'zod';

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

const Hints = z.object({
  widget: z.string().catch('text'),
  group: z.string().catch('output'),
  order: z.number().catch(100),
  advanced: z.boolean().catch(false),
  unit: z.string().optional(),
  step: z.number().optional(),
  presets: z.array(z.object({ label: z.string(), value: Scalar })).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  providerDefault: Scalar.optional(),
});

const Property = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(Scalar).optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  multipleOf: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  items: z.object({ 'x-media': z.string().optional() }).optional(),
  'x-media': z.string().optional(),
  'x-ui': z.unknown().optional(),
});

const Schema = z.object({
  properties: z.record(z.string(), Property).catch({}),
  required: z.array(z.string()).catch([]),
});

/** One parameter as the form shows it. */
export interface Field extends Omit<z.infer<typeof Property>, 'x-ui'> {
  name: string;
  label: string;
  required: boolean;
  hints: z.infer<typeof Hints>;
}

/** The parameters of a model in the form's order. What is not understood is left out: the server fills it in. */
export function fieldsOf(parameters: Record<string, unknown>): Field[] {
  const { properties, required } = Schema.parse(parameters);
  return Object.entries(properties)
    .map(([name, property]) => ({
      ...property,
      name,
      label: property.title ?? name,
      required: required.includes(name),
      hints: Hints.parse(property['x-ui'] ?? {}),
    }))
    .sort((one, other) => one.hints.order - other.hints.order);
}

export type Values = Record<string, unknown>;

/** What may be sent of the values: empty ones are left out, and those that this model does not know. */
export function sendable(fields: Field[], values: Values): Values {
  const entries = fields
    .map(({ name }) => [name, values[name]] as const)
    .filter(
      ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
    );
  return Object.fromEntries(entries);
}

/** The ids of the files that the values name as `file:<id>`. */
export function fileIdsIn(values: Values): string[] {
  const named = Object.values(values)
    .flat()
    .filter((value): value is string => typeof value === 'string' && value.startsWith('file:'));
  return [...new Set(named.map((value) => value.slice('file:'.length)))];
}
