import { createHash } from 'node:crypto';
import {
  allowedTools,
  argumentsOf,
  dataUrl,
  forcedTool,
  instructionsOf,
  isInstruction,
  partsOf,
  stopsOf,
  wordsOf,
} from '../dialect.ts';
import { defined } from '../input-files.ts';
import type { Call } from '../provider.ts';
import type { TextMessage, TextParams, TextPart } from '../text-params.ts';
import { cacheControlOf, markOf } from './cache.ts';
import { schemaForAnthropic } from './schema.ts';
import { lacksThought, withThoughts } from './thoughts.ts';

type Block = Record<string, unknown>;
interface Turn {
  role: 'user' | 'assistant';
  content: Block[];
}

/** Models that think unless told otherwise; their thoughts come as text only when asked for in this way. */
const THINKS_BY_ITSELF = /^claude-(fable|opus|sonnet|haiku)-5/;

/** A call in the common dialect as a body of `POST /v1/messages`. */
export function messageBody(call: Call): Record<string, unknown> {
  const params = call.params as TextParams & {
    thinking?: string;
    thinking_budget?: number;
    top_k?: number;
    inference_geo?: string;
  };
  const turns = turnsOf(params.messages, call.upstreamModel);
  return defined({
    model: call.upstreamModel,
    max_tokens: params.max_completion_tokens ?? 8192,
    stream: true,
    messages: turns,
    system: systemOf(params.messages),
    metadata: { user_id: call.memberHash },
    stop_sequences: stopsOf(params.stop),
    thinking: thinkingOf(call.upstreamModel, params, turns),
    output_config: outputOf(params),
    tools: toolsIn(params)?.map(({ function: { name, description, parameters, strict } }) =>
      defined({
        name,
        description,
        input_schema: strict
          ? schemaForAnthropic(parameters)
          : (parameters ?? { type: 'object', properties: {} }),
        strict: strict === true ? true : undefined,
      }),
    ),
    tool_choice: toolChoiceOf(params),
    inference_geo: params.inference_geo,
    cache_control: cacheControlOf(params),
    ...samplingOf(params),
  });
}

/** One text; in blocks, where a part of it says that the cache may end there. */
function systemOf(messages: TextMessage[]): string | Block[] | undefined {
  const blocks = messages.filter(isInstruction).flatMap(partsOf).flatMap(blocksOf);
  if (blocks.some((block) => block.cache_control !== undefined)) return blocks;
  return instructionsOf(messages) || undefined;
}

/** Only where a model takes another value than its own; the current API version knows these fields no more. */
export function samplingOf({ temperature, top_p, top_k }: TextParams & { top_k?: unknown }): Block {
  return defined({ temperature: temperature === 1 ? undefined : temperature, top_p, top_k });
}

function thinkingOf(
  model: string,
  {
    thinking,
    thinking_budget,
    reasoning_effort,
  }: TextParams & { thinking?: string; thinking_budget?: number },
  turns: Turn[],
): Block | undefined {
  // Told to think, the early models refuse calls of theirs that come back without the thought before them.
  if (thinking_budget !== undefined && lacksThought(turns)) return undefined;
  if (thinking_budget !== undefined) return { type: 'enabled', budget_tokens: thinking_budget };
  // The word for «off» of the one model that calls it otherwise.
  if (thinking === 'disabled' || reasoning_effort === 'none')
    return { type: model.startsWith('claude-sonnet-5-5') ? 'between_tools' : 'disabled' };
  if (thinking === 'adaptive' || THINKS_BY_ITSELF.test(model))
    return { type: 'adaptive', display: 'summarized' };
  return undefined;
}

function outputOf({ reasoning_effort: effort, response_format: format }: TextParams): Block | undefined {
  const schema = format?.json_schema?.schema;
  const output = defined({
    effort: effort === 'none' ? undefined : effort === 'minimal' ? 'low' : effort,
    format: schema === undefined ? undefined : { type: 'json_schema', schema: schemaForAnthropic(schema) },
  });
  return Object.keys(output).length === 0 ? undefined : output;
}

/** There a choice cannot narrow the tools down: only those that may be called are sent. */
function toolsIn({ tools, tool_choice }: TextParams): TextParams['tools'] {
  const allowed = allowedTools(tool_choice)?.names;
  return allowed === undefined ? tools : tools?.filter(({ function: { name } }) => allowed.includes(name));
}

