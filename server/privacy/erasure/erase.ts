import { asService } from '#server/database/transaction.ts';
import type { Privacy } from '../parts.ts';
import { scheduleErasure } from './ask.ts';
import type { Erasing } from './erasing.ts';
import { keptUntil } from './kept.ts';
import { steps } from './steps.ts';

/** How long to wait before looking again at what must end first. */
const LATER_MS = 60_000;

/**
 * Erases the person of a closed account whose grace is over: step by step, each recorded, so that after a crash it
 * goes on where it stopped. When something must end first (a running generation, the last mail) it comes back later.
 * Harmless when repeated, too early, or cancelled.
 */
export async function workOnErasure(parts: Privacy, erasureId: string, now: Date): Promise<void> {
  const erasing = await begin(parts, erasureId, now);
  if (erasing === null) return;
  for (const { name, work } of steps) {
    if (erasing.found.has(name)) continue;
    const found = await work(parts, erasing);
    if (found === 'later') {
      await asService(parts.pools, (tx) =>
        scheduleErasure(tx, erasureId, new Date(now.getTime() + LATER_MS)),
      );
      return;
    }
    await record(parts, erasing, name, found);
  }
  await asService(parts.pools, (tx) =>
    tx
      .updateTable('privacy.erasure')
      .set({
        state: 'erased',
        erasedAt: now,
        keepUntil: keptUntil(parts.inventory, erasing.country, now),
      })
      .where('userId', '=', erasing.memberId)
      .where('id', '=', erasureId)
      .execute(),
  );
  parts.log.info({ jobId: erasureId, tookMs: Date.now() - now.getTime() }, 'a person was erased');
}

/** Takes the erasure when it is due; what was found by earlier steps comes with it. */
async function begin(parts: Privacy, erasureId: string, now: Date): Promise<Erasing | null> {
  return asService(parts.pools, async (tx) => {
    const row = await tx
      .updateTable('privacy.erasure')
      .set({ state: 'erasing' })
      .where('id', '=', erasureId)
      .where('state', 'in', ['waiting', 'erasing'])
      .where('eraseAt', '<=', now)
      .returning(['userId', 'country', 'askedAt'])
      .executeTakeFirst();
    if (row === undefined) return null;
    const done = await tx
      .selectFrom('privacy.erasureStep')
      .select(['step', 'found', 'doneAt'])
      .where('userId', '=', row.userId)
      .where('erasureId', '=', erasureId)
      .execute();
    return {
      erasureId,
      memberId: row.userId,
      country: row.country,
      askedAt: row.askedAt,
      now,
      found: new Map(
        done.map(({ step, found, doneAt }) => [step, { counts: found as Record<string, unknown>, doneAt }]),
      ),
    };
  });
}

async function record(
  { pools }: Privacy,
  erasing: Erasing,
  step: string,
  counts: Record<string, unknown>,
): Promise<void> {
  await asService(pools, (tx) =>
    tx
      .insertInto('privacy.erasureStep')
      .values({
        userId: erasing.memberId,
        erasureId: erasing.erasureId,
        step,
        found: JSON.stringify(counts),
        doneAt: erasing.now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  erasing.found.set(step, { counts, doneAt: erasing.now });
}

/** Erasures that are due and have no job any more, after too many failures or a restore: taken up again. */
export async function resumeErasures({ pools }: Privacy, now: Date): Promise<number> {
  return asService(pools, async (tx) => {
    const due = await tx
      .selectFrom('privacy.erasure')
      .select('id')
      .where('state', 'in', ['waiting', 'erasing'])
      .where('eraseAt', '<=', now)
      .limit(100)
      .execute();
    for (const { id } of due) await scheduleErasure(tx, id, now);
    return due.length;
  });
}
