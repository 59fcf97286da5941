import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import type { Fault } from '../kit/faults.ts';
import type { PromptCache } from '../kit/prompt-cache.ts';
import { sendStream } from '../kit/stream.ts';
import { type Choice, choose, countPromptTokens, promptOf, textOf } from './chat-answer.ts';
import { type ChatRequest, chatRefusal } from './chat-request.ts';
import { answerFixed } from './fixed-answer.ts';
import { textModels } from './models.ts';
import { badRequest, failureBody, refuse, standardHeaders } from './refusals.ts';

export interface ChatSettings {
  /** Pause between the chunks of a stream. */
  paceMs: number;
  /** Answers every model with the same bytes, for measurements. */
  isFixed: boolean;
  cache: PromptCache;
}

let answers = 0;

/** `POST /v1/chat/completions`. */
export async function completeChat(exchange: Exchange, world: World, settings: ChatSettings): Promise<void> {
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(
      exchange,
      badRequest(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly.)",
        null,
      ),
    );
    return;
  }
  if (settings.isFixed || (typeof body.model === 'string' && body.model.startsWith('bench-'))) {
    await answerFixed(exchange, body, world);
    return;
  }
  const refusal = chatRefusal(body);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  const request = body as unknown as ChatRequest;
  const promptTokens = countPromptTokens(request);
  const { contextTokens } = textModels[request.model]!;
  if (promptTokens > contextTokens) {
    refuse(
      exchange,
      badRequest(
        `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${promptTokens} tokens. Please reduce the length of the messages.`,
        'messages',
        'context_length_exceeded',
      ),
    );
    return;
  }
  const fault = world.faults.take({
    path: exchange.path,
    model: request.model,
    prompt: promptOf(request.messages),
  });
  if (await misbehavesAtOnce(exchange, fault, failureBody, request.stream === true)) return;
  const reply = replyTo(request, promptTokens, fault, world, settings);
  if (request.stream === true) await streamReply(exchange, world, settings, reply);
  else sendReply(exchange, world, reply);
}

interface Reply {
  id: string;
  created: number;
  request: ChatRequest;
  choices: Choice[];
  promptTokens: number;
  cachedTokens: number;
  writtenTokens: number;
  fault: Readonly<Fault>;
}

function replyTo(
  request: ChatRequest,
  promptTokens: number,
  fault: Readonly<Fault>,
  world: World,
  settings: ChatSettings,
): Reply {
  answers += 1;
  const prompt = request.messages.map(({ content }) => textOf(content)).join('\n');
  const { cachedTokens, writtenTokens } = settings.cache.look(prompt, promptTokens, world.clock.now());
  return {
    id: `chatcmpl-${Date.now().toString(36)}${answers.toString(36).padStart(8, '0')}`,
    created: Math.floor(world.clock.now() / 1000),
    request,
    choices: Array.from({ length: request.n ?? 1 }, (_, index) => choose(request, fault, index)),
    promptTokens,
    cachedTokens,
    writtenTokens: textModels[request.model]?.writesCache ? writtenTokens : 0,
    fault,
  };
}

