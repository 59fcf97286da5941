import type { Bodies } from '#server/artifacts/bodies.ts';
import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { bearUndelivered, lateCapture } from '#server/ledger/flows/late-capture.ts';
import { lateCaptureIdOf } from '#server/ledger/transfer.ts';
import type { Task } from '#server/providers/provider.ts';

/** A generation that ended: what is captured of its hold (0 releases it), and what its row says from now on. */
export interface Ended {
  holdId: string;
  amountMicro: bigint;
  memberId: string;
  id: string;
  /** Sealed. */
  answer: Buffer | null;
  ask: Buffer | null;
  row: Record<string, unknown>;
}

/** What became of an end whose hold had been given back: `delivered` to the person, or `borne` by the house. */
export interface LateEnd {
  captured: bigint;
  late: 'delivered' | 'borne' | 'nothing';
}

/**
 * Ends a generation a second time: it had been released, and its work came after all. The person gets it and is charged
 * by late capture; who had stopped or deleted it gets and pays nothing, and the house remembers what it bears. In one
 * commit, and once: a repeat finds the row settled. docs/decisions/late-capture.md has the rule.
 */
export async function endLate(pools: Pools, bodies: Bodies, ended: Ended): Promise<LateEnd> {
  if (ended.row.state !== 'settled' && ended.amountMicro === 0n) return { captured: 0n, late: 'nothing' };
  const [answer = null, ask = null] = await writeBodies(bodies, ended);
  return asService(pools, async (tx) => {
    const row = await tx
      .selectFrom('generations.generation')
      .select(['state', 'chargedMicro'])
      .where('userId', '=', ended.memberId)
      .where('id', '=', ended.id)
      .executeTakeFirst();
    const charge = {
      holdId: ended.holdId,
      chargeId: lateCaptureIdOf(ended.id),
      amountMicro: ended.amountMicro,
    };
    if (row === undefined || row.state === 'cancelled') {
      await bearUndelivered(tx, charge);
      return { captured: 0n, late: 'borne' };
    }
    if (row.state === 'settled') return { captured: row.chargedMicro, late: 'nothing' };
    const captured = await lateCapture(tx, charge);
    if (!captured.ok && captured.why === 'still_held')
      throw new Error('a settlement was refused while its hold is open');
    if (!captured.ok) return { captured: 0n, late: 'nothing' };
    await writeEnd(tx, ended, captured.chargedMicro, { answer, ask });
    return { captured: captured.chargedMicro, late: 'delivered' };
  });
}

/** Throws when the row changed meanwhile, so that the charge is undone with it and the end is tried again. */
async function writeEnd(
  tx: Tx<'service'>,
  ended: Ended,
  chargedMicro: bigint,
  bodies: { answer: string | null; ask: string | null },
) {
  const end = ended.row;
  const { numUpdatedRows } = await tx
    .updateTable('generations.generation')
    .set({
      state: end.state as string,
      ending: (end.ending as string | undefined) ?? null,
      chargedMicro,
      costMicro: BigInt((end.costMicro as string | undefined) ?? '0'),
      countedBy: (end.countedBy as string | undefined) ?? null,
      units: end.units == null ? null : JSON.stringify(end.units),
      outputs: JSON.stringify(end.outputs ?? []),
      cameLate: true,
      finishedAt: new Date(),
      ...(end.sentTo === undefined ? {} : { sentTo: JSON.stringify(end.sentTo) }),
      ...(bodies.answer === null ? {} : { answerBody: bodies.answer }),
      ...(bodies.ask === null ? {} : { askBody: bodies.ask }),
    })
    .where('userId', '=', ended.memberId)
    .where('id', '=', ended.id)
    .where('state', '=', 'released')
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Error('a generation changed while its late end was written');
}

async function writeBodies(bodies: Bodies, { answer, ask }: Ended): Promise<(string | null)[]> {
  const present = [answer, ask].filter((body) => body !== null);
  const addresses = present.length === 0 ? [] : await bodies.append(present);
  let next = 0;
  return [answer, ask].map((body) => (body === null ? null : addresses[next++]!));
}

/** So long after its release a job is still looked at. */
const LATE_LOOK_DAYS = 7;

/** Keeps a job in view whose hold was or will be released, so that its outcome is found. Again: looked at at once. */
export async function keepLooking(
  pools: Pools,
  looked: { memberId: string; id: string; task: Task; at?: Date },
): Promise<void> {
  const { memberId, id, task, at = new Date() } = looked;
  const until = new Date(Date.now() + LATE_LOOK_DAYS * 86_400_000);
  await asService(pools, (tx) =>
    tx
      .insertInto('generations.lateLook')
      .values({ userId: memberId, id, task: JSON.stringify(task), lookAt: at, until })
      .onConflict((conflict) =>
        conflict.columns(['userId', 'id']).doUpdateSet({ task: JSON.stringify(task), lookAt: at }),
      )
      .execute(),
  );
}
