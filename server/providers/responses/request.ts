import { allowedTools, forcedTool, partsOf, wordsOf } from '../dialect.ts';
import { defined } from '../input-files.ts';
import type { Call } from '../provider.ts';
import type { TextMessage, TextParams, TextPart } from '../text-params.ts';
import { withReasoning } from './reasoning-items.ts';

type Item = Record<string, unknown>;

/** A call in the common dialect as a body of `POST /responses`. Nothing is kept there; `format` names whose sealed reasoning goes back. */
export function responseBody(call: Call, format: string): Record<string, unknown> {
  const params = call.params as TextParams;
  const { reasoning_effort: effort, response_format, verbosity } = params;
  const text = defined({ format: formatOf(response_format), verbosity });
  return defined({
    model: call.upstreamModel,
    input: params.messages.flatMap((message) => itemsOf(message, format, call.upstreamModel)),
    stream: true,
    store: false,
    // Kept with the answer, and sent back with the next turn.
    include: ['reasoning.encrypted_content'],
    safety_identifier: call.memberHash,
    max_output_tokens: params.max_completion_tokens,
    temperature: params.temperature,
    top_p: params.top_p,
    reasoning: effort === undefined ? undefined : { effort, summary: 'auto' },
    text: Object.keys(text).length === 0 ? undefined : text,
    // Strict by itself there, and not in the format that callers know.
    tools: params.tools?.map(({ function: { name, description, parameters, strict } }) =>
      defined({
        type: 'function',
        name,
        description,
        parameters: parameters ?? { type: 'object', properties: {} },
        strict: strict ?? false,
      }),
    ),
    tool_choice: choiceOf(params.tool_choice),
    parallel_tool_calls: params.parallel_tool_calls,
    prompt_cache_key: params.prompt_cache_key,
    prompt_cache_options: params.prompt_cache_options,
  });
}

/** The schema stands flat there. */
function formatOf(format: TextParams['response_format']): Item | undefined {
  if (format?.json_schema === undefined) return format;
  const { name, schema, strict } = format.json_schema;
  return { type: 'json_schema', name, schema, strict: strict ?? false };
}

/** The names stand flat there too. */
function choiceOf(choice: unknown): unknown {
  const name = forcedTool(choice);
  if (name !== undefined) return { type: 'function', name };
  const allowed = allowedTools(choice);
  return allowed === undefined
    ? choice
    : {
        type: 'allowed_tools',
        mode: allowed.mode,
        tools: allowed.names.map((each) => ({ type: 'function', name: each })),
      };
}

function itemsOf(message: TextMessage, format: string, model: string): Item[] {
  if (message.role === 'tool')
    return [{ type: 'function_call_output', call_id: message.tool_call_id, output: wordsOf(message) }];
  const content = partsOf(message).flatMap((part) => contentOf(part, message.role === 'assistant'));
  const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: text } }) => ({
    type: 'function_call',
    call_id: id,
    name,
    arguments: text,
  }));
  const items = [...(content.length === 0 ? [] : [{ role: message.role, content }]), ...calls];
  return message.role === 'assistant' ? withReasoning(message, format, model, items) : items;
}

function contentOf(part: TextPart, said: boolean): Item[] {
  switch (part.type) {
    case 'text':
      return [{ type: said ? 'output_text' : 'input_text', text: part.text, ...breakpointOf(part) }];
    case 'image_url':
      return [
        {
          type: 'input_image',
          image_url: part.image_url.url,
          detail: part.image_url.detail ?? 'auto',
          ...breakpointOf(part),
        },
      ];
    case 'file':
      return [
        {
          type: 'input_file',
          filename: part.file.filename,
          file_data: part.file.file_data,
          ...breakpointOf(part),
        },
      ];
    case 'input_audio':
      return [{ type: 'input_audio', input_audio: part.input_audio }];
    default:
      return []; // a refusal of an earlier turn is better left out
  }
}

/** Where the caller's cache may end. */
function breakpointOf(part: TextPart): Item {
  const { prompt_cache_breakpoint: mark } = part as { prompt_cache_breakpoint?: unknown };
  return mark === undefined ? {} : { prompt_cache_breakpoint: mark };
}
