import { setTimeout as delay } from 'node:timers/promises';
import { asService } from '#server/database/transaction.ts';
import type { OpenRoute, Passage } from '#server/egress/egress.ts';
import { type Context, ProviderFault, type Send } from '#server/providers/provider.ts';
import type { ProviderRoute } from './configured-routes.ts';
import type { Parts } from './parts.ts';
import type { Running } from './record.ts';
import { beginTry } from './tries.ts';

/** So many tries on one route, and only while nothing was accepted upstream. */
const TRIES = 3;
const WAIT_MOST_MS = 5_000;

/** What a call may reach: its route and the provider's result hosts. Requests that carry something of the person leave a receipt. */
export function contextFor(parts: Parts, running: Running, route: OpenRoute, signal: AbortSignal): Context {
  const passage = passageFor(parts, running, route);
  const idleMost = parts.config.PROVIDER_IDLE_SECONDS * 1000;
  const send: Send = async (request) => {
    const answer = await parts.egress.send(passage, {
      ...request,
      idleMs: Math.min(request.idleMs ?? idleMost, idleMost),
      signal,
    });
    parts.routing.heard(route, running.modelId, answer.headers);
    return answer;
  };
  return { route, send, signal };
}

export function passageFor(
  parts: Parts,
  running: Pick<Running, 'providerId' | 'key' | 'sentTo'>,
  route: OpenRoute,
): Passage {
  return {
    provider: running.providerId,
    route,
    resultHosts: parts.routing.provider(running.providerId).resultHosts,
    hashKey: running.key.key,
    onReceipt: (receipt) => {
      // Polls and downloads carry nothing; one line a host says that they happened.
      const carries = receipt.kinds.some((kind) => kind !== 'none');
      if (carries || !running.sentTo.some((known) => known.host === receipt.host))
        running.sentTo.push(receipt);
    },
  };
}

/**
 * Runs `work`. Where the provider took nothing, by its next route, unless the person wants no other; where there is none,
 * by the same after a pause if it was busy. Anything that may have been accepted is never sent twice. `running` says
 * which route it was in the end, and of each try what came of it.
 */
export async function attempt<T>(
  parts: Parts,
  running: Running,
  route: ProviderRoute,
  signal: AbortSignal,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const tried = new Set<string>();
  let current = route;
  let onThisRoute = 1;
  for (;;) {
    parts.routing.sent(current);
    const made = beginTry(running.tries, current);
    try {
      const result = await work(contextFor(parts, running, current, signal));
      made.outcome = 'answered';
      parts.routing.succeeded(current);
      return result;
    } catch (error) {
      const fault = asFault(error, signal);
      made.outcome = fault.kind;
      logFault(parts, running.id, current, fault);
      tried.add(current.id);
      const next = signal.aborted ? null : nextRoute(parts, running, fault, tried);
      if (next !== null) {
        parts.routing.failed(current, fault, running.modelId);
        await delay(next.waitMs, undefined, { signal });
        current = next.route;
        onThisRoute = 1;
        await goOnBy(parts, running, current);
        continue;
      }
      const waitMs = fault.retryAfterMs ?? 250 * 2 ** onThisRoute;
      if (signal.aborted || !isWorthWaiting(fault) || onThisRoute === TRIES || waitMs > WAIT_MOST_MS) {
        // One call counts once for a route, however often it was tried there.
        if (!signal.aborted) parts.routing.failed(current, fault, running.modelId);
        throw fault;
      }
      onThisRoute += 1;
      await delay(waitMs, undefined, { signal });
    }
  }
}

/** Nothing was taken, and what was asked is not what was wrong with it: it may go another way. */
export function mayGoElsewhere(fault: ProviderFault): boolean {
  return fault.accepted === 'no' && fault.kind !== 'bad_input' && fault.kind !== 'rejected_content';
}

function isWorthWaiting(fault: ProviderFault): boolean {
  return fault.accepted === 'no' && (fault.kind === 'rate_limited' || fault.kind === 'overloaded');
}

function nextRoute(parts: Parts, running: Running, fault: ProviderFault, tried: ReadonlySet<string>) {
  if (!running.wish.fallback || !mayGoElsewhere(fault)) return null;
  const { region } = running.wish;
  const next = parts.routing.pick(running.providerId, { modelId: running.modelId, region, not: tried });
  return next.route === null ? null : next;
}

/** From here on it goes by another route: the row says so, and whoever watches is told. */
export async function goOnBy(parts: Parts, running: Running, route: ProviderRoute): Promise<void> {
  running.routeId = route.id;
  running.providerId = route.providerId;
  // A text of `/v1` is told in the answer's head, and kept with its end; a job must be found again after a crash.
  if (running.source === 'api' && running.kind === 'text') return;
  // The try that begins now is the last of them.
  const tries = [...running.tries];
  beginTry(tries, route);
  await asService(parts.pools, (tx) =>
    tx
      .updateTable('generations.generation')
      .set({ routeId: route.id, providerId: route.providerId, tries: JSON.stringify(tries) })
      .where('userId', '=', running.memberId)
      .where('id', '=', running.id)
      .where('finishedAt', 'is', null)
      .execute(),
  );
  parts.live.publish(`generation:${running.id}`, { type: 'fallback', tries });
}

/** A refused key or an empty account is ours to mend: staff hear of it as of an error. */
export function logFault(
  { log }: Pick<Parts, 'log'>,
  generationId: string,
  route: ProviderRoute,
  fault: ProviderFault,
): void {
  const about = {
    generationId,
    provider: route.providerId,
    route: route.id,
    fault: fault.kind,
    accepted: fault.accepted,
  };
  if (fault.kind === 'auth')
    log.error(about, 'a provider refuses our access: its key or account needs a look');
  else log.warn(about, 'provider fault');
}

/** Whatever broke, as a fault. Only adapters and egress throw `ProviderFault`; anything else is ours, and the outcome is not known. */
export function asFault(error: unknown, signal?: AbortSignal): ProviderFault {
  if (error instanceof ProviderFault) return error;
  if (signal?.aborted)
    return new ProviderFault('unknown', 'stopped by us', { accepted: 'maybe', cause: error });
  return new ProviderFault(
    'unknown',
    error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    { accepted: 'maybe', cause: error },
  );
}
