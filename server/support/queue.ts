import { sql } from 'kysely';
import { type QueuePage, type QueueQuery, type QueueTicket, Topic } from '#contract/support.ts';
import type { Tx } from '#server/database/transaction.ts';

/** The topics in the order in which they are taken up: a hole in the house before a question. */
const URGENCY = sql<number>`array_position(${sql.lit(`{${Topic.options.join(',')}}`)}::text[], ticket.topic)`;
const MOST = 200;
const PAGE = 50;
/** So long before it is due a request counts as due soon. */
export const SOON_DAYS = 5;

/** What waits, the most urgent topic first and in it what waits longest; closed ones by age, newest first. */
export async function queueOf(tx: Tx<'support'>, query: QueueQuery, now: Date): Promise<QueuePage> {
  const waiting = await tx
    .selectFrom('support.ticket')
    .select(({ fn }) => ['topic', fn.countAll<bigint>().as('waiting'), fn.min('waitingSince').as('oldest')])
    .where('state', '=', 'open')
    .groupBy('topic')
    .execute();
  const { overdue } = await tx
    .selectFrom('support.rightsRequest')
    .select(({ fn }) => fn.countAll<bigint>().as('overdue'))
    .where('closedAt', 'is', null)
    .where('dueAt', '<', now)
    .executeTakeFirstOrThrow();
  const state = query.state === 'waiting' ? 'open' : query.state;
  const rows = await ticketRows(tx)
    .where('ticket.state', '=', state)
    .$if(query.topic !== undefined, (select) => select.where('ticket.topic', '=', query.topic!))
    .$if(state === 'open', (select) => select.orderBy(URGENCY).orderBy('ticket.waitingSince').limit(MOST))
    .$if(state !== 'open', (select) =>
      select
        .$if(query.before !== undefined, (older) => older.where('ticket.id', '<', query.before!))
        .orderBy('ticket.id', 'desc')
        .limit(PAGE + 1),
    )
    .execute();
  const items = (state === 'open' ? rows : rows.slice(0, PAGE)).map((row) => inWords(row, now));
  return {
    queues: Topic.options.map((topic) => {
      const queue = waiting.find((one) => one.topic === topic);
      return { topic, waiting: Number(queue?.waiting ?? 0), oldest: queue?.oldest?.toISOString() ?? null };
    }),
    overdue: Number(overdue),
    items,
    next: state !== 'open' && rows.length > PAGE ? items.at(-1)!.id : null,
  };
}

/** One ticket as staff sees it; null when there is none. */
export async function queueTicket(
  tx: Tx<'support'>,
  id: string,
  now: Date,
): Promise<{ personId: string; ticket: QueueTicket } | null> {
  const row = await ticketRows(tx).where('ticket.id', '=', id).executeTakeFirst();
  return row === undefined ? null : { personId: row.userId, ticket: inWords(row, now) };
}

function ticketRows(tx: Tx<'support'>) {
  return tx
    .selectFrom('support.ticket as ticket')
    .leftJoin('support.rightsRequest as request', (join) =>
      join.onRef('request.userId', '=', 'ticket.userId').onRef('request.ticketId', '=', 'ticket.id'),
    )
    .leftJoin('identity.member as staff', 'staff.id', 'ticket.assignedTo')
    .select([
      'ticket.userId',
      'ticket.id',
      'ticket.topic',
      'ticket.state',
      'ticket.isMember',
      'ticket.openedAt',
      'ticket.waitingSince',
      'ticket.assignedTo',
      'staff.displayName as assigneeName',
      'request.dueAt',
      'request.closedAt as requestClosedAt',
    ]);
}

interface TicketRow {
  id: string;
  topic: string;
  state: string;
  isMember: boolean;
  openedAt: Date;
  waitingSince: Date | null;
  assignedTo: string | null;
  assigneeName: string | null;
  dueAt: Date | null;
  requestClosedAt: Date | null;
}

function inWords(row: TicketRow, now: Date): QueueTicket {
  const dueAt = row.requestClosedAt === null ? row.dueAt : null;
  const left = dueAt === null ? Number.POSITIVE_INFINITY : dueAt.getTime() - now.getTime();
  return {
    id: row.id,
    topic: row.topic as Topic,
    state: row.state as 'open' | 'answered' | 'closed',
    isMember: row.isMember,
    openedAt: row.openedAt.toISOString(),
    waitingSince: row.waitingSince?.toISOString() ?? null,
    assignedTo: row.assignedTo === null ? null : { id: row.assignedTo, name: row.assigneeName ?? '' },
    dueAt: dueAt?.toISOString() ?? null,
    isDueSoon: left >= 0 && left <= SOON_DAYS * 86_400_000,
    isOverdue: left < 0,
  };
}
