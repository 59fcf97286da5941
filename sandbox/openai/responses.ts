import { objectIn } from '../kit/body.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from '../kit/exchange.ts';
import type { PromptCache } from '../kit/prompt-cache.ts';
import { seal } from '../kit/seal.ts';
import { sendStream } from '../kit/stream.ts';
import { answerTurn } from '../kit/turn.ts';
import { reasoningByEffort } from './chat-answer.ts';
import { type Traits, textModels } from './models.ts';
import { reasoningRefusal, removedFrom } from './reasoning-items.ts';
import { badRequest, failureBody, type Refusal, refuse, standardHeaders } from './refusals.ts';
import { bodyOf, framesOf, type Reply, type Usage, usageOf } from './response-body.ts';
import {
  countInput,
  promptOf,
  type ResponseRequest,
  responseRefusal,
  toolAnswerOf,
  wholePrompt,
} from './response-request.ts';

let answers = 0;

/** What `store` keeps: a response, and all that was said before its output. */
export type StoredResponses = Map<string, { body: Record<string, unknown>; input: unknown[] }>;

/** What another host that speaks Responses does in its own way. */
export interface ResponsesHost {
  traits(model: string): Pick<Traits, 'reasons' | 'maxOutputTokens' | 'writesCache'> | undefined;
  /** Says why this host would refuse a body, or null. */
  refusal(body: Record<string, unknown>): Refusal | null;
  refuse(exchange: Exchange, refusal: Refusal): void;
  failureBody(status: number): unknown;
  headers(): Record<string, string>;
  /** Further fields of usage. */
  usageExtras?(usage: Usage, model: string): Record<string, unknown>;
  /** What is booked, where that is not tokens. */
  bookedAs?(usage: Usage, model: string): Record<string, number>;
}

const openAi: ResponsesHost = {
  traits: (model) => textModels[model],
  refusal: responseRefusal,
  refuse,
  failureBody,
  headers: standardHeaders,
};

/** `POST /v1/responses`. */
export async function createResponse(
  exchange: Exchange,
  world: World,
  settings: { paceMs: number; cache: PromptCache },
  stored: StoredResponses,
  host: ResponsesHost = openAi,
): Promise<void> {
  let body: Record<string, unknown>;
  try {
    body = objectIn(exchange.body);
  } catch {
    host.refuse(exchange, badRequest('We could not parse the JSON body of your request.', null));
    return;
  }
  const isStored = (id: string) =>
    stored.values().some(({ body: kept }) => JSON.stringify(kept).includes(`"${id}"`));
  const refusal = host.refusal(body) ?? reasoningRefusal(body.input, isStored);
  if (refusal !== null) {
    host.refuse(exchange, refusal);
    return;
  }
  const previous = body.previous_response_id;
  const before = typeof previous === 'string' ? stored.get(previous) : undefined;
  if (typeof previous === 'string' && before === undefined) {
    host.refuse(exchange, {
      ...badRequest(
        `Previous response with id '${previous}' not found.`,
        'previous_response_id',
        'previous_response_not_found',
      ),
    });
    return;
  }
  if (body.background === true && body.store === false) {
    host.refuse(exchange, badRequest('Background mode requires store to be true.', 'background'));
    return;
  }
  const said = [
    ...(before?.input ?? []),
    ...((before?.body.output as unknown[]) ?? []),
    ...itemsIn(body.input),
  ];
  const request = { ...body, ...(before && { input: said }) } as unknown as ResponseRequest;
  const inputTokens = countInput(request);
  const fault = world.faults.take({ path: exchange.path, model: request.model, prompt: promptOf(request) });
  if (await misbehavesAtOnce(exchange, fault, host.failureBody, request.stream === true)) return;
  answers += 1;
  const { cachedTokens, writtenTokens } = settings.cache.look(
    wholePrompt(request),
    inputTokens,
    world.clock.now(),
  );
  const traits = host.traits(request.model)!;
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
    usageExtras: host.usageExtras,
    fault,
  };
  if (request.store !== false) stored.set(reply.id, { body: bodyOf(reply, 'done'), input: said });
  if (body.background === true && request.stream !== true) {
    count(reply, reply.answer.outputTokens, world, host);
    const body = { ...bodyOf(reply, 'before'), status: 'queued', background: true };
    sendJson(exchange, 200, body, host.headers());
    return;
  }
  await send(exchange, world, settings.paceMs, reply, host);
}

