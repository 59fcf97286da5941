import type { z } from 'zod';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { ReasoningDetail, TextMessage, TextPart } from '#server/providers/text-params.ts';
import { textModelOf } from './chat-request.ts';
import {
  type Fitted,
  fieldOf,
  fitBudget,
  fitHints,
  fitNoThought,
  isStrict,
  nearestEffort,
  refuseMedia,
} from './fit.ts';
import type { AskedMessages, MessageBlock, MessagesRequest } from './messages-schema.ts';
import { ApiError } from './openai-errors.ts';
import { unwrapSealed } from './sealed.ts';

/** A request of `/v1/messages` in the common dialect; fields that no answer depends on may be ignored, and are named. */
export function fromMessages(parts: Parts, asked: MessagesRequest): Fitted {
  const model = textModelOf(parts, asked.model);
  const thinking = thinkingOf(model, asked);
  const hints = fitHints(model, asked);
  const cached = asked.cache_control != null && fieldOf(model, 'cache_control') !== undefined;
  const geo = asked.inference_geo ?? undefined;
  const params = {
    model: model.id,
    messages: messagesOf(model, asked),
    max_completion_tokens: asked.max_tokens,
    stop: asked.stop_sequences?.length ? asked.stop_sequences : undefined,
    ...toolsOf(asked),
    response_format:
      asked.output_config?.format == null
        ? undefined
        : {
            type: 'json_schema',
            json_schema: {
              name: 'answer',
              schema: asked.output_config.format.schema,
              strict: isStrict(asked.output_config.format.schema),
            },
          },
    cache_control: cached ? asked.cache_control : undefined,
    // Said elsewhere, it is the usual place, and no field.
    inference_geo: geo === 'global' && fieldOf(model, 'inference_geo') === undefined ? undefined : geo,
    mluen: asked.mluen,
    ...thinking.params,
    ...hints.params,
  };
  return {
    params: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)),
    ignored: [
      ...thinking.ignored,
      ...hints.ignored,
      ...(['context_management', 'diagnostics'] as const).filter((name) => asked[name] != null),
    ],
  };
}

/** Refuses what does not fit, in Anthropic's words: the place, and what is wrong there. */
export function checkedAs<T>(schema: z.ZodType<T>, body: Record<string, unknown>): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : undefined;
  const missing =
    issue?.code === 'invalid_type' && valueAt(body, issue.path) === undefined ? 'Field required' : undefined;
  const place = (unknown ?? issue?.path ?? []).join('.');
  throw new ApiError(
    400,
    'invalid_request_error',
    'invalid_value',
    `${place}: ${unknown ? 'This field is not offered here.' : (missing ?? issue?.message ?? 'not valid')}`,
    { param: place },
  );
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], body);
}

function thinkingOf(model: CatalogueModel, { thinking, output_config }: AskedMessages): Fitted {
  const effort = output_config?.effort == null ? undefined : nearestEffort(model, output_config.effort);
  const ignored = output_config?.effort != null && effort === undefined ? ['output_config.effort'] : [];
  const asked = effort === undefined ? {} : { reasoning_effort: effort };
  switch (thinking?.type) {
    case undefined:
      return { params: asked, ignored };
    case 'enabled': {
      const fitted = fitBudget(model, thinking.budget_tokens);
      return { params: { ...fitted.params, ...asked }, ignored: [...ignored, ...fitted.ignored] };
    }
    case 'adaptive': {
      const params = fieldOf(model, 'thinking') === undefined ? {} : { thinking: 'adaptive' };
      return { params: { ...params, ...asked }, ignored };
    }
    default:
      return { params: { ...asked, ...fitNoThought(model).params }, ignored };
  }
}

function toolsOf({ tools, tool_choice: choice }: AskedMessages): Record<string, unknown> {
  if (!tools?.length) return {};
  const single = choice != null && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use;
  return {
    tools: tools.map(({ name, description, input_schema: parameters, strict }) => ({
      type: 'function',
      function: {
        name,
        ...(description === undefined ? {} : { description }),
        parameters,
        ...(strict ? { strict } : {}),
      },
    })),
    ...(single ? { parallel_tool_calls: false } : {}),
    tool_choice:
      choice?.type === 'tool'
        ? { type: 'function', function: { name: choice.name } }
        : choice?.type === 'any'
          ? 'required'
          : choice?.type === 'none'
            ? 'none'
            : undefined,
  };
}

/** All turns, with the instructions before them. */
export function messagesOf(model: CatalogueModel, { system, messages }: AskedMessages): TextMessage[] {
  const last = messages.at(-1);
  if (last?.role === 'assistant' && model.providerId !== 'anthropic')
    throw new ApiError(
      400,
      'invalid_request_error',
      'unsupported_value',
      'This model does not continue an assistant turn. The conversation must end with a user message.',
      { param: 'messages' },
    );
  const instruction = typeof system === 'string' ? [{ type: 'text' as const, text: system }] : (system ?? []);
  return [
    ...(instruction.some(({ text }) => text !== '')
      ? [{ role: 'system' as const, content: instruction.map(textPart) }]
      : []),
    ...messages.flatMap(({ role, content }, at) => {
      const blocks: MessageBlock[] =
        typeof content === 'string' ? [{ type: 'text', text: content }] : content;
      if (role === 'assistant') return [assistantOf(model, blocks, at)];
      if (role === 'system') return [{ role, content: blocks.flatMap((block) => partsOf(model, block, at)) }];
      return userOf(model, blocks, at);
    }),
  ];
}

