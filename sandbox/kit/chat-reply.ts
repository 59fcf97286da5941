import type { World } from './exchange.ts';
import type { Fault } from './faults.ts';
import { Frames } from './frames.ts';
import type { PromptCache } from './prompt-cache.ts';
import { countTokens } from './tokens.ts';
import { type Answer, answerTurn, REFUSAL } from './turn.ts';

/** Chat completions as hosts other than OpenAI speak them. */
export interface ChatBody {
  model: string;
  messages: { role: string; content?: unknown; tool_calls?: unknown; tool_call_id?: string }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean } | null;
  max_tokens?: number | null;
  max_completion_tokens?: number | null;
  tools?: { type: string; function?: { name: string; parameters?: unknown } }[] | null;
  tool_choice?: unknown;
  response_format?: { type: string; json_schema?: { schema?: unknown } } | null;
  stop?: string | string[] | null;
}

export interface ChatHost {
  /** Tokens that the model thinks for, in this request. */
  thinkingTokens: number;
  maxOutputTokens: number;
  /** Where the thoughts are shown. */
  thoughtField: 'reasoning_content' | 'reasoning';
  paceMs: number;
  failureBody(status: number): unknown;
  /** Reads long prompts from a cache the second time. */
  cache?: PromptCache;
  /** How this host refuses content; without it, an answer declines in words. */
  refuseContent?(): { status: number; body: unknown };
  /** How its wire differs from OpenAI's. */
  wire?: ChatWire;
  /** What is booked, where that is not tokens. */
  bookedAs?(prompt: number, answer: { output: number; cached: number }): Record<string, number>;
  /** Details of usage beside the three sums. */
  usageDetails(
    prompt: number,
    answer: { thinking: number; output: number; cached: number },
  ): Record<string, unknown>;
}

interface ChatWire {
  /** Usage comes on the last chunk, asked for or not; `x_groq` wraps it. */
  usageOnLastChunk?: 'usage' | 'x_groq';
  /** `completion_tokens` leaves the thinking out. */
  thinkingApart?: boolean;
  /** Thoughts are a part of the content, which is then a list. */
  thoughtsInContent?: boolean;
  /** Tool calls are not cut into fragments. */
  wholeToolCalls?: boolean;
  /** The word for an answer that ended by itself. */
  stopWord?: string;
  /** Further fields of every answer and chunk. */
  extras?: Record<string, unknown>;
  /** Beginning of an answer's id. */
  idPrefix?: string;
  /** A comment line that keeps a stream open, before its first chunk. */
  comment?: string;
  /** Thoughts come as details too, in this format and under this seal. */
  details?: { format: string; seal: string };
  /** The word of the model's own host, beside the common one. */
  nativeFinish?: boolean;
}

export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('\n');
}

export function countPrompt({ messages, tools }: ChatBody): number {
  let tokens = 3 + (tools ? countTokens(JSON.stringify(tools)) : 0);
  for (const message of messages) {
    tokens +=
      4 +
      countTokens(textOf(message.content)) +
      (message.tool_calls ? countTokens(JSON.stringify(message.tool_calls)) : 0);
    if (Array.isArray(message.content))
      tokens += message.content.filter((part) => part?.type !== 'text').length * 1026;
  }
  return tokens;
}

const THOUGHT = 'The question has a plain core. First what is asked, then what is known.';
let answers = 0;

/** One answer, whole or in frames, and what it costs. */
export class ChatReply {
  readonly answer: Answer;
  readonly cachedTokens: number;
  readonly #id: string;
  readonly #promptTokens: number;

  readonly #body: ChatBody;
  readonly #host: ChatHost;
  readonly #fault: Readonly<Fault>;
  readonly #created: number;

  constructor(body: ChatBody, host: ChatHost, fault: Readonly<Fault>, prompt: string, now: number) {
    this.#body = body;
    this.#host = host;
    this.#fault = fault;
    this.#created = Math.floor(now / 1000);
    answers += 1;
    this.#id = `${host.wire?.idPrefix ?? 'chatcmpl-'}${Date.now().toString(36)}${answers.toString(36)}`;
    this.#promptTokens = countPrompt(body);
    const whole = body.model + body.messages.map(({ content }) => textOf(content)).join('\n');
    this.cachedTokens = host.cache?.look(whole, this.#promptTokens, now).cachedTokens ?? 0;
    const last = body.messages.at(-1);
    const format = body.response_format;
    this.answer = answerTurn({
      prompt,
      limit: body.max_completion_tokens ?? body.max_tokens ?? host.maxOutputTokens,
      thinkingTokens: host.thinkingTokens,
      fault,
      tools: (body.tools ?? []).flatMap(({ function: made }) =>
        made ? [{ name: made.name, schema: made.parameters }] : [],
      ),
      toolChoice: toolChoiceOf(body.tool_choice),
      ...(last?.role === 'tool' && { toolAnswer: textOf(last.content) }),
      schema:
        format?.type === 'json_schema'
          ? format.json_schema?.schema
          : format?.type === 'json_object'
            ? { type: 'object', properties: { answer: { type: 'string' } } }
            : undefined,
      stops: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
    });
  }

  get #finish(): string {
    const stop = this.#host.wire?.stopWord ?? 'stop';
    const words = {
      stop,
      stop_text: stop,
      refused: stop,
      length: 'length',
      tools: 'tool_calls',
      filtered: 'content_filter',
    };
    return words[this.answer.finish];
  }

