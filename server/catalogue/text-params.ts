import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { errorsOf, type FieldError } from './params.ts';

/** Checks `messages` of a text call: the common dialect, whatever the model. Null when they are fine. */
export function checkMessages(messages: unknown): FieldError[] | null {
  if (validate({ messages })) return null;
  return errorsOf(validate.errors);
}

const text = part('text', { text: { type: 'string' } }, ['text']);
const parts = { text, refusal: part('refusal', { refusal: { type: 'string' } }, ['refusal']) };

const userPart = oneOfType([
  text,
  part(
    'image_url',
    {
      image_url: {
        type: 'object',
        properties: {
          url: { type: 'string', pattern: '^(https://|data:image/|file:)' },
          detail: { type: 'string', enum: ['auto', 'low', 'high', 'original'] },
        },
        required: ['url'],
        additionalProperties: false,
      },
    },
    ['image_url'],
  ),
  part(
    'input_audio',
    {
      input_audio: {
        type: 'object',
        properties: {
          data: { type: 'string', minLength: 1 },
          format: { type: 'string', enum: ['wav', 'mp3'] },
        },
        required: ['data', 'format'],
        additionalProperties: false,
      },
    },
    ['input_audio'],
  ),
  part(
    'file',
    {
      file: {
        type: 'object',
        properties: {
          file_id: { type: 'string' },
          filename: { type: 'string', maxLength: 255 },
          file_data: { type: 'string', pattern: '^data:' },
        },
        additionalProperties: false,
        minProperties: 1,
      },
    },
    ['file'],
  ),
]);

const textParts = { type: 'array', items: text, minItems: 1 };
const name = { type: 'string', maxLength: 64 };
const textContent = { anyOf: [{ type: 'string' }, textParts] };

const toolCall = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 256 },
    type: { const: 'function' },
    function: {
      type: 'object',
      properties: { name: { type: 'string', minLength: 1, maxLength: 128 }, arguments: { type: 'string' } },
      required: ['name', 'arguments'],
      additionalProperties: false,
    },
    // What a provider needs back unread, such as Gemini's thought signature.
    extra_content: { type: 'object' },
    index: { type: 'integer' },
  },
  required: ['id', 'type', 'function'],
  additionalProperties: false,
};

/** Sealed reasoning as it was answered: whatever else another service put on it is ignored. */
const reasoningDetail = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    format: { type: ['string', 'null'] },
    model: { type: 'string' },
    index: { type: 'integer', minimum: 0 },
    id: { type: ['string', 'null'] },
    text: { type: ['string', 'null'] },
    signature: { type: ['string', 'null'] },
    summary: { type: ['string', 'null'] },
    data: { type: ['string', 'null'] },
  },
  required: ['type'],
};

const instruction = (role: string) => message(role, { content: textContent, name }, ['content']);

const schema = {
  type: 'object',
  properties: {
    messages: {
      type: 'array',
      minItems: 1,
      maxItems: 100_000,
      items: {
        type: 'object',
        discriminator: { propertyName: 'role' },
        required: ['role'],
        oneOf: [
          instruction('system'),
          instruction('developer'),
          message(
            'user',
            {
              content: { anyOf: [{ type: 'string' }, { type: 'array', items: userPart, minItems: 1 }] },
              name,
            },
            ['content'],
          ),
          message(
            'assistant',
            {
              content: {
                anyOf: [
                  { type: ['string', 'null'] },
                  { type: 'array', items: oneOfType([parts.text, parts.refusal]) },
                ],
              },
              name,
              refusal: { type: ['string', 'null'] },
              tool_calls: { type: 'array', items: toolCall, maxItems: 128 },
              // Clients send an answer back as they got it.
              annotations: { type: 'array' },
              audio: { type: 'null' },
              function_call: { type: 'null' },
              reasoning: { type: ['string', 'null'] },
              reasoning_content: { type: ['string', 'null'] },
              reasoning_details: { type: 'array', items: reasoningDetail, maxItems: 1024 },
              // The studio names its own answer, whose sealed reasoning it never sees.
              generation_id: { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
              extra_content: { type: 'object' },
            },
            [],
          ),
          message('tool', { content: textContent, tool_call_id: { type: 'string', minLength: 1 }, name }, [
            'content',
            'tool_call_id',
          ]),
        ],
      },
    },
  },
  required: ['messages'],
};

// The first fault is enough: a conversation may be megabytes long.
const validate: ValidateFunction = new Ajv2020({
  discriminator: true,
  allowUnionTypes: true,
  strict: true,
  strictRequired: false,
}).compile(schema);

function message(role: string, properties: Record<string, object>, required: string[]) {
  return {
    properties: { role: { const: role }, ...properties },
    required: ['role', ...required],
    additionalProperties: false,
  };
}

/** A content part. Any part may carry a mark that says where a provider's cache may end. */
function part(type: string, properties: Record<string, object>, required: string[]) {
  return {
    type: 'object',
    properties: {
      type: { const: type },
      ...properties,
      prompt_cache_breakpoint: {
        type: 'object',
        properties: { mode: { const: 'explicit' } },
        additionalProperties: false,
      },
      cache_control: {
        type: 'object',
        properties: { type: { const: 'ephemeral' }, ttl: { type: 'string', enum: ['5m', '1h'] } },
        required: ['type'],
        additionalProperties: false,
      },
    },
    required: ['type', ...required],
    additionalProperties: false,
  };
}

function oneOfType(oneOf: object[]) {
  return { type: 'object', discriminator: { propertyName: 'type' }, required: ['type'], oneOf };
}
