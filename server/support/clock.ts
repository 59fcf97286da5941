import { asService, type Tx } from '#server/database/transaction.ts';
import { queueMail } from '#server/mail/outbox.ts';
import { clockLetter } from './letters.ts';
import type { Support } from './parts.ts';
import { SOON_DAYS } from './queue.ts';

const AT_ONCE = 500;
const STAFF_MOST = 50;

/**
 * Looks at the clocks of open requests about data: five days before one is due, and again once it is late, everyone with
 * the role support and the operator's contact are told, once each. Answers how many alarms were told.
 */
export async function lookAtClocks(parts: Support, now: Date): Promise<number> {
  return asService(parts.pools, async (tx) => {
    const soon = new Date(now.getTime() + SOON_DAYS * 86_400_000);
    const rows = await tx
      .selectFrom('support.rightsRequest')
      .select(['userId', 'id', 'ticketId', 'dueAt', 'alarm'])
      .where('closedAt', 'is', null)
      .where('dueAt', '<=', soon)
      .where(({ or, and, eb }) =>
        or([eb('alarm', '=', 'none'), and([eb('alarm', '=', 'soon'), eb('dueAt', '<', now)])]),
      )
      .orderBy('dueAt')
      .limit(AT_ONCE)
      .forUpdate()
      .skipLocked()
      .execute();
    const told = rows.length === 0 ? [] : await listeners(parts, tx);
    for (const { userId, id, ticketId, dueAt } of rows) {
      const alarm = dueAt < now ? 'overdue' : 'soon';
      await tx
        .updateTable('support.rightsRequest')
        .set({ alarm })
        .where('userId', '=', userId)
        .where('id', '=', id)
        .execute();
      const words = clockLetter(`${parts.publicUrl}/console/support/${ticketId}`, alarm, dueAt);
      for (const { to, personId } of told)
        await queueMail(tx, { kind: 'request-clock', to, personId, ...words });
      if (alarm === 'overdue') parts.log.error({ jobId: ticketId }, 'a request about data is overdue');
      else parts.log.warn({ jobId: ticketId }, 'a request about data is due soon');
    }
    return rows.length;
  });
}

async function listeners(
  { operatorContact }: Support,
  tx: Tx<'service'>,
): Promise<{ to: string; personId?: string }[]> {
  const staff = await tx
    .selectFrom('identity.member')
    .select(['id', 'email'])
    .where(({ eb, val, fn }) => eb(val('support'), '=', fn.any('staffRoles')))
    .limit(STAFF_MOST)
    .execute();
  const operator =
    operatorContact !== null && /^[^\s@]+@[^\s@]+$/.test(operatorContact) ? [{ to: operatorContact }] : [];
  return [...staff.map(({ id, email }) => ({ to: email, personId: id })), ...operator];
}

/** For whoever watches from outside. */
export async function lateRequests(
  tx: Tx<'service'>,
  now: Date,
): Promise<{ overdue: number; dueSoon: number }> {
  const soon = new Date(now.getTime() + SOON_DAYS * 86_400_000);
  const row = await tx
    .selectFrom('support.rightsRequest')
    .select(({ fn }) => [
      fn.countAll<bigint>().filterWhere('dueAt', '<', now).as('overdue'),
      fn.countAll<bigint>().filterWhere('dueAt', '>=', now).as('dueSoon'),
    ])
    .where('closedAt', 'is', null)
    .where('dueAt', '<=', soon)
    .executeTakeFirstOrThrow();
  return { overdue: Number(row.overdue), dueSoon: Number(row.dueSoon) };
}