function usageOf(reply: Reply, completionTokens: number) {
  const factor = reply.fault.usageFactor ?? 1;
  const reasoning = reply.choices.reduce((sum, choice) => sum + choice.reasoningTokens, 0);
  return {
    prompt_tokens: reply.promptTokens * factor,
    completion_tokens: completionTokens * factor,
    total_tokens: (reply.promptTokens + completionTokens) * factor,
    prompt_tokens_details: {
      cached_tokens: reply.cachedTokens,
      cache_write_tokens: reply.writtenTokens,
      audio_tokens: 0,
      image_tokens: 0,
      text_tokens: reply.promptTokens * factor,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      text_tokens: completionTokens * factor - reasoning,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function count(reply: Reply, completionTokens: number, world: World): void {
  const { prompt_tokens, completion_tokens } = usageOf(reply, completionTokens);
  const units = {
    input_token: prompt_tokens - reply.cachedTokens - reply.writtenTokens,
    cached_input_token: reply.cachedTokens,
    cache_write_token: reply.writtenTokens,
    output_token: completion_tokens,
  };
  world.tally.add(
    {
      id: reply.id,
      model: reply.request.model,
      units,
      accepted: true,
      charged: true,
      mark: reply.fault.mark,
    },
    world.clock.now(),
  );
}

const totalOf = (reply: Reply) => reply.choices.reduce((sum, choice) => sum + choice.completionTokens, 0);

function envelope(reply: Reply, object: string) {
  const tier = reply.request.service_tier ?? 'default';
  return {
    id: reply.id,
    object,
    created: reply.created,
    model: reply.request.model,
    service_tier: tier === 'auto' ? 'default' : tier === 'fast' ? 'priority' : tier,
    system_fingerprint: null,
  };
}

function sendReply(exchange: Exchange, world: World, reply: Reply): void {
  if (reply.fault.fail) {
    sendJson(exchange, 500, failureBody(500), standardHeaders());
    return;
  }
  count(reply, totalOf(reply), world);
  if (reply.fault.lost || reply.fault.cutAfterChunks !== undefined) {
    loseAnswer(exchange);
    return;
  }
  const choices = reply.choices.map((choice, index) => ({
    index,
    message: {
      role: 'assistant',
      content:
        choice.pieces.length > 0 || choice.finish === 'length'
          ? choice.pieces.map(({ text }) => text).join('')
          : null,
      refusal: choice.refusal,
      annotations: [],
      ...(choice.toolCalls.length > 0 && { tool_calls: choice.toolCalls }),
    },
    logprobs: null,
    finish_reason: choice.finish,
  }));
  sendJson(
    exchange,
    200,
    { ...envelope(reply, 'chat.completion'), choices, usage: usageOf(reply, totalOf(reply)) },
    standardHeaders(),
  );
}

async function streamReply(
  exchange: Exchange,
  world: World,
  settings: ChatSettings,
  reply: Reply,
): Promise<void> {
  if (reply.fault.lost) {
    count(reply, totalOf(reply), world);
    loseAnswer(exchange);
    return;
  }
  const options = reply.request.stream_options ?? {};
  const frames: string[] = [];
  /** Output tokens that have been produced once the frame of the same index is sent. */
  const produced: number[] = [];
  let tokens = reply.choices.reduce((sum, choice) => sum + choice.reasoningTokens, 0);
  const put = (chunk: object, newTokens = 0) => {
    tokens += newTokens;
    frames.push(`data: ${JSON.stringify(chunk)}\n\n`);
    produced.push(tokens);
  };
  const obfuscation = (at: number) =>
    options.include_obfuscation === false ? {} : { obfuscation: 'x'.repeat(1 + ((at * 7) % 11)) };
  for (const [index, choice] of reply.choices.entries()) {
    for (const { delta, finish, newTokens } of deltasOf(choice)) {
      const choices = [{ index, delta, logprobs: null, finish_reason: finish }];
      const usage = options.include_usage ? { usage: null } : {};
      put(
        { ...envelope(reply, 'chat.completion.chunk'), choices, ...usage, ...obfuscation(frames.length) },
        newTokens,
      );
    }
  }
  if (reply.fault.fail) {
    frames.splice(Math.ceil(frames.length / 2));
    frames.push(`data: ${JSON.stringify(failureBody(500))}\n\n`);
  } else {
    if (options.include_usage) {
      put({
        ...envelope(reply, 'chat.completion.chunk'),
        choices: [],
        usage: usageOf(reply, totalOf(reply)),
      });
    }
    frames.push('data: [DONE]\n\n');
  }
  const { sent } = await sendStream(exchange, 'text/event-stream; charset=utf-8', frames, {
    fault: reply.fault,
    paceMs: settings.paceMs,
    headers: standardHeaders(),
  });
  // Tokens produced before the end are billed, whether or not anybody was still listening.
  count(reply, produced[Math.min(sent, produced.length) - 1] ?? 0, world);
}

interface Step {
  delta: object;
  finish: string | null;
  newTokens: number;
}

function* deltasOf(choice: Choice): Generator<Step> {
  yield {
    delta: { role: 'assistant', content: choice.toolCalls.length > 0 ? null : '', refusal: null },
    finish: null,
    newTokens: 0,
  };
  for (const { text, tokens } of choice.pieces)
    yield { delta: { content: text }, finish: null, newTokens: tokens };
  if (choice.refusal !== null) {
    yield {
      delta: { refusal: choice.refusal },
      finish: null,
      newTokens: choice.completionTokens - choice.reasoningTokens,
    };
  }
  for (const [index, { id, type, function: called }] of choice.toolCalls.entries()) {
    yield {
      delta: { tool_calls: [{ index, id, type, function: { name: called.name, arguments: '' } }] },
      finish: null,
      newTokens: 0,
    };
    const half = Math.ceil(called.arguments.length / 2);
    for (const part of [called.arguments.slice(0, half), called.arguments.slice(half)]) {
      yield { delta: { tool_calls: [{ index, function: { arguments: part } }] }, finish: null, newTokens: 0 };
    }
  }
  const told = choice.toolCalls.length > 0 ? choice.completionTokens - choice.reasoningTokens : 0;
  yield { delta: {}, finish: choice.finish, newTokens: told };
}
