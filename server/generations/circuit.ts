import type { ProviderFault } from '#server/providers/provider.ts';

/** So many faults in a row, that are the provider's own, open the circuit. */
const BREAK_AFTER = 5;
/** So long it stays open at first; a probe that fails doubles it, up to the most. */
const OPEN_MS = 20_000;
const OPEN_MOST_MS = 5 * 60_000;
/** A key that is refused, an account that is empty: no waiting cures it, but somebody may. For that model, since access may be to some alone. */
const REFUSED_MS = 60_000;
/** A probe that was never heard of again stands in nobody's way after this. */
const PROBE_MS = 30_000;
/** A provider that is busy without saying how long. */
const BUSY_MS = 1_000;

/**
 * What one process knows of a route's health. Closed: calls go. Open: none go. Half open: one goes, as a probe, and
 * its end closes or opens the circuit. A busy provider (429) is no sick one: it is left alone for as long as it says,
 * for the model that it said it of.
 */
export interface Circuit {
  /** Whether a call of this model may go now. */
  mayGo(modelId: string, now: number): boolean;
  /** When a model is taken again; 0 when it is now. */
  busyUntil(modelId: string, now: number): number;
  /** A call leaves: in a half-open circuit it is the probe. */
  sent(now: number): void;
  succeeded(): void;
  failed(fault: ProviderFault, modelId: string, now: number): void;
  /** The provider says that a model has nothing left until then. */
  full(modelId: string, until: number): void;
  failures(): number;
  /** For people who look. */
  seen(now: number): SeenCircuit;
}

export interface SeenCircuit {
  /** Until when no call goes, in ms; null when calls go, or one probes. */
  openUntil: number | null;
  /** Models that get no call until then: the provider said that a limit is reached, or refused the key. */
  paused: { modelId: string; until: number; why: 'limit' | 'key_refused' }[];
}

export function createCircuit(): Circuit {
  const busy = new Map<string, number>();
  const refused = new Map<string, number>();
  let failures = 0;
  let openMs = OPEN_MS;
  let openUntil = 0;
  let probeUntil = 0;

  const open = (ms: number, now: number) => {
    openUntil = now + ms;
    probeUntil = 0;
  };
  return {
    mayGo: (modelId, now) =>
      (refused.get(modelId) ?? 0) <= now && (openUntil === 0 || (openUntil <= now && probeUntil <= now)),
    busyUntil(modelId, now) {
      const until = busy.get(modelId) ?? 0;
      if (until > now) return until;
      if (until !== 0) busy.delete(modelId);
      return 0;
    },
    sent(now) {
      if (openUntil !== 0) probeUntil = now + PROBE_MS;
    },
    succeeded() {
      failures = 0;
      openMs = OPEN_MS;
      openUntil = 0;
      probeUntil = 0;
    },
    failed(fault, modelId, now) {
      // What the person asked for wrongly says nothing about the provider; that it answered says something.
      if (fault.kind === 'bad_input' || fault.kind === 'rejected_content') {
        probeUntil = 0;
        return;
      }
      if (fault.kind === 'rate_limited') {
        busy.set(modelId, now + (fault.retryAfterMs ?? BUSY_MS));
        probeUntil = 0;
        return;
      }
      failures += 1;
      const wasProbe = openUntil !== 0;
      if (fault.kind === 'auth') refused.set(modelId, now + REFUSED_MS);
      if (wasProbe || failures >= BREAK_AFTER) {
        open(openMs, now);
        openMs = Math.min(openMs * 2, OPEN_MOST_MS);
      }
    },
    full: (modelId, until) => void busy.set(modelId, Math.max(until, busy.get(modelId) ?? 0)),
    failures: () => failures,
    seen: (now) => ({
      openUntil: openUntil > now ? openUntil : null,
      paused: [
        ...[...busy].map(([modelId, until]) => ({ modelId, until, why: 'limit' as const })),
        ...[...refused].map(([modelId, until]) => ({ modelId, until, why: 'key_refused' as const })),
      ].filter(({ until }) => until > now),
    }),
  };
}
