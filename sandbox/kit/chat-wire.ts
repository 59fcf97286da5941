import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from './exchange.ts';
import type { Fault } from './faults.ts';
import { Frames } from './frames.ts';
import { sendStream } from './stream.ts';
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
  /** How this host refuses content; without it, an answer declines in words. */
  refuseContent?(): { status: number; body: unknown };
  /** Details of usage beside the three sums. */
  usageDetails(prompt: number, answer: { thinking: number; output: number }): Record<string, unknown>;
}

const THOUGHT = 'The question has a plain core. First what is asked, then what is known.';
let answers = 0;

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

/** Answers a checked request, and counts it. */
export async function answerChat(
  exchange: Exchange,
  world: World,
  body: ChatBody,
  host: ChatHost,
): Promise<void> {
  const prompt = textOf(body.messages.findLast(({ role }) => role === 'user')?.content);
  const fault = world.faults.take({ path: exchange.path, model: body.model, prompt });
  if (await misbehavesAtOnce(exchange, fault, host.failureBody, body.stream)) return;
  const refusal = fault.refuse ? host.refuseContent?.() : undefined;
  if (refusal !== undefined) {
    sendJson(exchange, refusal.status, refusal.body);
    return;
  }
  if (fault.fail && body.stream !== true) {
    sendJson(exchange, 500, host.failureBody(500));
    return;
  }
  answers += 1;
  const reply = new ChatReply(body, host, fault, prompt, Math.floor(world.clock.now() / 1000));
  if (fault.lost) {
    reply.count(world, reply.answer.outputTokens);
    loseAnswer(exchange);
  } else if (body.stream === true) {
    const frames = reply.frames();
    const { sent } = await sendStream(exchange, 'text/event-stream; charset=utf-8', frames.all, {
      fault,
      paceMs: host.paceMs,
    });
    reply.count(world, frames.producedBy(sent));
  } else {
    reply.count(world, reply.answer.outputTokens);
    sendJson(exchange, 200, reply.whole());
  }
}

class ChatReply {
  readonly answer: Answer;
  readonly #id: string;
  readonly #promptTokens: number;

  readonly #body: ChatBody;
  readonly #host: ChatHost;
  readonly #fault: Readonly<Fault>;
  readonly #created: number;

  constructor(body: ChatBody, host: ChatHost, fault: Readonly<Fault>, prompt: string, created: number) {
    this.#body = body;
    this.#host = host;
    this.#fault = fault;
    this.#created = created;
    this.#id = `chatcmpl-${Date.now().toString(36)}${answers.toString(36)}`;
    this.#promptTokens = countPrompt(body);
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
    return {
      stop: 'stop',
      stop_text: 'stop',
      refused: 'stop',
      length: 'length',
      tools: 'tool_calls',
      filtered: 'content_filter',
    }[this.answer.finish];
  }

  #usage(output: number): Record<string, unknown> {
    const factor = this.#fault.usageFactor ?? 1;
    const prompt = this.#promptTokens * factor;
    const completion = output * factor;
    const details = this.#host.usageDetails(prompt, {
      thinking: this.answer.thinkingTokens,
      output: completion,
    });
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      ...details,
    };
  }

  count(world: World, output: number): void {
    const { prompt_tokens, completion_tokens } = this.#usage(output) as {
      prompt_tokens: number;
      completion_tokens: number;
    };
    const units = { input_token: prompt_tokens, output_token: completion_tokens };
    world.tally.add(
      { id: this.#id, model: this.#body.model, units, accepted: true, charged: true },
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
    };
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
    const message = {
      role: 'assistant',
      content: this.#text(),
      ...(this.answer.thinkingTokens > 0 && { [this.#host.thoughtField]: THOUGHT }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: this.#finish }];
    return { ...this.#envelope('chat.completion'), choices, usage: this.#usage(this.answer.outputTokens) };
  }

  frames(): Frames {
    const frames = new Frames(this.answer.thinkingTokens);
    const wantsUsage = this.#body.stream_options?.include_usage === true;
    const put = (delta: object, finish: string | null = null, tokens = 0) => {
      const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
      frames.put(
        `data: ${JSON.stringify({ ...this.#envelope('chat.completion.chunk'), choices, ...(wantsUsage && { usage: null }) })}\n\n`,
        tokens,
      );
    };
    put({ role: 'assistant', content: '' });
    if (this.answer.thinkingTokens > 0) {
      for (const part of THOUGHT.split(/(?<=\.)/)) put({ content: null, [this.#host.thoughtField]: part });
    }
    if (this.answer.finish === 'refused')
      put({ content: REFUSAL }, null, this.answer.outputTokens - this.answer.thinkingTokens);
    for (const { text, tokens } of this.answer.pieces) put({ content: text }, null, tokens);
    for (const [index, { id, type, function: made }] of this.#calls().entries()) {
      put({ tool_calls: [{ index, id, type, function: { name: made.name, arguments: '' } }] });
      put(
        { tool_calls: [{ index, id: '', function: { arguments: made.arguments } }] },
        null,
        this.answer.outputTokens - this.answer.thinkingTokens,
      );
    }
    put({ content: '' }, this.#finish);
    if (this.#fault.fail) {
      frames.breakOff();
      frames.all.push(`data: ${JSON.stringify(this.#host.failureBody(500))}\n\n`);
      return frames;
    }
    if (wantsUsage)
      frames.put(
        `data: ${JSON.stringify({ ...this.#envelope('chat.completion.chunk'), choices: [], usage: this.#usage(this.answer.outputTokens) })}\n\n`,
      );
    frames.put('data: [DONE]\n\n');
    return frames;
  }
}

function toolChoiceOf(choice: unknown): { name: string } | 'any' | 'none' | 'auto' {
  if (choice === 'none') return 'none';
  if (choice === 'required') return 'any';
  const name = (choice as { function?: { name?: string } } | null | undefined)?.function?.name;
  return name === undefined ? 'auto' : { name };
}