/** Results come first, each a message of its own; pictures among them follow as the person's, as there is no other place. */
function userOf(model: CatalogueModel, blocks: MessageBlock[], at: number): TextMessage[] {
  const results: TextMessage[] = [];
  const parts: TextPart[] = [];
  for (const block of blocks) {
    if (block.type !== 'tool_result') {
      parts.push(...partsOf(model, block, at));
      continue;
    }
    const inside: MessageBlock[] =
      typeof block.content === 'string' ? [{ type: 'text', text: block.content }] : (block.content ?? []);
    const told = inside.flatMap((each) => partsOf(model, each, at));
    const words = told.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    results.push({
      role: 'tool',
      tool_call_id: block.tool_use_id,
      content: block.is_error ? `Error: ${words}` : words,
    });
    parts.push(...told.filter(({ type }) => type !== 'text'));
  }
  return parts.length === 0 ? results : [...results, { role: 'user', content: parts }];
}

function assistantOf(model: CatalogueModel, blocks: MessageBlock[], at: number): TextMessage {
  const details: ReasoningDetail[] = [];
  const parts: TextPart[] = [];
  const calls: NonNullable<TextMessage['tool_calls']> = [];
  for (const [index, block] of blocks.entries()) {
    if (block.type === 'tool_use')
      calls.push({
        id: block.id,
        type: 'function',
        function: { name: block.name, arguments: JSON.stringify(block.input) },
      });
    else if (block.type === 'thinking' || block.type === 'redacted_thinking')
      details.push(...sealedOf(model, block, index));
    else parts.push(...partsOf(model, block, at));
  }
  return {
    role: 'assistant',
    content: parts.length === 0 ? null : parts,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
}

/** A thought of ours says who had it; one that came from Anthropic directly is believed to be the asked model's. */
function sealedOf(
  model: CatalogueModel,
  block: Extract<MessageBlock, { type: 'thinking' | 'redacted_thinking' }>,
  index: number,
): ReasoningDetail[] {
  const word = block.type === 'thinking' ? block.signature : block.data;
  const own = unwrapSealed(word);
  if (own !== null)
    return [
      block.type === 'thinking' && own.type === 'reasoning.text' ? { ...own, text: block.thinking } : own,
    ];
  if (model.providerId !== 'anthropic' || word === '') return [];
  const common = { format: 'anthropic-claude-v1', model: model.upstream, index };
  return block.type === 'thinking'
    ? [{ ...common, type: 'reasoning.text', text: block.thinking, signature: word }]
    : [{ ...common, type: 'reasoning.encrypted', data: word }];
}

function textPart({ text, cache_control: mark }: { text: string; cache_control?: unknown }): TextPart {
  return marked({ type: 'text', text }, { cache_control: mark });
}

function partsOf(model: CatalogueModel, block: MessageBlock, at: number): TextPart[] {
  const place = `messages.${at}.content`;
  switch (block.type) {
    case 'text':
      return [textPart(block)];
    case 'image': {
      refuseMedia(model, block.source.type === 'base64' ? block.source.media_type : 'image/*', place);
      const url =
        block.source.type === 'url'
          ? block.source.url
          : `data:${block.source.media_type};base64,${block.source.data}`;
      return [marked({ type: 'image_url', image_url: { url } }, block)];
    }
    case 'document':
      return documentOf(model, block, place);
    default:
      throw new ApiError(
        400,
        'invalid_request_error',
        'invalid_value',
        `${place}: A block of type ${block.type} cannot stand here.`,
        { param: place },
      );
  }
}

function documentOf(
  model: CatalogueModel,
  block: Extract<MessageBlock, { type: 'document' }>,
  place: string,
): TextPart[] {
  const { source, title, context } = block;
  const about = [title, context].filter((words) => words != null && words !== '').join('\n');
  if (source.type === 'base64') {
    refuseMedia(model, source.media_type, place);
    const file = {
      filename: title?.slice(0, 255) ?? 'document.pdf',
      file_data: `data:application/pdf;base64,${source.data}`,
    };
    return [
      ...(context == null || context === '' ? [] : [{ type: 'text' as const, text: context }]),
      marked({ type: 'file', file }, block),
    ];
  }
  const words =
    source.type === 'text'
      ? source.data
      : typeof source.content === 'string'
        ? source.content
        : source.content.map(({ text }) => text).join('\n');
  return [
    textPart({ text: about === '' ? words : `${about}\n\n${words}`, cache_control: block.cache_control }),
  ];
}

function marked(part: TextPart, { cache_control: mark }: { cache_control?: unknown }): TextPart {
  return mark == null ? part : Object.assign(part, { cache_control: mark });
}
