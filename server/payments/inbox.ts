import { sql } from 'kysely';
import { isId, newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import type { Channel } from './channel.ts';
import type { Payments } from './check.ts';
import type { Notice } from './notice.ts';

/**
 * Keeps the notice under its unique key and adds the job with it; one that is there already changes nothing. Its signature
 * was verified, or it was read from the processor's own list.
 */
export async function keepNotice({ pools }: Payments, channel: Channel, notice: Notice): Promise<void> {
  const useful = notice.concerns !== 'nothing' && notice.live === channel.live;
  await asService(pools, async (tx) => {
    const id = newId();
    const kept = await tx
      .insertInto('payments.webhookInbox')
      .values({
        id,
        channel: channel.id,
        eventKey: notice.eventKey,
        kind: notice.kind,
        concerns: notice.concerns,
        about: notice.about,
        topUpId: notice.topUpId !== null && isId(notice.topUpId) ? notice.topUpId : null,
        sessionId: notice.sessionId,
        live: notice.live,
        ...(useful ? {} : { state: 'ignored', handledAt: new Date() }),
      })
      .onConflict((conflict) => conflict.columns(['channel', 'eventKey']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (kept === undefined || !useful) return;
    await sql`select mluen.add_job('payments.notice', ${JSON.stringify({ noticeId: id })}::json)`.execute(tx);
  });
}

const DAY_MS = 24 * 60 * 60_000;
/** The processor keeps its list for 30 days; what is read twice is kept once. */
const FIRST_READ_MS = 29 * DAY_MS;
const OVERLAP_MS = 60 * 60_000;

/** Reads the processor's list of events since it was last read, and keeps what never came. Throws `ChannelFault`. */
export async function readMissedNotices(payments: Payments, channel: Channel, now: Date): Promise<void> {
  const { pools } = payments;
  const last = await asService(pools, (tx) =>
    tx.selectFrom('payments.eventsRead').select('until').where('channel', '=', channel.id).executeTakeFirst(),
  );
  const earliest = now.getTime() - FIRST_READ_MS;
  const from = last === undefined ? earliest : Math.max(earliest, last.until.getTime() - OVERLAP_MS);
  for (const notice of await channel.books.noticesSince(new Date(from)))
    await keepNotice(payments, channel, notice);
  await asService(pools, (tx) =>
    tx
      .insertInto('payments.eventsRead')
      .values({ channel: channel.id, until: now })
      .onConflict((conflict) => conflict.column('channel').doUpdateSet({ until: now }))
      .execute(),
  );
}
