import type { Accepts, JsonSchema, ShippedModel, ShippedPrice } from '#server/catalogue/shipped.ts';
import { choice, decimal, flag, parameters, shaped, whole } from './schema.ts';

/**
 * Fields that text models share, in the common dialect (OpenAI's chat completions). A default is written only where
 * we send it; what the provider does on its own stands in `x-ui.providerDefault`, so that a call carries no field
 * that its caller did not set.
 */

function maxTokens(max: number, fallback: number): ReturnType<typeof whole> {
  return whole(
    'Longest answer',
    'The most tokens the model may produce, thinking included. The price is held for this many; unused ones are given back.',
    { min: 1, max, fallback },
    { group: 'limits', widget: 'number', unit: 'tokens' },
  );
}

export function temperature(max: number, fallback: number): ReturnType<typeof decimal> {
  return decimal(
    'Temperature',
    'Higher is more surprising, lower more predictable.',
    { min: 0, max },
    { group: 'style', advanced: true, providerDefault: fallback },
  );
}

export function topP(fallback = 1): ReturnType<typeof decimal> {
  return decimal(
    'Top P',
    'Considers only the likeliest words that together reach this probability. Change this or the temperature, not both.',
    { min: 0, max: 1 },
    { group: 'style', advanced: true, providerDefault: fallback, step: 0.05 },
  );
}

export function topK(max: number): ReturnType<typeof whole> {
  return whole(
    'Top K',
    'Considers only this many of the likeliest words.',
    { min: 1, max },
    { group: 'style', advanced: true },
  );
}

export function effort(values: readonly string[], providerDefault?: string): ReturnType<typeof choice> {
  return choice(
    'Thinking effort',
    'How long the model thinks before it answers. More effort costs more output tokens.',
    values,
    undefined,
    { group: 'thinking', ...(providerDefault === undefined ? {} : { providerDefault }) },
  );
}

export function stop(maxItems: number): ReturnType<typeof shaped> {
  return shaped(
    'Stop at',
    'The answer ends where one of these texts would appear.',
    {
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, maxItems },
      ],
    },
    { group: 'limits', widget: 'list' },
  );
}

export function penalty(which: 'Frequency' | 'Presence'): ReturnType<typeof decimal> {
  const effect =
    which === 'Frequency'
      ? 'Makes words less likely the more often they appeared.'
      : 'Makes new subjects likelier.';
  return decimal(
    `${which} penalty`,
    effect,
    { min: -2, max: 2 },
    { group: 'style', advanced: true, providerDefault: 0 },
  );
}

/** A field that these models take at its usual value alone: many clients send it without being asked. */
export function fixed(title: string, value: number): ReturnType<typeof shaped> {
  return shaped(
    title,
    `These models take only ${value}.`,
    { type: 'number', const: value },
    { widget: 'hidden', providerDefault: value },
  );
}

export function singleAnswer(): ReturnType<typeof whole> {
  return whole('Answers', 'One answer a call.', { min: 1, max: 1 }, { widget: 'hidden', providerDefault: 1 });
}

/** Tools and structured output: for programs; the form does not show them. */
export function toolFields(
  choices: readonly string[] = ['none', 'auto', 'required'],
  { subset = false, forced = choices.includes('required') }: { subset?: boolean; forced?: boolean } = {},
) {
  return {
    tools: shaped(
      'Tools',
      'Functions that the model may ask you to call.',
      {
        type: 'array',
        maxItems: 128,
        items: {
          type: 'object',
          properties: {
            type: { const: 'function' },
            function: {
              type: 'object',
              properties: {
                name: { type: 'string', pattern: '^[a-zA-Z0-9_-]{1,64}$' },
                description: { type: 'string' },
                parameters: { type: 'object' },
                strict: { type: ['boolean', 'null'] },
              },
              required: ['name'],
              additionalProperties: false,
            },
          },
          required: ['type', 'function'],
          additionalProperties: false,
        },
      },
      { group: 'tools', widget: 'hidden' },
    ),
    tool_choice: shaped(
      'Tool choice',
      'Whether the model may, must or must not call a tool, or which one.',
      {
        anyOf: [
          { type: 'string', enum: [...choices] },
          ...(forced ? [oneTool()] : []),
          ...(subset ? [allowedTools(choices)] : []),
        ],
      },
      { group: 'tools', widget: 'hidden', providerDefault: 'auto' },
    ),
    parallel_tool_calls: flag(
      'Parallel tool calls',
      'Whether the model may ask for several tool calls at once.',
      undefined,
      { group: 'tools', widget: 'hidden', providerDefault: true },
    ),
  };
}

