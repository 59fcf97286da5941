import { modelRefusal } from './chat-model-limits.ts';
import { textModels } from './models.ts';
import { badRequest, notOneOf, type Refusal, unknownModel, wrongType } from './refusals.ts';

export interface ChatMessage {
  role: string;
  content?: unknown;
  tool_calls?: unknown;
  tool_call_id?: unknown;
}

export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean; include_obfuscation?: boolean } | null;
  max_completion_tokens?: number | null;
  max_tokens?: number | null;
  n?: number | null;
  reasoning_effort?: string | null;
  response_format?: { type: string; json_schema?: { name: string; schema?: unknown } } | null;
  tools?: { type: string; function?: { name: string; parameters?: unknown } }[] | null;
  tool_choice?: unknown;
  service_tier?: string | null;
  stop?: string | string[] | null;
}

const roles = new Set(['developer', 'system', 'user', 'assistant', 'tool', 'function']);
/** What a body may hold. */
export const chatFields: ReadonlySet<string> = new Set(
  `model messages max_completion_tokens max_tokens temperature top_p frequency_penalty presence_penalty stop n
   reasoning_effort verbosity response_format tools tool_choice parallel_tool_calls logprobs top_logprobs logit_bias seed
   stream stream_options prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier service_tier store
   metadata modalities audio user prediction web_search_options functions function_call moderation`.split(
    /\s+/,
  ),
);
const ranges: Record<string, [number, number]> = {
  temperature: [0, 2],
  top_p: [0, 1],
  frequency_penalty: [-2, 2],
  presence_penalty: [-2, 2],
  n: [1, 128],
  top_logprobs: [0, 20],
};
const words: Record<string, readonly string[]> = {
  verbosity: ['low', 'medium', 'high'],
  service_tier: ['auto', 'default', 'flex', 'scale', 'priority', 'fast'],
};
const booleans = ['stream', 'store', 'logprobs', 'parallel_tool_calls'];

/** Says why OpenAI would refuse this body, or null. */
export function chatRefusal(body: Record<string, unknown>): Refusal | null {
  if (typeof body.model !== 'string') return badRequest('you must provide a model parameter', null);
  const traits = textModels[body.model];
  if (traits === undefined) return unknownModel(body.model);
  for (const name in body) {
    if (!chatFields.has(name)) return badRequest(`Unrecognized request argument supplied: ${name}`, null);
  }
  return (
    messagesRefusal(body.messages) ??
    typesRefusal(body) ??
    formatRefusal(body.response_format) ??
    modelRefusal(body, traits)
  );
}

function messagesRefusal(messages: unknown): Refusal | null {
  if (messages === undefined) {
    return badRequest("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  }
  if (!Array.isArray(messages)) return wrongType('messages', 'an array of objects', messages);
  if (messages.length === 0) {
    return badRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    );
  }
  for (const [at, message] of messages.entries()) {
    const name = `messages[${at}]`;
    if (typeof message !== 'object' || message === null) return wrongType(name, 'an object', message);
    const { role, content, tool_calls, tool_call_id } = message as ChatMessage;
    if (!roles.has(role)) return notOneOf(`${name}.role`, [...roles], role);
    if (role === 'tool' && typeof tool_call_id !== 'string') {
      return badRequest(
        `Missing required parameter: '${name}.tool_call_id'.`,
        `${name}.tool_call_id`,
        'missing_required_parameter',
      );
    }
    if (content === undefined || content === null) {
      if (role === 'assistant' && Array.isArray(tool_calls)) continue;
      return badRequest(`Invalid value for 'content': expected a string, got null.`, `${name}.content`);
    }
    if (typeof content === 'string') continue;
    if (!Array.isArray(content))
      return wrongType(`${name}.content`, 'a string or an array of objects', content);
    const refusal = partsRefusal(content, name);
    if (refusal !== null) return refusal;
  }
  return null;
}

function partsRefusal(parts: unknown[], name: string): Refusal | null {
  for (const [at, part] of parts.entries()) {
    const param = `${name}.content[${at}]`;
    const { type, text, image_url, input_audio, file } = (part ?? {}) as Record<
      string,
      Record<string, unknown> | string | undefined
    >;
    const inner = { text, image_url, input_audio, file, refusal: '' }[String(type)];
    if (typeof type !== 'string' || !['text', 'image_url', 'input_audio', 'file', 'refusal'].includes(type)) {
      return notOneOf(
        `${param}.type`,
        ['text', 'image_url', 'input_audio', 'refusal', 'audio', 'file'],
        type,
      );
    }
    if (inner === undefined) {
      return badRequest(
        `Missing required parameter: '${param}.${type}'.`,
        `${param}.${type}`,
        'missing_required_parameter',
      );
    }
    if (type !== 'image_url') continue;
    const url = (image_url as Record<string, unknown>).url;
    if (typeof url !== 'string' || !/^(https?:\/\/|data:image\/(png|jpeg|webp|gif);base64,)/.test(url)) {
      return badRequest(
        "Invalid 'image_url.url'. Expected a valid URL or a base64-encoded data URL of an image.",
        `${param}.image_url.url`,
        'invalid_value',
      );
    }
  }
  return null;
}

function typesRefusal(body: Record<string, unknown>): Refusal | null {
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number') return wrongType(name, 'a decimal', value);
    if (value < low)
      return badRequest(
        `Invalid '${name}': decimal below minimum value. Expected a value >= ${low}, but got ${value} instead.`,
        name,
        'decimal_below_min_value',
      );
    if (value > high)
      return badRequest(
        `Invalid '${name}': decimal above maximum value. Expected a value <= ${high}, but got ${value} instead.`,
        name,
        'decimal_above_max_value',
      );
  }
  for (const [name, allowed] of Object.entries(words)) {
    const value = body[name];
    if (value !== undefined && value !== null && !allowed.includes(String(value)))
      return notOneOf(name, allowed, value);
  }
  for (const name of booleans) {
    const value = body[name];
    if (value !== undefined && value !== null && typeof value !== 'boolean')
      return wrongType(name, 'a boolean', value);
  }
  if (Array.isArray(body.stop) && body.stop.length > 4) {
    return badRequest(
      `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${body.stop.length} instead.`,
      'stop',
      'array_above_max_length',
    );
  }
  if (body.stream_options && body.stream !== true) {
    return badRequest(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
    );
  }
  const identifier = body.safety_identifier;
  if (typeof identifier === 'string' && identifier.length > 128) {
    return badRequest(
      "Invalid 'safety_identifier': string too long. Expected a string with maximum length 128.",
      'safety_identifier',
      'string_above_max_length',
    );
  }
  return null;
}

function formatRefusal(format: unknown): Refusal | null {
  if (format === undefined || format === null) return null;
  const { type, json_schema } = format as { type?: unknown; json_schema?: { name?: unknown } };
  if (!['text', 'json_object', 'json_schema'].includes(String(type))) {
    return notOneOf('response_format.type', ['json_object', 'json_schema', 'text'], type);
  }
  if (type !== 'json_schema') return null;
  const name = json_schema?.name;
  if (typeof name !== 'string') {
    return badRequest(
      "Missing required parameter: 'response_format.json_schema.name'.",
      'response_format.json_schema.name',
      'missing_required_parameter',
    );
  }
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    return badRequest(
      "Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      'response_format.json_schema.name',
      'invalid_value',
    );
  }
  return null;
}
