import { asFault, attempt } from '#server/generations/attempt.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { Running, SealedAnswer } from '#server/generations/record.ts';
import { routeOf } from '#server/generations/run-task.ts';
import { ProviderFault, type ReasoningDetail, type TextEvent } from '#server/providers/provider.ts';
import { addFragment } from '#server/providers/tool-calls.ts';
import type { HeldCall } from './chat.ts';
import {
  balanceAfter,
  type Cost,
  capture,
  costOf,
  endBroken,
  giveBack,
  moneyHeaders,
  ownCost,
} from './finish.ts';
import { answerError, errorOfFault, usd } from './openai-errors.ts';
import { drained, stallMs } from './slow-reader.ts';
import { routeHeaders } from './way.ts';

type End = Extract<TextEvent, { type: 'end' }>;

/** Calls to a provider with a wire format of its own, answered in OpenAI's. */
export async function translate(parts: Parts, call: HeldCall): Promise<void> {
  const writer = call.stream ? createChunkWriter(call) : null;
  const gathered: SealedAnswer & { text: string } = { text: '', reasoning: null };
  let end: End | null = null;
  const left = new AbortController();
  const running = runningOf(call);
  try {
    await attempt(parts, running, call.route, left.signal, async (context) => {
      call.route = routeOf(parts, running, call.route);
      for await (const event of call.adapter.stream(call.call, context)) {
        if (event.type === 'end') end = event;
        else gather(gathered, event);
        writer?.event(event);
        if (writer !== null) await drained(call.response, stallMs(parts));
      }
      if (end === null)
        throw new ProviderFault('unknown', 'the stream stopped without an end', { accepted: 'yes' });
    });
  } catch (error) {
    return fail(parts, call, gathered, asFault(error), writer);
  }
  const ended = end as unknown as End;
  const { usage } = ended;
  const cost = usage === null ? await ownCost(parts, call, gathered.text) : costOf(parts, call, usage);
  if (writer !== null) writer.end(cost, ended);
  else answerWhole(call, gathered, ended, cost);
  capture(parts, call, cost, () => gathered);
}

function fail(
  parts: Parts,
  call: HeldCall,
  gathered: SealedAnswer & { text: string },
  fault: ProviderFault,
  writer: ReturnType<typeof createChunkWriter> | null,
) {
  const began = writer?.began() ?? false;
  giveBack(parts, call, began ? 'cut' : fault.kind, () => ({ ...gathered, fault: fault.detail }));
  if (began) writer?.fail();
  else
    answerError(call.response, errorOfFault(fault), {
      'x-mluen-generation': call.id,
      'x-mluen-cost': usd(0n),
      'x-mluen-balance': usd(call.availableMicro + call.boundMicro),
      ...routeHeaders(call),
    });
}

function runningOf(call: HeldCall): Running {
  return {
    memberId: call.caller.memberId,
    id: call.id,
    holdId: call.holdId,
    source: 'api',
    kind: 'text',
    modelId: call.model.id,
    providerId: call.model.providerId,
    routeId: call.route.id,
    priceVersion: call.model.priceVersion,
    state: 'held',
    heldMicro: call.boundMicro,
    params: call.call.params,
    fileIds: [],
    bound: {},
    task: null,
    wish: call.wish,
    tries: call.tries,
    sentTo: call.sentTo,
    key: call.key,
  };
}

function gather(gathered: SealedAnswer & { text: string }, event: Exclude<TextEvent, End>) {
  switch (event.type) {
    case 'text':
    case 'refusal':
      gathered.text += event.text;
      break;
    case 'reasoning':
      gathered.reasoning = (gathered.reasoning ?? '') + event.text;
      break;
    case 'tool_call':
      gathered.toolCalls ??= [];
      addFragment(gathered.toolCalls, event);
      break;
    case 'sealed':
      gathered.reasoningDetails ??= [];
      gathered.reasoningDetails.push(event.detail);
      break;
    default:
      event satisfies never;
  }
}

