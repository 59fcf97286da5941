import { setTimeout as delay } from 'node:timers/promises';
import { asService } from '#server/database/transaction.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import type {
  Call,
  Context,
  Done,
  PartialResult,
  TaskAdapter,
  TaskState,
} from '#server/providers/provider.ts';
import { asFault, attempt, contextFor } from './attempt.ts';
import type { ProviderRoute } from './configured-routes.ts';
import type { Parts } from './parts.ts';
import type { Running } from './record.ts';

/** What a media run tells while it goes on, and what pokes it to look again at once (a webhook arrived). */
export interface Watch {
  onProgress(progress: number | null): void;
  /** Hears of what is being made before it is whole. */
  onPartial(piece: PartialResult): void;
  poke: { wait(ms: number, signal: AbortSignal): Promise<void> };
}

/** The outcome is not known: the hold stays until `until`, and the run goes on when the provider calls back. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown';
  readonly until: Date;

  constructor(until: Date, cause: unknown) {
    super('the outcome is not known', { cause });
    this.until = until;
  }
}

/** Submits a job, or takes it up, and watches it to its end. Throws `OutcomeUnknown` and what the provider says. */
export async function runTask(
  parts: Parts,
  running: Running,
  first: ProviderRoute,
  adapter: TaskAdapter,
  call: Call,
  watch: Watch,
  signal: AbortSignal,
): Promise<Done> {
  const deadline = Date.now() + adapter.deadlineMs;
  let state: TaskState =
    running.task === null
      ? await begin(parts, running, first, adapter, call, signal, deadline)
      : { state: 'running', task: running.task, pollAfterMs: 0 };
  const route = routeOf(parts, running, first);
  while (state.state === 'running') {
    await keepTask(parts, running, state);
    watch.onProgress(state.progress ?? null);
    const { task } = state;
    if (Date.now() > deadline)
      throw new OutcomeUnknown(
        new Date(deadline + adapter.deadlineMs),
        new Error('the provider’s deadline has passed'),
      );
    await watch.poke.wait(state.pollAfterMs, signal);
    if (signal.aborted) return cancelTask(parts, running, route, adapter, task, signal);
    state = await pollOnce(parts, running, route, adapter, task, signal, state);
  }
  return state;
}

/** The row says «dispatched» before anything leaves: after a crash nobody has to guess whether it may have been sent. */
async function begin(
  parts: Parts,
  running: Running,
  route: ProviderRoute,
  adapter: TaskAdapter,
  call: Call,
  signal: AbortSignal,
  deadline: number,
): Promise<TaskState> {
  if (running.state !== 'held') {
    const found = await adapter.find?.(call, contextFor(parts, running, route, signal));
    if (found === null) running.state = 'held';
    else if (found !== undefined) return found;
    else throw new OutcomeUnknown(new Date(deadline), new Error('sent, and never answered'));
  }
  await moveTo(parts, running, 'dispatched');
  try {
    return await attempt(parts, running, route, signal, (context) => adapter.submit(call, context));
  } catch (error) {
    const fault = asFault(error, signal);
    if (fault.accepted === 'maybe' && !signal.aborted) throw new OutcomeUnknown(new Date(deadline), fault);
    throw fault;
  }
}

/** A poll that fails says nothing about the job: it is asked again, more slowly, until the deadline. */
async function pollOnce(
  parts: Parts,
  running: Running,
  route: OpenRoute,
  adapter: TaskAdapter,
  task: TaskState extends infer S ? (S extends { task: infer T } ? T : never) : never,
  signal: AbortSignal,
  before: Extract<TaskState, { state: 'running' }>,
): Promise<TaskState> {
  try {
    return await adapter.poll(task, contextFor(parts, running, route, signal));
  } catch (error) {
    const fault = asFault(error, signal);
    const passing =
      fault.kind === 'rate_limited' ||
      fault.kind === 'overloaded' ||
      fault.kind === 'timeout' ||
      (fault.kind === 'unknown' && fault.accepted === 'maybe');
    if (!passing) throw fault;
    return { ...before, pollAfterMs: Math.min(10_000, Math.max(1_000, before.pollAfterMs * 2)) };
  }
}

/** Where the provider can stop it, it stops and costs nothing; where it cannot, the person waits no longer all the same. */
async function cancelTask(
  parts: Parts,
  running: Running,
  route: OpenRoute,
  adapter: TaskAdapter,
  task: Parameters<TaskAdapter['poll']>[0],
  signal: AbortSignal,
): Promise<never> {
  const context: Context = contextFor(parts, running, route, AbortSignal.timeout(10_000));
  await adapter
    .cancel?.(task, context)
    .catch((error: unknown) =>
      parts.log.warn(
        { generationId: running.id, provider: running.providerId, err: error },
        'the provider did not cancel',
      ),
    );
  throw asFault(signal.reason, signal);
}

async function keepTask(parts: Parts, running: Running, state: Extract<TaskState, { state: 'running' }>) {
  const changed = JSON.stringify(running.task) !== JSON.stringify(state.task) || running.state !== 'running';
  running.task = state.task;
  if (!changed) return;
  running.state = 'running';
  await asService(parts.pools, (tx) =>
    tx
      .updateTable('generations.generation')
      .set({
        state: 'running',
        task: JSON.stringify(state.task),
        heldUntil: null,
        sentTo: JSON.stringify(running.sentTo),
      })
      .where('userId', '=', running.memberId)
      .where('id', '=', running.id)
      .where('finishedAt', 'is', null)
      .execute(),
  );
}

export async function moveTo(parts: Parts, running: Running, state: 'dispatched' | 'delivering') {
  running.state = state;
  await asService(parts.pools, (tx) =>
    tx
      .updateTable('generations.generation')
      .set({ state })
      .where('userId', '=', running.memberId)
      .where('id', '=', running.id)
      .where('finishedAt', 'is', null)
      .execute(),
  );
}

/** A wait that a webhook can cut short. */
export function createPoke(): Watch['poke'] & { now(): void } {
  let wake: (() => void) | undefined;
  return {
    now: () => wake?.(),
    async wait(ms, signal) {
      await Promise.race([
        delay(ms, undefined, { signal }).catch(() => undefined),
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
      ]);
    },
  };
}

/** The route by which it went in the end: the first may have taken nothing. */
export function routeOf(parts: Parts, running: Running, first: ProviderRoute): ProviderRoute {
  return parts.routing.byId(running.routeId) ?? first;
}
