import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { ReasoningDetail, TextMessage, TextPart } from '#server/providers/text-params.ts';
import { textModelOf } from './chat-request.ts';
import { type Fitted, fieldOf, fitHints, fitNoThought, isStrict, nearestEffort, refuseMedia } from './fit.ts';
import type { ResponsesItem, ResponsesPart, ResponsesRequest } from './responses-schema.ts';
import { unwrapSealed } from './sealed.ts';

/** A request of `/v1/responses` in the common dialect; what no answer depends on may be ignored, and is named. */
export function fromResponses(parts: Parts, asked: ResponsesRequest): Fitted {
  const model = textModelOf(parts, asked.model);
  const thinking = thinkingOf(model, asked.reasoning?.effort ?? undefined);
  const hints = fitHints(model, asked);
  const optional = Object.fromEntries(
    Object.entries({ verbosity: asked.text?.verbosity, prompt_cache_key: asked.prompt_cache_key }).filter(
      ([name, value]) => value != null && fieldOf(model, name) !== undefined,
    ),
  );
  const params = {
    model: model.id,
    messages: [
      ...(asked.instructions ? [{ role: 'system', content: asked.instructions }] : []),
      ...messagesOf(model, asked.input),
    ],
    max_completion_tokens: asked.max_output_tokens ?? undefined,
    response_format: formatOf(asked.text?.format),
    ...toolsOf(asked),
    ...optional,
    ...thinking.params,
    ...hints.params,
    mluen: asked.mluen,
  };
  const unheard = asked.text?.verbosity != null && optional.verbosity === undefined ? ['text.verbosity'] : [];
  return {
    params: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)),
    ignored: [...thinking.ignored, ...hints.ignored, ...unheard],
  };
}

function thinkingOf(model: CatalogueModel, wanted: string | undefined): Fitted {
  if (wanted === undefined) return { params: {}, ignored: [] };
  const effort = nearestEffort(model, wanted);
  if (effort !== undefined) return { params: { reasoning_effort: effort }, ignored: [] };
  if (wanted === 'none') return fitNoThought(model);
  if (fieldOf(model, 'enable_thinking') !== undefined)
    return { params: { enable_thinking: true }, ignored: [] };
  return { params: {}, ignored: ['reasoning.effort'] };
}

/** The schema stands flat in this dialect, and the names of tools too. */
function formatOf(format: NonNullable<ResponsesRequest['text']>['format']) {
  if (format == null || format.type !== 'json_schema') return format ?? undefined;
  const { name, schema, description, strict } = format;
  return {
    type: 'json_schema',
    json_schema: { name, schema, ...(description == null ? {} : { description }), strict: strict ?? false },
  };
}

function toolsOf({
  tools,
  tool_choice: choice,
  parallel_tool_calls,
}: ResponsesRequest): Record<string, unknown> {
  if (!tools?.length) return {};
  const named = ({ name }: { name: string }) => ({ type: 'function', function: { name } });
  return {
    tools: tools.map(({ name, description, parameters, strict }) => ({
      type: 'function',
      function: {
        name,
        ...(description == null ? {} : { description }),
        ...(parameters == null ? {} : { parameters }),
        // Strict unless told otherwise, as this dialect has it.
        ...(strict === false || parameters == null ? {} : { strict: strict ?? isStrict(parameters) }),
      },
    })),
    ...(parallel_tool_calls == null ? {} : { parallel_tool_calls }),
    tool_choice:
      choice == null || choice === 'auto'
        ? undefined
        : typeof choice === 'string'
          ? choice
          : choice.type === 'function'
            ? named(choice)
            : {
                type: 'allowed_tools',
                allowed_tools: { mode: choice.mode, tools: choice.tools.map(named) },
              },
  };
}

/** Items one after the other become turns: what the model thought, said and called between two of ours is one. */
function messagesOf(model: CatalogueModel, input: ResponsesRequest['input']): TextMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  const messages: TextMessage[] = [];
  let turn: Turn | null = null;
  const close = () => {
    if (turn !== null) messages.push(...turn.messages());
    turn = null;
  };
  for (const [at, item] of input.entries()) {
    if (isOfModel(item)) {
      turn ??= new Turn(model, at);
      turn.add(item);
      continue;
    }
    close();
    messages.push(...messagesOfItem(model, item, at));
  }
  close();
  return messages;
}