/** A tool by its name. */
function oneTool(): JsonSchema {
  return {
    type: 'object',
    properties: {
      type: { const: 'function' },
      function: {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
        additionalProperties: false,
      },
    },
    required: ['type', 'function'],
    additionalProperties: false,
  };
}

/** Some of the tools alone may be called, while the list stays the same for the cache. */
function allowedTools(choices: readonly string[]): JsonSchema {
  return {
    type: 'object',
    properties: {
      type: { const: 'allowed_tools' },
      allowed_tools: {
        type: 'object',
        properties: {
          mode: { type: 'string', enum: ['auto', 'required'].filter((mode) => choices.includes(mode)) },
          tools: {
            type: 'array',
            minItems: 1,
            maxItems: 128,
            items: oneTool(),
          },
        },
        required: ['mode', 'tools'],
        additionalProperties: false,
      },
    },
    required: ['type', 'allowed_tools'],
    additionalProperties: false,
  };
}

export function responseFormat(
  kinds: readonly ('text' | 'json_object' | 'json_schema')[] = ['text', 'json_object', 'json_schema'],
): ReturnType<typeof shaped> {
  const plain = kinds.filter((kind) => kind !== 'json_schema');
  const anyOf: JsonSchema[] = [
    {
      type: 'object',
      properties: { type: { type: 'string', enum: plain } },
      required: ['type'],
      additionalProperties: false,
    },
  ];
  if (kinds.includes('json_schema')) {
    anyOf.push({
      type: 'object',
      properties: {
        type: { const: 'json_schema' },
        json_schema: {
          type: 'object',
          properties: {
            name: { type: 'string', pattern: '^[a-zA-Z0-9_-]{1,64}$' },
            description: { type: 'string' },
            schema: { type: 'object' },
            strict: { type: ['boolean', 'null'] },
          },
          required: ['name', 'schema'],
          additionalProperties: false,
        },
      },
      required: ['type', 'json_schema'],
      additionalProperties: false,
    });
  }
  return shaped(
    'Answer format',
    'Plain text, any JSON, or JSON that fits a schema.',
    { anyOf },
    {
      group: 'output',
      widget: 'hidden',
      providerDefault: { type: 'text' },
    },
  );
}

export const IMAGES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
export const NO_FILES: Accepts = { mediaTypes: [], maxFiles: 0, maxBytes: 0 };
export const MEGABYTE = 1_048_576;

interface TextModel {
  id: string;
  upstream?: string;
  name: string;
  summary: string;
  context: number;
  maxOutput: number;
  /** What we ask for when the caller names no limit. */
  defaultOutput?: number;
  fields: Parameters<typeof parameters>[0];
  accepts: Accepts;
  examples: [string, string, string];
  prices: ShippedPrice[];
}

/** A text model: `max_completion_tokens` is added, and the usual answer is 350 tokens. */
export function textModel(model: TextModel): ShippedModel {
  const fallback = Math.min(model.defaultOutput ?? 8192, model.maxOutput);
  return {
    id: model.id,
    kind: 'text',
    upstream: model.upstream ?? model.id.slice(model.id.indexOf('/') + 1),
    name: model.name,
    summary: model.summary,
    parameters: parameters({ ...model.fields, max_completion_tokens: maxTokens(model.maxOutput, fallback) }),
    contextTokens: model.context,
    defaultMaxOutputTokens: fallback,
    maxOutputTokens: model.maxOutput,
    accepts: model.accepts,
    examples: model.examples,
    prices: model.prices,
    usual: [{ unit: 'output_token', quantity: 350 }],
    typical: {
      label: 'A page of text, summarised',
      units: { input_token: 600, output_token: 350 },
      params: {},
    },
  };
}
