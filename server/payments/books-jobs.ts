import { z } from 'zod';
import { asService } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';
import { bookAfter } from './after-payment.ts';
import { ChannelFault } from './channel.ts';
import { channelOf, type Payments } from './check.ts';
import { readMissedNotices } from './inbox.ts';
import { bookPayoutsSince } from './payouts.ts';
import { sendRefund } from './refunds.ts';
import { scheduleBooks } from './schedule-books.ts';

const BooksPayload = z.object({ userId: z.uuid(), moneyInId: z.uuid(), check: z.number().int() });

const DAY_MS = 24 * 60 * 60_000;
/** A payout may fail five days after it was told as paid. */
const PAYOUTS_LOOKED_BACK_MS = 14 * DAY_MS;
const FEES_LOOKED_BACK_DAYS = 120;
const OPEN_AT_ONCE = 1000;

/** What happens to money after it came: asked about soon after each payment, hourly by list, daily while it is open. */
export function booksJobs(payments: Payments): Required<ModuleJobs> {
  return {
    handlers: {
      'payments.books': async (payload) => lookAfter(payments, BooksPayload.parse(payload)),
      'payments.missed': () => readLists(payments, new Date()),
      'payments.open-books': () => askOpen(payments),
    },
    schedule: ['7 * * * * payments.missed', '35 2 * * * payments.open-books'],
  };
}

/** One round of asking. The next one is added first: a fault of the processor must not end the asking. */
async function lookAfter(
  payments: Payments,
  { userId, moneyInId, check }: z.infer<typeof BooksPayload>,
): Promise<void> {
  const found = await asService(payments.pools, async (tx) => {
    const row = await tx
      .selectFrom('payments.moneyIn as m')
      .innerJoin('payments.topUp as t', (join) =>
        join.onRef('t.userId', '=', 'm.userId').onRef('t.id', '=', 'm.topUpId'),
      )
      .select(['m.receipt', 't.channel'])
      .where('m.userId', '=', userId)
      .where('m.id', '=', moneyInId)
      .executeTakeFirst();
    if (row !== undefined) await scheduleBooks(tx, { userId, id: moneyInId }, check + 1);
    return row;
  });
  if (found === undefined) return;
  try {
    await bookAfter(payments, channelOf(payments, found.channel), found.receipt);
    const asked = await asService(payments.pools, (tx) =>
      tx
        .selectFrom('payments.refund')
        .select(['userId', 'id'])
        .where('userId', '=', userId)
        .where('moneyInId', '=', moneyInId)
        .where('state', '=', 'asked')
        .execute(),
    );
    for (const refund of asked) await sendRefund(payments, refund);
  } catch (error) {
    if (!(error instanceof ChannelFault)) throw error;
    payments.log.warn({ channel: found.channel, err: error }, 'the processor could not be asked');
  }
}

/** What the processor did not send, or what was lost on its way, stands in its lists. */
async function readLists(payments: Payments, now: Date): Promise<void> {
  for (const channel of payments.channels) {
    await readMissedNotices(payments, channel, now);
    await bookPayoutsSince(payments, channel, new Date(now.getTime() - PAYOUTS_LOOKED_BACK_MS));
  }
}

/** Money whose fee is not known, and refunds and disputes that are open: each is asked about once a day. */
async function askOpen(payments: Payments): Promise<void> {
  await asService(payments.pools, async (tx) => {
    const since = new Date(Date.now() - FEES_LOOKED_BACK_DAYS * DAY_MS);
    const open = await tx
      .selectFrom('payments.moneyIn')
      .select(['userId', 'id'])
      .where('feeMicro', 'is', null)
      .where('receivedAt', '>', since)
      .union(
        tx
          .selectFrom('payments.refund')
          .select(['userId', 'moneyInId as id'])
          .where('state', 'in', ['asked', 'pending']),
      )
      .union(
        tx
          .selectFrom('payments.dispute')
          .select(['userId', 'moneyInId as id'])
          .where('state', 'in', ['warned', 'opened']),
      )
      .limit(OPEN_AT_ONCE)
      .execute();
    for (const moneyIn of open) await scheduleBooks(tx, moneyIn, 0);
  });
}
