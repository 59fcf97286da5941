import { asService } from '#server/database/transaction.ts';
import { bearUndelivered } from '#server/ledger/flows/late-capture.ts';
import { lateCaptureIdOf } from '#server/ledger/transfer.ts';
import {
  adapterFor,
  ProviderFault,
  type Task,
  type TaskAdapter,
  type TaskState,
} from '#server/providers/provider.ts';
import { asFault, contextFor } from './attempt.ts';
import type { Parts } from './parts.ts';
import { modelAt, priceTold } from './price-list.ts';
import type { Running } from './record.ts';
import { delivered } from './run-media.ts';
import { servingOf } from './serving.ts';
import { settle } from './settle.ts';

const EVERY_MINUTES = 15;
/** A look that died with its process is taken up after this. */
const LOOK_LEASE_SECONDS = 120;
const BATCH = 20;
const CALL_MOST_MS = 60_000;

type ReadEnded = (memberId: string, id: string) => Promise<Running | null>;

/**
 * One round: asks the providers after jobs whose holds had been released. What was made after all is delivered and
 * charged by late capture; who had stopped it is not bothered, and the house bears it. Twice at once is harmless.
 */
export async function lookAtLate(parts: Parts, readEnded: ReadEnded): Promise<number> {
  const due = await takeDue(parts);
  for (const { userId, id, task, until } of due) {
    try {
      const over = await look(parts, await readEnded(userId, id), task as Task);
      await (over || until < new Date() ? stopLooking(parts, userId, id) : lookLater(parts, userId, id));
    } catch (error) {
      parts.log.error({ generationId: id, err: error }, 'a late job could not be looked at');
    }
  }
  return due.length;
}

/** Whether nothing more is to come. */
async function look(parts: Parts, running: Running | null, task: Task): Promise<boolean> {
  if (running === null || running.state === 'settled') return true;
  const route = parts.routing.byId(running.routeId);
  const model = await modelAt(parts, running.priceVersion);
  if (route === null || model === null) return false;
  const provider = parts.routing.provider(running.providerId);
  const upstream = servingOf(parts, model, running.providerId, running.params)?.model.upstream;
  const adapter = adapterFor(provider, running.kind, upstream ?? model.upstream) as TaskAdapter;
  const context = contextFor(parts, running, route, AbortSignal.timeout(CALL_MOST_MS));
  let state: TaskState;
  try {
    state = await adapter.poll(task, context);
  } catch (error) {
    const fault = asFault(error);
    // The provider's last word, or one more look.
    return fault.accepted !== 'maybe' && fault.kind !== 'rate_limited' && fault.kind !== 'overloaded';
  }
  if (state.state === 'running') return false;
  const bear = () => {
    const units = state.usage ?? running.bound;
    return bearLate(parts, running, priceTold(parts, running.id, model, units, running.params).amountMicro);
  };
  if (running.state === 'cancelled') {
    await bear();
    return true;
  }
  try {
    await settle(parts, running, await delivered(parts, running, route, state));
  } catch (error) {
    // The provider keeps results for a while only.
    if (!(error instanceof ProviderFault) || error.accepted === 'maybe') throw error;
    await bear();
  }
  parts.live.publish(`generation:${running.id}`, { type: 'end' });
  parts.log.info(
    { generationId: running.id, provider: running.providerId, state: running.state },
    'work came after its hold had been released',
  );
  return true;
}

/** The work was done, and nobody gets it. */
async function bearLate(parts: Parts, { id, holdId }: Running, amountMicro: bigint) {
  await asService(parts.pools, (tx) =>
    bearUndelivered(tx, { holdId, chargeId: lateCaptureIdOf(id), amountMicro }),
  );
}

async function takeDue(parts: Parts) {
  return asService(parts.pools, (tx) =>
    tx
      .updateTable('generations.lateLook as mine')
      .set({ lookAt: new Date(Date.now() + LOOK_LEASE_SECONDS * 1000) })
      .from(
        tx
          .selectFrom('generations.lateLook')
          .select(['userId', 'id'])
          .where('lookAt', '<=', new Date())
          .orderBy('lookAt')
          .limit(BATCH)
          .forUpdate()
          .skipLocked()
          .as('due'),
      )
      .whereRef('mine.userId', '=', 'due.userId')
      .whereRef('mine.id', '=', 'due.id')
      .returning(['mine.userId', 'mine.id', 'mine.task', 'mine.until'])
      .execute(),
  );
}

async function lookLater(parts: Parts, memberId: string, id: string) {
  await asService(parts.pools, (tx) =>
    tx
      .updateTable('generations.lateLook')
      .set({ lookAt: new Date(Date.now() + EVERY_MINUTES * 60_000) })
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .execute(),
  );
}

async function stopLooking(parts: Parts, memberId: string, id: string) {
  await asService(parts.pools, (tx) =>
    tx.deleteFrom('generations.lateLook').where('userId', '=', memberId).where('id', '=', id).execute(),
  );
}
