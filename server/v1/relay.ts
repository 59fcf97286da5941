import type { Underway } from '#server/egress/inbound.ts';
import { logFault, mayGoElsewhere, passageFor } from '#server/generations/attempt.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { SealedAnswer } from '#server/generations/record.ts';
import { beginTry, type Try } from '#server/generations/tries.ts';
import { ProviderFault } from '#server/providers/provider.ts';
import { beginStream } from './begin-stream.ts';
import {
  balanceAfter,
  CUT,
  capture,
  costOf,
  endBroken,
  giveBack,
  giveUp,
  moneyHeaders,
  ownCost,
} from './finish.ts';
import { createFrameFilter, type FrameFilter } from './frames.ts';
import type { HeldCall } from './held-call.ts';
import { answerError, errorOfFault, usd } from './openai-errors.ts';
import { readFrames } from './read-frames.ts';
import { stallMs, whenDrained } from './slow-reader.ts';
import { routeHeaders } from './way.ts';

/** When the caller has gone, the provider is read on for its usage, so long. Beyond, we count ourselves. */
const DRAIN_MS = 60_000;
/** So many tries on one route. */
const TRIES = 3;
const RETRY_MS = 250;
const WAIT_MOST_MS = 2_000;

/** Passes a call through to a provider that speaks OpenAI's format itself: bytes in, bytes out, money beside. */
export function relay(parts: Parts, call: HeldCall, onThisRoute = 1): void {
  const { adapter, route, response } = call;
  const body = {
    ...call.call.params,
    ...(call.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    safety_identifier: call.call.memberHash,
  };
  const outbound = adapter.passThrough!.request(body, call.call.upstreamModel, route);
  parts.routing.sent(route);
  const exchange: Exchange = {
    parts,
    call,
    made: beginTry(call.tries, route),
    status: 0,
    headers: {},
    chunks: [],
    filter: null,
    left: false,
    underway: null,
  };
  /** The listener is called from a socket's event: what it throws would end the process. */
  const safely = (work: () => void) => {
    try {
      work();
    } catch (error) {
      giveUp(parts, call, error);
    }
  };
  const onFault = (fault: ProviderFault) => {
    if (exchange.left) chargeDelivered(exchange);
    else if (exchange.filter !== null) cut(exchange, fault);
    else if (!goOn(exchange, fault, onThisRoute, safely)) refuse(exchange, fault);
  };
  try {
    exchange.underway = parts.egress.exchange(
      passageFor(parts, { providerId: call.model.providerId, key: call.key, sentTo: call.sentTo }, route),
      { ...outbound, idleMs: parts.config.PROVIDER_IDLE_SECONDS * 1000 },
      {
        onHead: (status, headers) =>
          safely(() => {
            exchange.status = status;
            exchange.headers = headers;
            parts.routing.heard(route, call.model.id, headers);
            if (status === 200 && call.stream) passStream(exchange);
          }),
        onData: (chunk) =>
          exchange.filter === null ? void exchange.chunks.push(chunk) : safely(() => passOn(exchange, chunk)),
        onEnd: () =>
          safely(() => {
            if (exchange.filter !== null) return endStream(exchange);
            const whole = exchange.chunks.length === 1 ? exchange.chunks[0]! : Buffer.concat(exchange.chunks);
            if (exchange.status === 200) return answerWhole(exchange, whole);
            const fault = adapter.passThrough!.fault(exchange.status, exchange.headers, whole);
            if (!goOn(exchange, fault, onThisRoute, safely)) refuse(exchange, fault);
          }),
        onFault: (fault) => safely(() => onFault(fault)),
      },
    );
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    onFault(error);
  }
  if (response.destroyed) exchange.underway?.stop();
}

interface Exchange {
  parts: Parts;
  call: HeldCall;
  made: Try;
  status: number;
  headers: Record<string, string | undefined>;
  chunks: Buffer[];
  filter: FrameFilter | null;
  /** The caller went away, and the provider was read on for long enough. */
  left: boolean;
  underway: Underway | null;
}

/** Nothing was taken: by the next route, or by the same after a pause if it was busy. False when neither is to be had. */
function goOn(
  { parts, call, made }: Exchange,
  fault: ProviderFault,
  onThisRoute: number,
  safely: (work: () => void) => void,
): boolean {
  const { route, model } = call;
  made.outcome = fault.kind;
  logFault(parts, call.id, route, fault);
  const next = call.wish.fallback && mayGoElsewhere(fault) ? nextRoute(parts, call) : null;
  if (next !== null) {
    parts.routing.failed(route, fault, model.id);
    call.route = next.route;
    setTimeout(() => safely(() => relay(parts, call)), next.waitMs);
    return true;
  }
  const waitMs = fault.retryAfterMs ?? RETRY_MS * onThisRoute;
  const isBusy = fault.kind === 'rate_limited' || fault.kind === 'overloaded';
  if (fault.accepted === 'no' && isBusy && onThisRoute < TRIES && waitMs <= WAIT_MOST_MS) {
    setTimeout(() => safely(() => relay(parts, call, onThisRoute + 1)), waitMs);
    return true;
  }
  parts.routing.failed(route, fault, model.id);
  return false;
}

function nextRoute({ routing }: Parts, { model, wish, tries }: HeldCall) {
  const not = new Set(tries.map(({ routeId }) => routeId));
  const next = routing.pick(model.providerId, { modelId: model.id, region: wish.region, not });
  return next.route === null ? null : next;
}

function refuse({ parts, call }: Exchange, fault: ProviderFault) {
  giveBack(parts, call, fault.kind, () => ({ text: null, reasoning: null, fault: fault.detail }));
  answerError(call.response, errorOfFault(fault), {
    'x-mluen-generation': call.id,
    'x-mluen-cost': usd(0n),
    'x-mluen-balance': usd(call.availableMicro + call.boundMicro),
    ...routeHeaders(call),
  });
}

interface Completion {
  usage?: unknown;
  choices?: {
    message?: {
      content?: string | null;
      refusal?: string | null;
      tool_calls?: { id?: string; function?: { name?: string; arguments?: string } }[];
    };
  }[];
}

function answerWhole(exchange: Exchange, whole: Buffer) {
  const { parts, call } = exchange;
  let reply: Completion;
  try {
    reply = JSON.parse(whole.toString('utf8')) as Completion;
  } catch (cause) {
    refuse(exchange, new ProviderFault('unknown', 'the answer is not JSON', { accepted: 'yes', cause }));
    return;
  }
  worked(exchange);
  const message = reply.choices?.[0]?.message;
  const answer = (): SealedAnswer => ({
    text: message?.content ?? message?.refusal ?? null,
    reasoning: null,
    ...(message?.tool_calls
      ? {
          toolCalls: message.tool_calls.map((tool) => ({
            id: tool.id,
            name: tool.function?.name,
            arguments: tool.function?.arguments ?? '',
          })),
        }
      : {}),
  });
  if (reply.usage == null) {
    ownCost(parts, call, message?.content ?? '')
      .then((cost) => finish(cost))
      .catch((error: unknown) => giveUp(parts, call, error));
    return;
  }
  const finish = (cost: ReturnType<typeof costOf>) => {
    call.response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': whole.length,
      ...moneyHeaders(call, cost),
    });
    call.left?.push(whole);
    call.response.end(whole);
    capture(parts, call, cost, answer);
  };
  finish(costOf(parts, call, call.adapter.passThrough!.usageOf(reply.usage)));
}

