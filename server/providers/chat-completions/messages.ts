import { sealedFor } from '../sealed-reasoning.ts';
import type { ReasoningDetail, TextMessage, TextPart } from '../text-params.ts';
import type { Delta } from './wire.ts';

/**
 * What a host wants back of earlier reasoning: its `reasoning_details` unchanged, the words as `reasoning_content`, or
 * nothing, which most of them refuse or ignore.
 */
export type ReasoningBack = 'details' | 'words';

/** How a host wants to be told where its cache may end; most find out by themselves. */
export type CacheMark = 'cache_control' | 'prompt_cache_breakpoint';

const MARKS: CacheMark[] = ['cache_control', 'prompt_cache_breakpoint'];
const WORDS = 'reasoning-content-v1';

/** Fields that clients send back with an answer and that no host takes in a request. */
const ANSWER_ONLY = ['annotations', 'reasoning', 'extra_content', 'generation_id'] as const;
const NULL_ONLY = ['audio', 'function_call', 'refusal'] as const;

/** Messages as a host takes them: what only an answer has is left out, and reasoning goes back where it is wanted. */
export function messagesFor(
  messages: readonly TextMessage[],
  model: string,
  wants: { reasoningBack?: ReasoningBack; cacheMark?: CacheMark },
): TextMessage[] {
  return messages.map((given) => {
    const message = withMarks(given, wants.cacheMark);
    return message.role === 'assistant' ? answerFor(message, model, wants.reasoningBack) : message;
  });
}

/** Parts with the one mark that the host knows. */
function withMarks(message: TextMessage, mark: CacheMark | undefined): TextMessage {
  const { content } = message;
  if (!Array.isArray(content)) return message; // most are words alone, on a path that must be short
  const others = MARKS.filter((name) => name !== mark);
  if (!content.some((part) => others.some((name) => name in part))) return message;
  return {
    ...message,
    content: content.map((part) => {
      const kept = { ...part } as Record<string, unknown>;
      for (const name of others) delete kept[name];
      return kept as TextPart;
    }),
  };
}

function answerFor(message: TextMessage, model: string, back: ReasoningBack | undefined): TextMessage {
  const { reasoning_details: details, reasoning_content: words, ...rest } = message;
  const kept = rest as Record<string, unknown>;
  for (const name of ANSWER_ONLY) delete kept[name];
  for (const name of NULL_ONLY) if (kept[name] === null) delete kept[name];
  const cleaned: TextMessage = {
    ...rest,
    ...(message.tool_calls && { tool_calls: message.tool_calls.map(callFor) }),
  };
  if (back === 'details') {
    // What came by us names its model; what came from the host itself does not, and is its own business.
    const own = details?.filter((detail) => detail.model === undefined || detail.model === model);
    return own === undefined || own.length === 0 ? cleaned : { ...cleaned, reasoning_details: own };
  }
  if (back === undefined) return cleaned;
  const recalled = sealedFor(message, WORDS, model)
    .map(({ text }) => text ?? '')
    .join('');
  return { ...cleaned, reasoning_content: words ?? recalled };
}

function callFor({
  id,
  type,
  function: called,
}: NonNullable<TextMessage['tool_calls']>[number]): NonNullable<TextMessage['tool_calls']>[number] {
  return { id, type, function: called };
}

/** Gathers what goes back later from the pieces of a stream. */
export class Gathered {
  readonly #model: string;
  readonly #back: ReasoningBack | undefined;
  readonly #details = new Map<string, ReasoningDetail>();
  #words = '';

  constructor(model: string, back: ReasoningBack | undefined) {
    this.#model = model;
    this.#back = back;
  }

  take({ reasoning_details: details }: Delta, words: string | null | undefined): void {
    if (this.#back === 'words') this.#words += words ?? '';
    if (this.#back !== 'details') return;
    for (const [at, piece] of (details ?? []).entries()) {
      const index = piece.index ?? at;
      const key = `${piece.type} ${index}`;
      const known = this.#details.get(key);
      this.#details.set(key, {
        ...known,
        type: piece.type as ReasoningDetail['type'],
        format: piece.format ?? known?.format ?? 'unknown',
        model: this.#model,
        index,
        ...joined('text', known?.text, piece.text),
        ...joined('summary', known?.summary, piece.summary),
        ...joined('data', known?.data, piece.data),
        ...(piece.signature == null ? {} : { signature: piece.signature }),
        ...(piece.id == null ? {} : { id: piece.id }),
      });
    }
  }

  details(): ReasoningDetail[] {
    if (this.#words !== '')
      return [{ type: 'reasoning.text', format: WORDS, model: this.#model, index: 0, text: this.#words }];
    return [...this.#details.values()];
  }
}

function joined<Name extends string>(
  name: Name,
  before: string | undefined,
  more: string | null | undefined,
): Partial<Record<Name, string>> {
  return more == null ? {} : ({ [name]: (before ?? '') + more } as Partial<Record<Name, string>>);
}
