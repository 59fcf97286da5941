import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import type { Fault } from '../kit/faults.ts';
import type { PromptCache } from '../kit/prompt-cache.ts';
import { sendStream } from '../kit/stream.ts';
import { answerTurn } from '../kit/turn.ts';
import { missingFile, type StoredFiles } from './files.ts';
import {
  cacheMark,
  countInputTokens,
  type MessageRequest,
  messageRefusal,
  promptOf,
  toolAnswerOf,
  wholePrompt,
} from './message-request.ts';
import { claudeModels } from './models.ts';
import { errorBody, failureBody, headersOf, newRequestId, refuse } from './refusals.ts';
import { contentOf, endOf, framesOf, outputOf, type Reply, usageOf } from './reply.ts';

export interface ClaudeSettings {
  paceMs: number;
  cache: PromptCache;
  files: StoredFiles;
}

const thinkingByEffort: Record<string, number> = { low: 24, medium: 64, high: 160, xhigh: 320, max: 640 };
const THOUGHT =
  'The question has a plain core. First what is asked, then what is known, then the shortest way between them.';
let answers = 0;

export function bodyOf(exchange: Exchange): Record<string, unknown> | null {
  try {
    return objectIn(exchange.body);
  } catch {
    refuse(exchange, 400, 'The request body is not valid JSON');
    return null;
  }
}

/** `POST /v1/messages`. */
export async function createMessage(
  exchange: Exchange,
  world: World,
  settings: ClaudeSettings,
): Promise<void> {
  const body = bodyOf(exchange);
  if (body === null) return;
  const refusal = messageRefusal(body, String(exchange.headers['anthropic-version']), true);
  if (refusal !== null) {
    refuse(exchange, refusal.status, refusal.message);
    return;
  }
  const missing = missingFile(body.messages, settings.files);
  if (missing !== null) {
    refuse(exchange, 404, `File not found: ${missing}`);
    return;
  }
  const request = body as unknown as MessageRequest;
  const tokens = countInputTokens(request);
  const { maxInputTokens } = claudeModels[request.model]!;
  if (tokens > maxInputTokens) {
    refuse(exchange, 400, `prompt is too long: ${tokens} tokens > ${maxInputTokens} maximum`);
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model: request.model, prompt: promptOf(request) });
  if (await misbehavesAtOnce(exchange, fault, failureBody, request.stream)) return;
  const reply = replyTo(request, tokens, fault, world, settings);
  if (request.stream) await streamReply(exchange, world, settings, reply);
  else sendReply(exchange, world, reply);
}

function replyTo(
  request: MessageRequest,
  tokens: number,
  fault: Readonly<Fault>,
  world: World,
  settings: ClaudeSettings,
): Reply {
  answers += 1;
  const traits = claudeModels[request.model]!;
  const mark = cacheMark(request);
  const looked =
    mark === null
      ? { cachedTokens: 0, writtenTokens: 0 }
      : settings.cache.look(request.model + wholePrompt(request), tokens, world.clock.now(), {
          least: traits.leastCachedTokens,
          step: 1,
        });
  const thinks = thinksFor(request);
  const effort = request.output_config?.effort ?? traits.defaultEffort;
  const answer = answerTurn({
    prompt: promptOf(request),
    limit: request.max_tokens,
    thinkingTokens: thinks ? (thinkingByEffort[effort] ?? 64) : 0,
    fault,
    tools: (request.tools ?? []).map(({ name, input_schema: schema }) => ({ name, schema })),
    toolChoice: toolChoiceOf(request.tool_choice),
    toolAnswer: toolAnswerOf(request),
    schema: request.output_config?.format?.schema,
    stops: request.stop_sequences,
  });
  const display = request.thinking?.display ?? (traits.takesBudget ? 'summarized' : 'omitted');
  return {
    id: `msg_01${Date.now().toString(36)}${answers.toString(36).padStart(8, '0')}`,
    request,
    answer,
    thought: thinks ? (display === 'summarized' ? THOUGHT : '') : null,
    inputTokens: tokens - looked.cachedTokens - looked.writtenTokens,
    cacheRead: looked.cachedTokens,
    cacheWritten: looked.writtenTokens,
    cacheFor: mark,
    fault,
  };
}

function thinksFor({ model, thinking }: MessageRequest): boolean {
  if (thinking === undefined) return claudeModels[model]?.thinking !== 'off';
  return thinking.type === 'adaptive' || thinking.type === 'enabled';
}

function toolChoiceOf(choice: MessageRequest['tool_choice']): { name: string } | 'any' | 'none' | 'auto' {
  if (choice?.type === 'tool') return { name: String(choice.name) };
  return choice?.type === 'any' || choice?.type === 'none' ? choice.type : 'auto';
}

/** A refusal before any output is free. */
function count(reply: Reply, outputTokens: number, world: World): void {
  const usage = usageOf(reply, outputTokens);
  const units = {
    input_token: usage.input_tokens,
    cached_input_token: reply.cacheRead,
    cache_write_token: reply.cacheFor === '1h' ? 0 : reply.cacheWritten,
    cache_write_hour_token: reply.cacheFor === '1h' ? reply.cacheWritten : 0,
    output_token: usage.output_tokens,
  };
  const charged = reply.answer.finish !== 'refused';
  world.tally.add(
    { id: reply.id, model: reply.request.model, units, accepted: true, charged, mark: reply.fault.mark },
    world.clock.now(),
  );
}

function sendReply(exchange: Exchange, world: World, reply: Reply): void {
  if (reply.fault.fail) {
    refuse(exchange, 500, 'Internal server error');
    return;
  }
  count(reply, outputOf(reply), world);
  if (reply.fault.lost || reply.fault.cutAfterChunks !== undefined) {
    loseAnswer(exchange);
    return;
  }
  const message = {
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model: reply.request.model,
    content: contentOf(reply),
    ...endOf(reply),
    diagnostics: null,
    usage: usageOf(reply, outputOf(reply)),
  };
  sendJson(exchange, 200, message, headersOf(newRequestId()));
}

async function streamReply(
  exchange: Exchange,
  world: World,
  settings: ClaudeSettings,
  reply: Reply,
): Promise<void> {
  if (reply.fault.lost) {
    count(reply, outputOf(reply), world);
    loseAnswer(exchange);
    return;
  }
  const requestId = newRequestId();
  const frames = framesOf(reply);
  if (reply.fault.fail) {
    frames.breakOff();
    frames.all.push(`event: error\ndata: ${JSON.stringify(errorBody(529, 'Overloaded', requestId))}\n\n`);
  }
  const { sent } = await sendStream(exchange, 'text/event-stream; charset=utf-8', frames.all, {
    fault: reply.fault,
    paceMs: settings.paceMs,
    headers: headersOf(requestId),
  });
  // Tokens produced before the end are billed, whether or not anybody was still listening.
  count(reply, reply.answer.finish === 'refused' ? 0 : frames.producedBy(sent), world);
}

/** `POST /v1/messages/count_tokens`: free. */
export function countMessageTokens(exchange: Exchange): void {
  const body = bodyOf(exchange);
  if (body === null) return;
  const refusal = messageRefusal(body, String(exchange.headers['anthropic-version']), false);
  if (refusal !== null) refuse(exchange, refusal.status, refusal.message);
  else
    sendJson(
      exchange,
      200,
      { input_tokens: countInputTokens(body as unknown as MessageRequest) },
      headersOf(newRequestId()),
    );
}