type OfModel = Exclude<ResponsesItem, { type: 'function_call_output' }>;

function isOfModel(item: ResponsesItem): item is OfModel {
  return (
    item.type === 'function_call' ||
    item.type === 'reasoning' ||
    ('role' in item && item.role === 'assistant')
  );
}

/** One answer of the model, from its items. */
class Turn {
  readonly #model: CatalogueModel;
  readonly #at: number;
  readonly #content: TextPart[] = [];
  readonly #calls: NonNullable<TextMessage['tool_calls']> = [];
  readonly #details: ReasoningDetail[] = [];
  #place = 0;

  constructor(model: CatalogueModel, at: number) {
    this.#model = model;
    this.#at = at;
  }

  add(item: OfModel): void {
    if (item.type === 'function_call')
      this.#calls.push({
        id: item.call_id,
        type: 'function',
        function: { name: item.name, arguments: item.arguments },
      });
    else if (item.type === 'reasoning') this.#details.push(...sealedOf(this.#model, item, this.#place));
    else this.#content.push(...contentOf(this.#model, item.content, this.#at));
    this.#place += 1;
  }

  messages(): TextMessage[] {
    if (this.#content.length === 0 && this.#calls.length === 0) return [];
    return [
      {
        role: 'assistant',
        content: this.#content.length === 0 ? null : this.#content,
        ...(this.#calls.length === 0 ? {} : { tool_calls: this.#calls }),
        ...(this.#details.length === 0 ? {} : { reasoning_details: this.#details }),
      },
    ];
  }
}

/** A thought of ours says who had it; one that came from OpenAI directly is believed to be the asked model's. */
function sealedOf(
  { providerId, upstream }: CatalogueModel,
  { id, summary, encrypted_content: word }: Extract<ResponsesItem, { type: 'reasoning' }>,
  place: number,
): ReasoningDetail[] {
  if (word == null || word === '') return [];
  const own = unwrapSealed(word);
  if (own === null && providerId !== 'openai') return [];
  const detail: ReasoningDetail = own ?? {
    type: 'reasoning.encrypted',
    format: 'openai-responses-v1',
    model: upstream,
    index: place,
    data: word,
    ...(id == null ? {} : { id }),
  };
  const { format, model, index, id: itsId } = detail;
  const summaries = detail.type === 'reasoning.encrypted' ? summary : [];
  return [
    ...summaries.map(({ text }) => ({
      type: 'reasoning.summary' as const,
      format,
      model,
      index,
      ...(itsId === undefined ? {} : { id: itsId }),
      summary: text,
    })),
    detail,
  ];
}

function messagesOfItem(
  model: CatalogueModel,
  item: Exclude<ResponsesItem, { type: 'reasoning' }>,
  at: number,
): TextMessage[] {
  if (item.type === 'function_call') return [];
  if (item.type !== 'function_call_output')
    return [{ role: item.role, content: contentOf(model, item.content, at) }];
  if (typeof item.output === 'string')
    return [{ role: 'tool', tool_call_id: item.call_id, content: item.output }];
  const told = contentOf(model, item.output, at);
  const words = told.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  const rest = told.filter(({ type }) => type !== 'text');
  return [
    { role: 'tool', tool_call_id: item.call_id, content: words },
    ...(rest.length === 0 ? [] : [{ role: 'user' as const, content: rest }]),
  ];
}

function contentOf(model: CatalogueModel, content: string | ResponsesPart[], at: number): TextPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.flatMap((part): TextPart[] => {
    switch (part.type) {
      case 'input_text':
      case 'output_text':
        return [{ type: 'text', text: part.text }];
      case 'input_image':
        refuseMedia(model, /^data:([^;,]+)/.exec(part.image_url)?.[1] ?? 'image/*', `input.${at}.content`);
        return [
          {
            type: 'image_url',
            image_url: { url: part.image_url, ...(part.detail == null ? {} : { detail: part.detail }) },
          },
        ];
      case 'input_file': {
        refuseMedia(model, /^data:([^;,]+)/.exec(part.file_data)?.[1] ?? 'a file', `input.${at}.content`);
        return [{ type: 'file', file: { filename: part.filename ?? 'file', file_data: part.file_data } }];
      }
      case 'input_audio':
        return [part];
      case 'refusal':
        return []; // a refusal of an earlier turn is better left out
      default:
        part satisfies never;
        return [];
    }
  });
}