function worked({ parts, call, made }: Exchange) {
  made.outcome = 'answered';
  parts.routing.succeeded(call.route);
}

function passStream(exchange: Exchange) {
  const { parts, call } = exchange;
  exchange.filter = createFrameFilter(call.includeUsage);
  beginStream(call);
  // The caller has gone: the provider goes on and bills all the same, so its own count is awaited.
  call.response.on('close', () => {
    if (call.response.writableFinished) return;
    exchange.underway?.resume();
    const drainMs = Math.min(DRAIN_MS, parts.config.PROVIDER_IDLE_SECONDS * 1000);
    setTimeout(() => {
      exchange.left = true;
      exchange.underway?.stop();
    }, drainMs).unref();
  });
}

/** A caller that reads slowly slows the provider down: nothing piles up here. */
function passOn({ parts, filter, call, underway }: Exchange, chunk: Buffer) {
  const onward = filter!.push(chunk);
  if (onward !== null) call.left?.push(onward);
  if (onward === null || call.response.destroyed || call.response.write(onward)) return;
  underway?.pause();
  whenDrained(call.response, stallMs(parts), () => underway?.resume());
}

function endStream(exchange: Exchange) {
  const { parts, call, filter } = exchange;
  const { answer, usage, finished, error } = readFrames(filter!);
  if (!finished || error !== null) {
    cut(
      exchange,
      new ProviderFault('unknown', error ?? 'the stream stopped without an end', { accepted: 'yes' }),
    );
    return;
  }
  worked(exchange);
  const finish = (cost: ReturnType<typeof costOf>) => {
    // A comment line, which every client skips: the price of a stream is known only at its end.
    const end = `: x-mluen-cost=${usd(cost.chargeMicro)} x-mluen-balance=${usd(balanceAfter(call, cost))}\n\ndata: [DONE]\n\n`;
    call.left?.push(end);
    if (!call.response.destroyed) call.response.end(end);
    capture(parts, call, cost, () => answer);
  };
  if (usage != null) finish(costOf(parts, call, call.adapter.passThrough!.usageOf(usage)));
  else
    ownCost(parts, call, answer.text ?? '')
      .then(finish)
      .catch((error: unknown) => giveUp(parts, call, error));
}

/** Who leaves an endless answer has had its beginning: what arrived is charged by our own count, as for one who stops it. */
function chargeDelivered({ parts, call, filter }: Exchange) {
  const { answer } = readFrames(filter!);
  ownCost(parts, call, answer.text ?? '')
    .then((cost) => capture(parts, call, cost, () => answer))
    .catch((error: unknown) => giveUp(parts, call, error));
}

/** The provider broke off: what arrived was passed on already; nothing is charged. */
function cut({ parts, call, made, filter }: Exchange, fault: ProviderFault) {
  made.outcome = fault.kind;
  parts.routing.failed(call.route, fault, call.model.id);
  giveBack(parts, call, 'cut', () => ({ ...readFrames(filter!).answer, fault: fault.detail }));
  endBroken(call.response, CUT);
}
