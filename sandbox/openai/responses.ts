import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import type { PromptCache } from '../kit/prompt-cache.ts';
import { sendStream } from '../kit/stream.ts';
import { answerTurn } from '../kit/turn.ts';
import { reasoningByEffort } from './chat-answer.ts';
import { textModels } from './models.ts';
import { reasoningRefusal, removedFrom } from './reasoning-items.ts';
import { badRequest, failureBody, refuse, standardHeaders } from './refusals.ts';
import { bodyOf, framesOf, type Reply, usageOf } from './response-body.ts';
import {
  countInput,
  promptOf,
  type ResponseRequest,
  responseRefusal,
  toolAnswerOf,
  wholePrompt,
} from './response-request.ts';

let answers = 0;

/** What `store` keeps. */
export type StoredResponses = Map<string, unknown>;

/** `POST /v1/responses`. */
export async function createResponse(
  exchange: Exchange,
  world: World,
  settings: { paceMs: number; cache: PromptCache },
  stored: StoredResponses,
): Promise<void> {
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    refuse(exchange, badRequest('We could not parse the JSON body of your request.', null));
    return;
  }
  const isStored = (id: string) =>
    stored.values().some((response) => JSON.stringify(response).includes(`"${id}"`));
  const refusal = responseRefusal(body) ?? reasoningRefusal(body.input, isStored);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  const request = body as unknown as ResponseRequest;
  const inputTokens = countInput(request);
  const fault = world.faults.take({ path: exchange.path, model: request.model, prompt: promptOf(request) });
  if (await misbehavesAtOnce(exchange, fault, failureBody, request.stream === true)) return;
  answers += 1;
  const { cachedTokens, writtenTokens } = settings.cache.look(
    wholePrompt(request),
    inputTokens,
    world.clock.now(),
  );
  const traits = textModels[request.model]!;
  const reply: Reply = {
    id: `resp_${Date.now().toString(36)}${answers.toString(36).padStart(8, '0')}`,
    createdAt: Math.floor(world.clock.now() / 1000),
    request,
    answer: answerTurn({
      prompt: promptOf(request),
      limit: request.max_output_tokens ?? traits.maxOutputTokens,
      thinkingTokens: traits.reasons ? (reasoningByEffort[request.reasoning?.effort ?? 'medium'] ?? 64) : 0,
      fault,
      tools: (request.tools ?? []).flatMap(({ type, name, parameters }) =>
        type === 'function' && name !== undefined ? [{ name, schema: parameters }] : [],
      ),
      toolChoice: toolChoiceOf(request.tool_choice),
      toolAnswer: toolAnswerOf(request),
      schema: request.text?.format?.type === 'json_schema' ? request.text.format.schema : undefined,
    }),
    removed: removedFrom(request.input, request.model),
    inputTokens,
    cachedTokens,
    writtenTokens: traits.writesCache ? writtenTokens : 0,
    fault,
  };
  if (request.store !== false) stored.set(reply.id, bodyOf(reply, 'done'));
  await send(exchange, world, settings.paceMs, reply);
}

async function send(exchange: Exchange, world: World, paceMs: number, reply: Reply): Promise<void> {
  const { fault, answer, request } = reply;
  if (fault.fail && !request.stream) sendJson(exchange, 500, failureBody(500), standardHeaders());
  else if (fault.lost || (fault.cutAfterChunks !== undefined && !request.stream)) {
    count(reply, answer.outputTokens, world);
    loseAnswer(exchange);
  } else if (request.stream) {
    const frames = framesOf(reply);
    const { sent } = await sendStream(exchange, 'text/event-stream; charset=utf-8', frames.all, {
      fault,
      paceMs,
      headers: standardHeaders(),
    });
    count(reply, frames.producedBy(sent), world);
  } else {
    count(reply, answer.outputTokens, world);
    sendJson(exchange, 200, bodyOf(reply, 'done'), standardHeaders());
  }
}

function count(reply: Reply, outputTokens: number, world: World): void {
  const { input_tokens, output_tokens } = usageOf(reply, outputTokens);
  const units = {
    input_token: input_tokens - reply.cachedTokens - reply.writtenTokens,
    cached_input_token: reply.cachedTokens,
    cache_write_token: reply.writtenTokens,
    output_token: output_tokens,
  };
  world.tally.add(
    { id: reply.id, model: reply.request.model, units, accepted: true, charged: true },
    world.clock.now(),
  );
}

function toolChoiceOf(choice: unknown): { name: string } | 'any' | 'none' | 'auto' {
  if (choice === 'none') return 'none';
  if (choice === 'required') return 'any';
  const name = (choice as { name?: string } | null | undefined)?.name;
  return name === undefined ? 'auto' : { name };
}

/** `GET`, `DELETE /v1/responses/{id}` and `POST /v1/responses/input_tokens`. */
export function serveResponse(exchange: Exchange, stored: StoredResponses, id: string): void {
  if (exchange.method === 'POST' && id === 'input_tokens') {
    const body = objectIn(exchange.body);
    const refusal = responseRefusal(body);
    if (refusal !== null) refuse(exchange, refusal);
    else
      sendJson(
        exchange,
        200,
        { object: 'response.input_tokens', input_tokens: countInput(body as unknown as ResponseRequest) },
        standardHeaders(),
      );
    return;
  }
  const found = stored.get(id);
  if (found === undefined)
    refuse(exchange, { ...badRequest(`Response with id '${id}' not found.`, null), status: 404 });
  else if (exchange.method === 'DELETE') {
    stored.delete(id);
    sendJson(exchange, 200, { id, object: 'response', deleted: true }, standardHeaders());
  } else sendJson(exchange, 200, found, standardHeaders());
}
