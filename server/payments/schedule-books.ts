import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Soon, since the fee is known within seconds; what is open longer is asked about each day. */
const PAUSES = [0, 15 * SECOND, 5 * MINUTE, 60 * MINUTE];

/**
 * Adds the job that asks the processor what became of this money, in the caller's transaction; it takes the place of one
 * already waiting. `check` counts from 0; past the last pause nothing is added.
 */
export async function scheduleBooks(
  tx: Tx<'service'>,
  { userId, id }: { userId: string; id: string },
  check: number,
): Promise<void> {
  const pause = PAUSES[check];
  if (pause === undefined) return;
  const payload = JSON.stringify({ userId, moneyInId: id, check });
  const at = new Date(Date.now() + pause);
  await sql`select mluen.add_job('payments.books', ${payload}::json, ${`books ${id}`}, ${at})`.execute(tx);
}