async function send(
  exchange: Exchange,
  world: World,
  paceMs: number,
  reply: Reply,
  host: ResponsesHost,
): Promise<void> {
  const { fault, answer, request } = reply;
  if (fault.fail && !request.stream) sendJson(exchange, 500, host.failureBody(500), host.headers());
  else if (fault.lost || (fault.cutAfterChunks !== undefined && !request.stream)) {
    count(reply, answer.outputTokens, world, host);
    loseAnswer(exchange);
  } else if (request.stream) {
    const frames = framesOf(reply);
    const { sent } = await sendStream(exchange, 'text/event-stream; charset=utf-8', frames.all, {
      fault,
      paceMs,
      headers: host.headers(),
    });
    count(reply, frames.producedBy(sent), world, host);
  } else {
    count(reply, answer.outputTokens, world, host);
    sendJson(exchange, 200, bodyOf(reply, 'done'), host.headers());
  }
}

function count(reply: Reply, outputTokens: number, world: World, host: ResponsesHost): void {
  const usage = usageOf(reply, outputTokens);
  const { input_tokens, output_tokens } = usage;
  const units = host.bookedAs?.(usage, reply.request.model) ?? {
    input_token: input_tokens - reply.cachedTokens - reply.writtenTokens,
    cached_input_token: reply.cachedTokens,
    cache_write_token: reply.writtenTokens,
    output_token: output_tokens,
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

function toolChoiceOf(choice: unknown): { name: string } | 'any' | 'none' | 'auto' {
  if (choice === 'none') return 'none';
  if (choice === 'required') return 'any';
  const name = (choice as { name?: string } | null | undefined)?.name;
  return name === undefined ? 'auto' : { name };
}

/** What was asked, as items that have ids. */
const itemsIn = (input: unknown): unknown[] =>
  typeof input === 'string'
    ? [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
    : (input as unknown[]);

/** `/v1/responses/{id}` and below it, and the two routes that only look at an input. */
export function serveResponse(exchange: Exchange, stored: StoredResponses, path: string): void {
  if (exchange.method === 'POST' && (path === 'input_tokens' || path === 'compact')) {
    lookAt(exchange, path);
    return;
  }
  const [id = '', below] = path.split('/');
  const found = stored.get(id);
  if (found === undefined)
    refuse(exchange, { ...badRequest(`Response with id '${id}' not found.`, null), status: 404 });
  else if (below === 'input_items') sendJson(exchange, 200, listOf(found.input, id), standardHeaders());
  else if (below === 'cancel') cancel(exchange, found.body);
  else if (exchange.method === 'DELETE') {
    stored.delete(id);
    sendJson(exchange, 200, { id, object: 'response', deleted: true }, standardHeaders());
  } else sendJson(exchange, 200, found.body, standardHeaders());
}

function lookAt(exchange: Exchange, what: 'input_tokens' | 'compact'): void {
  const body = objectIn(exchange.body) as Record<string, unknown>;
  const refusal = responseRefusal(body);
  if (refusal !== null) {
    refuse(exchange, refusal);
    return;
  }
  const input_tokens = countInput(body as unknown as ResponseRequest);
  if (what === 'input_tokens') {
    sendJson(exchange, 200, { object: 'response.input_tokens', input_tokens }, standardHeaders());
    return;
  }
  const id = `cmp_${input_tokens.toString(36).padStart(8, '0')}`;
  const output = [{ id, type: 'compaction', encrypted_content: seal(String(body.model), id) }];
  const usage = {
    input_tokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 16,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + 16,
  };
  sendJson(
    exchange,
    200,
    { id: `resp_${id}`, object: 'response.compaction', created_at: 1_795_500_000, output, usage },
    standardHeaders(),
  );
}

function listOf(input: unknown[], id: string) {
  const data = input.map((item, at) => {
    const { content, ...rest } = item as { content?: unknown; type?: string };
    const parts = typeof content === 'string' ? [{ type: 'input_text', text: content }] : content;
    return {
      id: `msg_${id.slice(5)}${at}`,
      type: 'message',
      status: 'completed',
      ...rest,
      ...(parts === undefined ? {} : { content: parts }),
    };
  });
  return { object: 'list', data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more: false };
}

/** Only what runs in the background can be cancelled. */
function cancel(exchange: Exchange, body: Record<string, unknown>): void {
  if (body.background === true)
    sendJson(exchange, 200, { ...body, status: 'cancelled', output: [], usage: null }, standardHeaders());
  else refuse(exchange, badRequest('Cannot cancel a synchronous response.', null));
}
