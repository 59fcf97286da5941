import type { ServerResponse } from 'node:http';
import { argumentsOf } from '#server/providers/dialect.ts';
import type { TextEvent } from '#server/providers/provider.ts';
import type { ReasoningDetail } from '#server/providers/text-params.ts';
import { addFragment, type ToolCall } from '#server/providers/tool-calls.ts';
import { beginStream } from './begin-stream.ts';
import { countsOf, promptOf } from './counts.ts';
import { balanceAfter, moneyHeaders } from './finish.ts';
import { refuseAsGemini } from './gemini-errors.ts';
import { type AnswerWriter, type Cost, type Dialect, type End, type HeldCall, put } from './held-call.ts';
import { type ApiError, usd } from './openai-errors.ts';
import { wrapSealed } from './sealed.ts';

/** How one caller asked to be answered. */
export interface GeminiWish {
  /** The name that was asked for. */
  model: string;
  form: 'whole' | 'events' | 'array';
  includeThoughts: boolean;
  /** Fields that the model could not take. */
  ignored: readonly string[];
}

type Part = Record<string, unknown>;

export function geminiDialect(wish: GeminiWish): Dialect {
  return {
    writer: (call) =>
      wish.form === 'whole' ? createWholeWriter(call, wish) : createStreamWriter(call, wish),
    refuse: (response, error, headers) => refuse(response, error, headers, wish),
  };
}

/** What a provider's rules decline is an answer here, without a candidate. */
function refuse(
  response: ServerResponse,
  error: ApiError,
  headers: Record<string, string> = {},
  { model, form }: GeminiWish,
) {
  if (error.code !== 'content_policy_violation') return refuseAsGemini(response, error, headers);
  const body = JSON.stringify({
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT', safetyRatings: [] },
    usageMetadata: { promptTokenCount: 0, totalTokenCount: 0 },
    modelVersion: model,
  });
  response.writeHead(200, { 'content-type': typeOf(form), ...headers });
  response.end(form === 'whole' ? body : form === 'array' ? `[${body}]` : `data: ${body}\r\n\r\n`);
}

const typeOf = (form: GeminiWish['form']): string =>
  form === 'events' ? 'text/event-stream' : 'application/json; charset=UTF-8';

function createWholeWriter(call: HeldCall, wish: GeminiWish): AnswerWriter {
  const gathering = new Gathering(wish);
  const parts: Part[] = [];
  return {
    began: () => call.response.headersSent,
    event: (event) => void parts.push(...gathering.take(event)),
    end(cost, end) {
      const content = { role: 'model', parts: joined([...parts, ...gathering.rest()]) };
      const body = JSON.stringify(chunkOf(call, wish, content, { cost, end }));
      call.response.writeHead(200, {
        'content-type': typeOf('whole'),
        'content-length': Buffer.byteLength(body),
        ...ignoredHeader(wish),
        ...moneyHeaders(call, cost),
      });
      put(call, body);
      call.response.end();
    },
    fail: () => call.response.destroy(),
  };
}

function createStreamWriter(call: HeldCall, wish: GeminiWish): AnswerWriter {
  const { response } = call;
  const gathering = new Gathering(wish);
  const isArray = wish.form === 'array';
  let began = false;
  let first = true;
  const write = (value: object) => {
    put(
      call,
      isArray ? `${first ? '[' : ',\r\n'}${JSON.stringify(value)}` : `data: ${JSON.stringify(value)}\r\n\r\n`,
    );
    first = false;
  };
  const begin = () => {
    began = true;
    beginStream(call, { 'content-type': typeOf(wish.form), ...ignoredHeader(wish) });
  };
  return {
    began: () => began,
    event(event) {
      if (!began) begin();
      const parts = gathering.take(event);
      if (parts.length > 0) write(chunkOf(call, wish, { role: 'model', parts }));
    },
    end(cost, end) {
      // A comment, which every client skips: the price of a stream is known only at its end. JSON has none.
      if (!isArray)
        put(
          call,
          `: x-mluen-cost=${usd(cost.chargeMicro)} x-mluen-balance=${usd(balanceAfter(call, cost))}\r\n\r\n`,
        );
      const rest = gathering.rest();
      write(
        chunkOf(call, wish, { role: 'model', parts: rest.length > 0 ? rest : [{ text: '' }] }, { cost, end }),
      );
      if (isArray) put(call, ']');
      response.end();
    },
    fail(message) {
      if (response.destroyed || response.writableEnded) return;
      write({ error: { code: 500, message, status: 'INTERNAL' } });
      if (isArray) put(call, ']');
      response.end();
    },
  };
}

