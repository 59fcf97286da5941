import { z } from 'zod';
import { asService } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';
import { bookAfter } from './after-payment.ts';
import { booksJobs } from './books-jobs.ts';
import { ChannelFault } from './channel.ts';
import { channelOf, checkNow, type Payments } from './check.ts';
import { bookPayout } from './payouts.ts';
import { scheduleCheck } from './polling.ts';
import { isOpen } from './states.ts';
import { stateOf, type TopUpRow } from './top-up.ts';

const CheckPayload = z.object({ topUpId: z.uuid(), userId: z.uuid(), check: z.number().int() });
const NoticePayload = z.object({ noticeId: z.uuid() });

export function paymentsJobs(payments: Payments): ModuleJobs {
  const books = booksJobs(payments);
  return {
    schedule: books.schedule,
    handlers: {
      ...books.handlers,
      'payments.check': async (payload) => check(payments, CheckPayload.parse(payload)),
      'payments.notice': async (payload) => workOn(payments, NoticePayload.parse(payload).noticeId),
    },
  };
}

/** One round of asking. The next one is added first: a fault of the processor must not end the asking. */
async function check(
  payments: Payments,
  { topUpId, userId, check }: z.infer<typeof CheckPayload>,
): Promise<void> {
  const topUp = await asService(payments.pools, async (tx) => {
    const found = await tx
      .selectFrom('payments.topUp')
      .selectAll()
      .where('userId', '=', userId)
      .where('id', '=', topUpId)
      .executeTakeFirst();
    if (found === undefined || !isOpen(stateOf(found))) return undefined;
    await scheduleCheck(tx, found, check + 1);
    return found;
  });
  if (topUp === undefined) return;
  try {
    await checkNow(payments, topUp);
  } catch (error) {
    if (!(error instanceof ChannelFault)) throw error;
    payments.log.warn({ topUpId, channel: topUp.channel, err: error }, 'the processor could not be asked');
  }
}

/** What a notice says is only a reason to ask: the processor's present answer decides. */
async function workOn(payments: Payments, noticeId: string): Promise<void> {
  const notice = await asService(payments.pools, (tx) =>
    tx.selectFrom('payments.webhookInbox').selectAll().where('id', '=', noticeId).executeTakeFirst(),
  );
  if (notice === undefined || notice.state !== 'received') return;
  const verdict = await verdictOn(payments, notice);
  await asService(payments.pools, (tx) =>
    tx
      .updateTable('payments.webhookInbox')
      .set({
        state: verdict === undefined ? 'ignored' : 'done',
        verdict: verdict ?? `no such ${notice.concerns}`,
        handledAt: new Date(),
      })
      .where('id', '=', noticeId)
      .execute(),
  );
}

/** Asks what the notice is a reason to ask, and does what follows; undefined when it is about nothing of ours. */
async function verdictOn(
  payments: Payments,
  notice: {
    channel: string;
    concerns: string;
    about: string | null;
    sessionId: string | null;
    topUpId: string | null;
  },
): Promise<string | undefined> {
  const channel = channelOf(payments, notice.channel);
  if (notice.concerns === 'payout' && notice.about !== null) {
    await bookPayout(payments, channel, notice.about);
    return 'asked';
  }
  if (notice.concerns === 'payment' && notice.about !== null)
    return (await bookAfter(payments, channel, notice.about)) && 'asked';
  const topUp = await concerned(payments, notice);
  return topUp && (await checkNow(payments, topUp)).state;
}

async function concerned(
  { pools }: Payments,
  notice: { channel: string; sessionId: string | null; topUpId: string | null },
): Promise<TopUpRow | undefined> {
  const { channel, sessionId, topUpId } = notice;
  return asService(pools, async (tx) => {
    const query = tx.selectFrom('payments.topUp').selectAll().where('channel', '=', channel);
    const bySession = await query.where('sessionId', '=', sessionId).executeTakeFirst();
    return bySession ?? query.where('id', '=', topUpId).executeTakeFirst();
  });
}