  #usage(output: number): Record<string, unknown> {
    const { answer, cachedTokens } = this;
    const factor = this.#fault.usageFactor ?? 1;
    const prompt = this.#promptTokens * factor;
    const thinking = Math.min(output, answer.thinkingTokens);
    const completion = (this.#host.wire?.thinkingApart ? output - thinking : output) * factor;
    const details = this.#host.usageDetails(prompt, {
      thinking,
      output: output * factor,
      cached: cachedTokens,
    });
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + output * factor,
      ...details,
    };
  }

  count(world: World, output: number): void {
    const factor = this.#fault.usageFactor ?? 1;
    const cached = this.cachedTokens;
    const units = this.#host.bookedAs?.(this.#promptTokens * factor, { output: output * factor, cached }) ?? {
      input_token: this.#promptTokens * factor - cached,
      cached_input_token: cached,
      output_token: output * factor,
    };
    world.tally.add(
      { id: this.#id, model: this.#body.model, units, accepted: true, charged: true, mark: this.#fault.mark },
      world.clock.now(),
    );
  }

  #envelope(object: string) {
    return {
      id: this.#id,
      object,
      created: this.#created,
      model: this.#body.model,
      system_fingerprint: null,
      ...this.#host.wire?.extras,
    };
  }

  /** Thoughts as details, all of them or one piece; the seal stands on the last. */
  #details(text: string, isLast: boolean): object {
    const details = this.#host.wire?.details;
    if (details === undefined) return {};
    const { format, seal } = details;
    const signature = isLast ? { signature: seal } : {};
    return { reasoning_details: [{ type: 'reasoning.text', text, format, index: 0, ...signature }] };
  }

  #finished(): object {
    const finish_reason = this.#finish;
    return { finish_reason, ...(this.#host.wire?.nativeFinish && { native_finish_reason: finish_reason }) };
  }

  #text(): string {
    return this.answer.finish === 'refused' ? REFUSAL : this.answer.pieces.map(({ text }) => text).join('');
  }

  #calls() {
    return this.answer.toolCalls.map(({ id, name, input }) => ({
      id: `call_${id}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    }));
  }

  whole(): unknown {
    const calls = this.#calls();
    const isThinking = this.answer.thinkingTokens > 0;
    const inContent = isThinking && this.#host.wire?.thoughtsInContent === true;
    const message = {
      role: 'assistant',
      content: inContent ? [thoughtPart(THOUGHT), { type: 'text', text: this.#text() }] : this.#text(),
      ...(isThinking &&
        !inContent && { [this.#host.thoughtField]: THOUGHT, ...this.#details(THOUGHT, true) }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    const choices = [{ index: 0, message, logprobs: null, ...this.#finished() }];
    return { ...this.#envelope('chat.completion'), choices, usage: this.#usage(this.answer.outputTokens) };
  }

  frames(): Frames {
    const { answer } = this;
    const { wire = {}, thoughtField } = this.#host;
    const frames = new Frames(answer.thinkingTokens);
    const wantsUsage =
      this.#body.stream_options?.include_usage === true && wire.usageOnLastChunk === undefined;
    const put = (delta: object, finish: string | null = null, tokens = 0) => {
      const ending = finish === null ? { finish_reason: null } : this.#finished();
      const choices = [{ index: 0, delta, logprobs: null, ...ending }];
      const last = finish === null ? {} : this.#lastUsage();
      this.#put(frames, { choices, ...(wantsUsage && { usage: null }), ...last }, tokens);
    };
    if (wire.comment !== undefined) frames.put(`: ${wire.comment}\n\n`);
    put({ role: 'assistant', content: '' });
    if (answer.thinkingTokens > 0) {
      const parts = THOUGHT.split(/(?<=\.)/);
      for (const [at, part] of parts.entries()) {
        put(
          wire.thoughtsInContent
            ? { content: [thoughtPart(part)] }
            : { content: null, [thoughtField]: part, ...this.#details(part, at === parts.length - 1) },
        );
      }
    }
    const spoken = answer.outputTokens - answer.thinkingTokens;
    if (answer.finish === 'refused') put({ content: REFUSAL }, null, spoken);
    for (const { text, tokens } of answer.pieces) put({ content: text }, null, tokens);
    for (const [index, call] of this.#calls().entries()) {
      if (wire.wholeToolCalls) put({ tool_calls: [{ index, ...call }] }, null, spoken);
      else {
        put({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] });
        put(
          { tool_calls: [{ index, id: '', function: { arguments: call.function.arguments } }] },
          null,
          spoken,
        );
      }
    }
    if (this.#fault.fail) {
      frames.breakOff();
      frames.all.push(`data: ${JSON.stringify(this.#host.failureBody(500))}\n\n`);
      return frames;
    }
    put({ content: '' }, this.#finish);
    if (wantsUsage) this.#put(frames, { choices: [], usage: this.#usage(answer.outputTokens) });
    frames.put('data: [DONE]\n\n');
    return frames;
  }

  #put(frames: Frames, chunk: object, tokens = 0): void {
    frames.put(
      `data: ${JSON.stringify({ ...this.#envelope('chat.completion.chunk'), ...chunk })}\n\n`,
      tokens,
    );
  }

  /** Usage for the chunk that ends the answer, at hosts that tell it there. */
  #lastUsage(): object {
    const usage = this.#usage(this.answer.outputTokens);
    const where = this.#host.wire?.usageOnLastChunk;
    if (where === undefined) return {};
    return where === 'usage' ? { usage } : { x_groq: { id: this.#id, usage } };
  }
}

const thoughtPart = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] });

function toolChoiceOf(choice: unknown): { name: string } | 'any' | 'none' | 'auto' {
  if (choice === 'none') return 'none';
  if (choice === 'required') return 'any';
  const name = (choice as { function?: { name?: string } } | null | undefined)?.function?.name;
  return name === undefined ? 'auto' : { name };
}
