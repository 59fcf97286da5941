import { setTimeout as wait } from 'node:timers/promises';
import type { WebhookFault } from './faults.ts';

export interface Webhook {
  url: string;
  body: string;
  /** Headers that prove who sent it, made anew for each attempt. `at` is in ms. */
  sign(at: number, body: string): Record<string, string>;
  /** Pauses before each further attempt while the answer is not 2xx. */
  retryAfterMs: readonly number[];
}

const LATE_MS = 5000;
const STALE_MS = 3_600_000;
const REORDERED_MS = 2000;
const TIMEOUT_MS = 10_000;

/** Delivers a webhook, or misdelivers it as told. Resolves when it was taken, given up, or was never to be sent. */
export async function deliver(
  webhook: Webhook,
  now: () => number,
  fault?: WebhookFault,
): Promise<'taken' | 'given_up'> {
  switch (fault) {
    case undefined:
    // It is the answer to the request that waits.
    case 'early':
      return attempts(webhook, now);
    case 'never':
      return 'given_up';
    case 'twice': {
      const first = await attempts(webhook, now);
      await attempts(webhook, now);
      return first;
    }
    case 'late':
    case 'reordered':
      // Whatever happens next overtakes it.
      await wait(fault === 'late' ? LATE_MS : REORDERED_MS, undefined, { ref: false });
      return attempts(webhook, now);
    case 'stale_signature':
      return attempts(webhook, () => now() - STALE_MS);
    case 'bad_signature':
      return attempts({ ...webhook, retryAfterMs: [], sign: (at) => webhook.sign(at, 'another body') }, now);
    default:
      return fault satisfies never;
  }
}

async function attempts(webhook: Webhook, now: () => number): Promise<'taken' | 'given_up'> {
  for (const pauseMs of [0, ...webhook.retryAfterMs]) {
    if (pauseMs > 0) await wait(pauseMs, undefined, { ref: false });
    if (await attempt(webhook, now())) return 'taken';
  }
  return 'given_up';
}

async function attempt({ url, body, sign }: Webhook, at: number): Promise<boolean> {
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...sign(at, body) },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    // Nobody listens: as good as a refusal.
    return false;
  }
}
