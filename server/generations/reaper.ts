import { asService } from '#server/database/transaction.ts';
import type { Receipt } from '#server/egress/egress.ts';
import { expiredHolds } from '#server/ledger/ledger.ts';
import { holdIdOf, releaseIdOf } from '#server/ledger/transfer.ts';
import type { Task } from '#server/providers/provider.ts';
import { loadFiles } from './files.ts';
import { keepLooking } from './late.ts';
import { lookAtLate } from './late-look.ts';
import type { Parts } from './parts.ts';
import { modelAt } from './price-list.ts';
import { boundUnits, memberHash } from './quote.ts';
import { openAsk, type Running, type SealedAsk } from './record.ts';
import type { Runs } from './runs.ts';
import { servingOf } from './serving.ts';
import { type End, settle } from './settle.ts';
import { LEASE_SECONDS } from './states.ts';
import { NO_WISH, type Try } from './tries.ts';

const EVERY_MS = 2_000;
const BATCH = 100;
const FIRST_LOOK_MS = 60_000;

/** Takes up what a dead process left: a lease that ended without being renewed. Returns what stops it. */
export function startReaper(parts: Parts, runs: Runs): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    reap(parts, runs)
      .then(() =>
        lookAtLate(parts, (memberId, id) => readRunning(parts, memberId, id, holdIdOf(id), 'ended')),
      )
      .catch((error) => parts.log.error({ err: error }, 'the reaper failed'))
      .finally(() => {
        busy = false;
      });
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** One round: each expired hold is taken with a new lease (so that no other process takes it too) and resumed or released. */
async function reap(parts: Parts, runs: Runs): Promise<number> {
  const holds = await asService(parts.pools, (tx) => expiredHolds(tx, BATCH, LEASE_SECONDS));
  for (const hold of holds) {
    // Its work lives here, only the renewal was late (a slow database): ended, it would be delivered for nothing.
    if (runs.watches(hold.id)) continue;
    try {
      if (!(await takeUp(parts, runs, hold.memberId, hold.generationId, hold.id, hold.deadline)))
        await releaseOrphan(parts, hold);
    } catch (error) {
      parts.log.error({ generationId: hold.generationId, err: error }, 'a generation could not be taken up');
    }
  }
  return holds.length;
}

/** Resumes or ends one generation that nobody watches over, ends it after `deadline`. False when there is no such generation. */
export async function takeUp(
  parts: Parts,
  runs: Runs,
  memberId: string,
  id: string,
  holdId: string,
  deadline: Date | null = null,
): Promise<boolean> {
  const running = await readRunning(parts, memberId, id, holdId);
  if (running === null) return false;
  await resume(parts, runs, running, deadline !== null && deadline <= new Date());
  return true;
}

interface Taken extends Running {
  cancelAsked: boolean;
  heldUntil: Date | null;
}

/** Text cannot be taken up in the middle, and an answer that came by return is lost: nothing was delivered, nothing is charged. A job goes on. */
async function resume(parts: Parts, runs: Runs, running: Taken, overdue: boolean) {
  if (runs.has(running.id)) return;
  const resumable = running.kind !== 'text' && (await isJob(parts, running));
  const expired = running.state === 'unknown' && running.task === null && running.heldUntil !== null;
  if (expired && running.heldUntil! > new Date() && !running.cancelAsked) return;
  if (!resumable || expired || overdue || (running.cancelAsked && running.task === null)) {
    const { id, memberId, task } = running;
    // The sum is free again; the job is looked at further, and what comes of it is charged late.
    if (task !== null)
      await keepLooking(parts.pools, { memberId, id, task, at: new Date(Date.now() + FIRST_LOOK_MS) });
    await settle(parts, running, endOf(running, expired, overdue));
    parts.live.publish(`generation:${id}`, { type: 'gone' });
    return;
  }
  const route = parts.routing.byId(running.routeId);
  if (route === null) {
    parts.log.error(
      { generationId: running.id, route: running.routeId },
      'the route of a running job is closed',
    );
    return;
  }
  runs.begin(running, route, await loadFiles(parts, running.memberId, running.fileIds, true));
  if (running.cancelAsked) runs.cancel(running.id);
}

function endOf(running: Taken, expired: boolean, overdue: boolean): End {
  const cancelled = running.cancelAsked;
  return {
    state: cancelled ? 'cancelled' : 'released',
    ending: cancelled ? 'cancelled' : expired ? 'unknown' : overdue ? 'timeout' : 'interrupted',
    usage: null,
    answer: null,
    outputs: [],
  };
}

async function isJob(parts: Parts, running: Running): Promise<boolean> {
  const model = await modelAt(parts, running.priceVersion);
  const serving = model === null ? null : servingOf(parts, model, running.providerId, running.params);
  if (serving === null) return false;
  const operation = parts.routing.provider(running.providerId).operations[running.kind];
  const adapter = typeof operation === 'function' ? operation(serving.model.upstream) : operation;
  return adapter?.kind === 'task';
}

/** A hold whose generation was never written, or is gone: nothing can have been delivered. */
async function releaseOrphan(parts: Parts, hold: { id: string; generationId: string; memberId: string }) {
  parts.log.warn({ holdId: hold.id }, 'a hold without a generation was released');
  await parts.commit.settle({
    holdId: hold.id,
    transferId: releaseIdOf(hold.id),
    amountMicro: 0n,
    memberId: hold.memberId,
    id: hold.generationId,
    answer: null,
    ask: null,
    row: { state: 'released', ending: 'interrupted' },
  });
}

async function readRunning(
  parts: Parts,
  memberId: string,
  id: string,
  holdId: string,
  which: 'open' | 'ended' = 'open',
): Promise<Taken | null> {
  const row = await asService(parts.pools, (tx) =>
    tx
      .selectFrom('generations.generation')
      .selectAll()
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .executeTakeFirst(),
  );
  if (row === undefined || (row.finishedAt === null) !== (which === 'open')) return null;
  const key = await parts.vault.keyOf(memberId);
  const ask: SealedAsk =
    row.askBody === null ? { params: {} } : openAsk(key, memberId, id, await parts.bodies.read(row.askBody));
  const { params, wish = NO_WISH } = ask;
  const model = await modelAt(parts, row.priceVersion);
  const kind = row.kind as Running['kind'];
  const serving = model === null ? null : servingOf(parts, model, row.providerId, params);
  const bound =
    serving === null || kind === 'text'
      ? {}
      : boundUnits(parts, serving.model, {
          generationId: id,
          operation: kind,
          upstreamModel: serving.model.upstream,
          params: serving.params,
          files: await loadFiles(parts, memberId, row.fileIds, false),
          memberHash: memberHash(parts, memberId),
        });
  return {
    memberId,
    id,
    holdId,
    source: row.source as Running['source'],
    kind,
    modelId: row.modelId,
    providerId: row.providerId,
    routeId: row.routeId,
    priceVersion: row.priceVersion,
    state: row.state as Running['state'],
    heldMicro: row.heldMicro,
    params,
    fileIds: row.fileIds,
    bound,
    task: row.task as Task | null,
    wish,
    tries: row.tries as Try[],
    sentTo: row.sentTo as Receipt[],
    key,
    cancelAsked: row.cancelAsked,
    heldUntil: row.heldUntil,
  };
}
