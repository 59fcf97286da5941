import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Processors drop notices, so we ask: soon at first, hourly to the deadline, then daily for a week. */
const FIRST_PAUSES = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE];
const ASK_FOR_DAYS_AFTER = 7;

/** The pause before check number `check` (from 0), in ms; null when it is time to stop asking. */
export function pauseBefore(check: number, now: Date, expiresAt: Date): number | null {
  const early = FIRST_PAUSES[check];
  if (early !== undefined) return early;
  const past = now.getTime() - expiresAt.getTime();
  if (past < 0) return Math.min(HOUR, -past + MINUTE);
  return past < ASK_FOR_DAYS_AFTER * DAY ? DAY : null;
}

/** Adds the job that asks the processor, in the caller's transaction; it takes the place of one already waiting. */
export async function scheduleCheck(
  tx: Tx<'service'>,
  topUp: { id: string; userId: string; expiresAt: Date },
  check: number,
): Promise<void> {
  const now = new Date();
  const pause = pauseBefore(check, now, topUp.expiresAt);
  if (pause === null) return;
  const payload = JSON.stringify({ topUpId: topUp.id, userId: topUp.userId, check });
  const at = new Date(now.getTime() + pause);
  await sql`select mluen.add_job('payments.check', ${payload}::json, ${`top-up ${topUp.id}`}, ${at})`.execute(
    tx,
  );
}
