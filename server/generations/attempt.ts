import { setTimeout as delay } from 'node:timers/promises';
import type { OpenRoute, Passage } from '#server/egress/egress.ts';
import { type Context, ProviderFault, type Send } from '#server/providers/provider.ts';
import type { Parts } from './parts.ts';
import type { Running } from './record.ts';

/** So many tries in all, and only while nothing was accepted upstream. */
const TRIES = 3;
const WAIT_MOST_MS = 5_000;

/** What a call may reach: its route and the provider's result hosts. Requests that carry something of the person leave a receipt. */
export function contextFor(parts: Parts, running: Running, route: OpenRoute, signal: AbortSignal): Context {
  const passage = passageFor(parts, running, route);
  const idleMost = parts.config.PROVIDER_IDLE_SECONDS * 1000;
  const send: Send = (request) =>
    parts.egress.send(passage, {
      ...request,
      idleMs: Math.min(request.idleMs ?? idleMost, idleMost),
      signal,
    });
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
 * Runs `work`, again after a pause when the provider took nothing (429, overload, no connection). Anything that may
 * have been accepted is never sent twice.
 */
export async function attempt<T>(
  parts: Parts,
  running: Running,
  route: OpenRoute,
  signal: AbortSignal,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      const result = await work(contextFor(parts, running, route, signal));
      parts.routing.succeeded(route);
      return result;
    } catch (error) {
      const fault = asFault(error, signal);
      parts.log.warn(
        {
          generationId: running.id,
          provider: running.providerId,
          fault: fault.kind,
          accepted: fault.accepted,
          attempt: tries,
        },
        'provider fault',
      );
      const waitMs = fault.retryAfterMs ?? 250 * 2 ** tries;
      const again = fault.accepted === 'no' && (fault.kind === 'rate_limited' || fault.kind === 'overloaded');
      if (!again || tries === TRIES || waitMs > WAIT_MOST_MS) {
        // One call counts once, however often it was tried.
        if (!signal.aborted) parts.routing.failed(route, fault);
        throw fault;
      }
      await delay(waitMs, undefined, { signal });
    }
  }
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