/** Words go on as they come; calls are told whole, each with the signature that stands on it. */
class Gathering {
  readonly #calls: ToolCall[] = [];
  readonly #ofCalls: ReasoningDetail[] = [];
  readonly #wish: GeminiWish;

  constructor(wish: GeminiWish) {
    this.#wish = wish;
  }

  take(event: TextEvent): Part[] {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return event.text === '' ? [] : [{ text: event.text }];
      case 'reasoning':
        return this.#wish.includeThoughts ? [{ text: event.text, thought: true }] : [];
      case 'tool_call':
        addFragment(this.#calls, event);
        return [];
      case 'sealed':
        return this.#seal(event.detail);
      case 'end':
        return [];
      default:
        event satisfies never;
        return [];
    }
  }

  #seal(detail: ReasoningDetail): Part[] {
    const isGoogles = detail.format === 'google-gemini-v1';
    if (isGoogles && detail.id !== undefined) {
      this.#ofCalls.push(detail);
      return [];
    }
    // Another provider's thought: a part of its own, which is no answer.
    return [{ text: '', ...(isGoogles ? {} : { thought: true }), thoughtSignature: wrapSealed(detail) }];
  }

  rest(): Part[] {
    return this.#calls.map(({ id, name, arguments: text }) => {
      const detail = this.#ofCalls.find((each) => each.id === id);
      return {
        functionCall: { ...(id === null ? {} : { id }), name: name ?? '', args: argumentsOf(text) },
        ...(detail === undefined ? {} : { thoughtSignature: wrapSealed(detail) }),
      };
    });
  }
}

/** Pieces of words become one part, as in an answer that was never in pieces. */
function joined(parts: Part[]): Part[] {
  const whole: Part[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    const isMore =
      last?.text !== undefined &&
      part.text !== undefined &&
      last.thought === part.thought &&
      last.thoughtSignature === undefined;
    if (!isMore) whole.push({ ...part });
    else {
      last.text = `${last.text}${part.text}`;
      if (part.thoughtSignature !== undefined) last.thoughtSignature = part.thoughtSignature;
    }
  }
  return whole;
}

const FINISHES: Record<End['finish'], string> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
};

function chunkOf(
  call: HeldCall,
  { model }: GeminiWish,
  content: { role: string; parts: Part[] },
  last?: { cost: Cost; end: End },
) {
  return {
    candidates: [
      { content, index: 0, ...(last === undefined ? {} : { finishReason: FINISHES[last.end.finish] }) },
    ],
    ...(last === undefined ? {} : { usageMetadata: usageOf(last.cost, last.end) }),
    modelVersion: model,
    responseId: call.id,
  };
}

/** All that came in, what of it a cache held, and what came out, with the thoughts apart. */
function usageOf(cost: Cost, end: End) {
  const counts = countsOf(cost, end);
  const { cached, output, thoughts } = counts;
  const prompt = promptOf(counts);
  return {
    promptTokenCount: prompt,
    ...(cached === 0 ? {} : { cachedContentTokenCount: cached }),
    candidatesTokenCount: output - thoughts,
    ...(thoughts === 0 ? {} : { thoughtsTokenCount: thoughts }),
    totalTokenCount: prompt + output,
  };
}

function ignoredHeader({ ignored }: GeminiWish): Record<string, string> {
  return ignored.length === 0 ? {} : { 'x-mluen-ignored': ignored.join(',') };
}
