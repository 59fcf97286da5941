import { countTokens } from '../kit/tokens.ts';
import { textModels } from './models.ts';
import { badRequest, notOneOf, type Refusal, unknownModel, wrongType } from './refusals.ts';

interface Item {
  type?: string;
  role?: string;
  content?: unknown;
  call_id?: string;
  output?: unknown;
  name?: string;
  arguments?: string;
}

export interface ResponseRequest {
  model: string;
  input: string | Item[];
  instructions?: string | null;
  max_output_tokens?: number | null;
  reasoning?: { effort?: string | null; summary?: string | null } | null;
  text?: { format?: { type: string; name?: string; schema?: unknown }; verbosity?: string } | null;
  tools?: { type: string; name?: string; parameters?: unknown }[] | null;
  tool_choice?: unknown;
  store?: boolean | null;
  stream?: boolean | null;
  include?: string[] | null;
  metadata?: Record<string, string> | null;
  previous_response_id?: string | null;
  service_tier?: string | null;
  parallel_tool_calls?: boolean | null;
  background?: boolean | null;
}

/** What a body may hold. */
export const responseFields: readonly string[] =
  `model input instructions max_output_tokens reasoning text tools tool_choice previous_response_id conversation
  store include background prompt_cache_options prompt_cache_key prompt_cache_retention truncation service_tier stream
  stream_options metadata parallel_tool_calls safety_identifier temperature top_p top_logprobs user max_tool_calls prompt
  context_management`.split(/\s+/);
const itemTypes = [
  'message',
  'function_call',
  'function_call_output',
  'reasoning',
  'item_reference',
  'compaction',
];
const partTypes = ['input_text', 'input_image', 'input_file', 'input_audio', 'output_text', 'refusal'];

/** Says why OpenAI would refuse this body, or null. */
export function responseRefusal(body: Record<string, unknown>): Refusal | null {
  const { model, input, tools, max_output_tokens: limit } = body;
  if (typeof model !== 'string')
    return badRequest("Missing required parameter: 'model'.", 'model', 'missing_required_parameter');
  const traits = textModels[model];
  if (traits === undefined) return unknownModel(model);
  const strange = Object.keys(body).find((name) => !responseFields.includes(name));
  if (strange !== undefined)
    return badRequest(`Unknown parameter: '${strange}'.`, strange, 'unknown_parameter');
  if (input === undefined)
    return badRequest("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  if (limit !== undefined && limit !== null && (!Number.isInteger(limit) || (limit as number) < 16)) {
    return badRequest(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${limit} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    );
  }
  for (const name of ['temperature', 'top_p']) {
    if (traits.reasons && body[name] !== undefined && body[name] !== null && body[name] !== 1) {
      return badRequest(
        `Unsupported parameter: '${name}' is not supported with this model.`,
        name,
        'unsupported_parameter',
      );
    }
  }
  const effort = (body.reasoning as ResponseRequest['reasoning'])?.effort;
  if (effort && !traits.efforts.includes(effort))
    return badRequest(
      `Unsupported value: '${effort}' is not supported with the '${model}' model.`,
      'reasoning.effort',
      'unsupported_value',
    );
  for (const [at, tool] of ((tools ?? []) as { type?: string; name?: string }[]).entries()) {
    if (tool.type === 'function' && typeof tool.name !== 'string')
      return badRequest(
        `Missing required parameter: 'tools[${at}].name'.`,
        `tools[${at}].name`,
        'missing_required_parameter',
      );
  }
  return typeof input === 'string' ? null : itemsRefusal(input);
}

/** What is wrong with the items of an input, or null. */
export function itemsRefusal(input: unknown): Refusal | null {
  if (!Array.isArray(input)) return wrongType('input', 'one of an array of objects or a string', input);
  const calls = new Set<string>();
  for (const [at, item] of (input as Item[]).entries()) {
    const type = item.type ?? 'message';
    if (!itemTypes.includes(type)) return notOneOf(`input[${at}].type`, itemTypes, type);
    if (type === 'function_call') calls.add(String(item.call_id));
    if (type === 'function_call_output' && !calls.has(String(item.call_id))) {
      return badRequest(`No tool call found for function call output with call_id ${item.call_id}.`, 'input');
    }
    if (type !== 'message') continue;
    if (!['user', 'assistant', 'system', 'developer'].includes(String(item.role)))
      return notOneOf(`input[${at}].role`, ['assistant', 'system', 'developer', 'user'], item.role);
    if (typeof item.content === 'string') continue;
    if (!Array.isArray(item.content))
      return wrongType(`input[${at}].content`, 'one of an array of objects or a string', item.content);
    const wrong = item.content.find((part) => !partTypes.includes(part?.type));
    if (wrong !== undefined) return notOneOf(`input[${at}].content[0].type`, partTypes, wrong?.type);
  }
  return null;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part) => part?.text ?? '').join('\n') : '';
}

const itemsOf = ({ input }: ResponseRequest): Item[] =>
  typeof input === 'string' ? [{ role: 'user', content: input }] : input;

/** The last thing a person said. */
export function promptOf(request: ResponseRequest): string {
  return textOf(itemsOf(request).findLast(({ role }) => role === 'user')?.content);
}

export function toolAnswerOf(request: ResponseRequest): string | undefined {
  const last = itemsOf(request).at(-1);
  if (last?.type !== 'function_call_output') return undefined;
  return typeof last.output === 'string' ? last.output : textOf(last.output);
}

export function wholePrompt(request: ResponseRequest): string {
  return [request.instructions ?? '', ...itemsOf(request).map(({ content }) => textOf(content))].join('\n');
}

export function countInput(request: ResponseRequest): number {
  let tokens =
    3 +
    countTokens(request.instructions ?? '') +
    (request.tools ? countTokens(JSON.stringify(request.tools)) : 0);
  for (const item of itemsOf(request)) {
    tokens += 3 + countTokens(textOf(item.content));
    if (item.type === 'function_call' || item.type === 'function_call_output')
      tokens += countTokens(JSON.stringify(item));
    if (!Array.isArray(item.content)) continue;
    for (const part of item.content) {
      if (part?.type === 'input_image') tokens += 765;
      else if (part?.type === 'input_file') tokens += 1500;
    }
  }
  return tokens;
}