function toolChoiceOf({ tools, tool_choice: choice, parallel_tool_calls }: TextParams): Block | undefined {
  if (tools === undefined || tools.length === 0) return undefined;
  const name = forcedTool(choice);
  const allowed = allowedTools(choice);
  const single = parallel_tool_calls === false ? { disable_parallel_tool_use: true } : {};
  if (name !== undefined) return { type: 'tool', name, ...single };
  if (choice === 'none') return { type: 'none' };
  if (choice === 'required' || allowed?.mode === 'required') return { type: 'any', ...single };
  return parallel_tool_calls === false ? { type: 'auto', ...single } : undefined;
}

/** Turns alternate there: neighbours of one role are joined, and results come first in the turn after their calls. */
function turnsOf(messages: TextMessage[], model: string): Turn[] {
  const turns: Turn[] = [];
  const add = (role: Turn['role'], content: Block[]) => {
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  };
  for (const message of messages) {
    if (isInstruction(message)) continue;
    if (message.role === 'tool') add('user', [resultOf(message)]);
    else if (message.role === 'assistant')
      add(
        'assistant',
        withThoughts(message, model, [...partsOf(message).flatMap(blocksOf), ...callsOf(message)]),
      );
    else add('user', partsOf(message).flatMap(blocksOf));
  }
  if (turns[0]?.role !== 'user')
    turns.unshift({ role: 'user', content: [{ type: 'text', text: 'Continue.' }] });
  return withEveryResult(turns);
}

/** A call without its result is answered with 400 there: so it gets one that says so. */
function withEveryResult(turns: Turn[]): Turn[] {
  return turns.map((turn, at) => {
    if (turn.role !== 'user') return turn;
    const calls = (turns[at - 1]?.content ?? []).filter(({ type }) => type === 'tool_use');
    const results = turn.content.filter(({ type }) => type === 'tool_result');
    const missing = calls
      .filter(({ id }) => !results.some(({ tool_use_id }) => tool_use_id === id))
      .map(({ id }) => ({
        type: 'tool_result',
        tool_use_id: id,
        is_error: true,
        content: 'No result was provided.',
      }));
    const rest = turn.content.filter(({ type }) => type !== 'tool_result');
    return { ...turn, content: [...results, ...missing, ...rest] };
  });
}

function resultOf(message: TextMessage): Block {
  return {
    type: 'tool_result',
    tool_use_id: cleanId(message.tool_call_id ?? ''),
    content: wordsOf(message) || '(empty)',
  };
}

function callsOf({ tool_calls = [] }: TextMessage): Block[] {
  return tool_calls.map(({ id, function: { name, arguments: text } }) => ({
    type: 'tool_use',
    id: cleanId(id),
    name,
    input: argumentsOf(text),
  }));
}

/** Ids of other models' calls may hold characters, or be longer, than is allowed there. The same goes in as comes out. */
function cleanId(id: string): string {
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(id)) return id;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 10);
  return `${id.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 53)}_${hash}`;
}

function blocksOf(part: TextPart): Block[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, ...markOf(part) }];
    case 'image_url': {
      const inline = dataUrl(part.image_url.url);
      return [
        {
          type: 'image',
          source:
            inline === null
              ? { type: 'url', url: part.image_url.url }
              : { type: 'base64', media_type: inline.mediaType, data: inline.data },
          ...markOf(part),
        },
      ];
    }
    case 'file': {
      const inline = dataUrl(part.file.file_data ?? '');
      if (inline === null) return [];
      return inline.mediaType.startsWith('text/')
        ? [{ type: 'text', text: Buffer.from(inline.data, 'base64').toString('utf8'), ...markOf(part) }]
        : [
            {
              type: 'document',
              source: { type: 'base64', media_type: inline.mediaType, data: inline.data },
              ...(part.file.filename === undefined ? {} : { title: part.file.filename }),
              ...markOf(part),
            },
          ];
    }
    case 'input_audio':
      return []; // no model there hears; the catalogue takes no sound for them
    default:
      return []; // a refusal of an earlier turn is better left out
  }
}