function usageBody({ units }: Cost, { reasoningTokens }: End) {
  const cached = Number(units.cached_input_token ?? 0n);
  const written = Number((units.cache_write_token ?? 0n) + (units.cache_write_hour_token ?? 0n));
  const heard = Number(units.input_audio_token ?? 0n);
  const prompt = Number(units.input_token ?? 0n) + cached + written + heard;
  const completion = Number(units.output_token ?? 0n);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written, audio_tokens: heard },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function answerWhole(call: HeldCall, gathered: SealedAnswer & { text: string }, end: End, cost: Cost) {
  const toolCalls = gathered.toolCalls?.map((tool) => ({
    id: tool.id ?? '',
    type: 'function',
    function: { name: tool.name ?? '', arguments: tool.arguments },
  }));
  const message = {
    role: 'assistant',
    content: toolCalls && gathered.text === '' ? null : gathered.text,
    refusal: null,
    annotations: [],
    ...(toolCalls ? { tool_calls: toolCalls } : {}),
    ...(gathered.reasoning === null ? {} : { reasoning: gathered.reasoning }),
    // A caller that sends the message back as it is keeps the model's thread.
    ...(gathered.reasoningDetails ? { reasoning_details: gathered.reasoningDetails } : {}),
  };
  const body = JSON.stringify({
    id: `chatcmpl-${call.id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: call.model.upstream,
    choices: [{ index: 0, message, logprobs: null, finish_reason: end.finish }],
    usage: usageBody(cost, end),
  });
  call.response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...moneyHeaders(call, cost),
  });
  call.response.end(body);
}

function createChunkWriter(call: HeldCall) {
  const { response } = call;
  const common = {
    id: `chatcmpl-${call.id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: call.model.upstream,
  };
  let started = false;
  const sealed: ReasoningDetail[] = [];
  const write = (rest: object) =>
    void (response.destroyed || response.write(`data: ${JSON.stringify({ ...common, ...rest })}\n\n`));
  const delta = (value: object, finish: string | null = null) =>
    write({
      choices: [{ index: 0, delta: value, logprobs: null, finish_reason: finish }],
      ...(call.includeUsage ? { usage: null } : {}),
    });
  const start = () => {
    started = true;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-mluen-generation': call.id,
      'x-mluen-hold': usd(call.boundMicro),
      'x-mluen-balance': usd(call.availableMicro),
      ...routeHeaders(call),
    });
    delta({ role: 'assistant', content: '', refusal: null });
  };
  return {
    began: () => started,
    event(event: TextEvent) {
      if (!started) start();
      if (event.type === 'text') delta({ content: event.text });
      else if (event.type === 'reasoning') delta({ reasoning: event.text });
      else if (event.type === 'sealed') sealed.push(event.detail);
      else if (event.type === 'refusal') delta({ refusal: event.text });
      else if (event.type === 'tool_call') {
        delta({
          tool_calls: [
            {
              index: event.index,
              ...(event.id === undefined ? {} : { id: event.id, type: 'function' }),
              function: {
                ...(event.name === undefined ? {} : { name: event.name }),
                arguments: event.arguments,
              },
            },
          ],
        });
      } // Whole, in the last chunk: the clients' own joining overwrites fields that it does not know.
      else delta(sealed.length > 0 ? { reasoning_details: sealed } : {}, event.finish);
    },
    end(cost: Cost, end: End) {
      if (response.destroyed) return;
      if (call.includeUsage) write({ choices: [], usage: usageBody(cost, end) });
      response.end(
        `: x-mluen-cost=${usd(cost.chargeMicro)} x-mluen-balance=${usd(balanceAfter(call, cost))}\n\ndata: [DONE]\n\n`,
      );
    },
    fail() {
      endBroken(response, 'The provider broke off in the middle of the answer. You were not charged.');
    },
  };
}
