import { sql } from 'kysely';
import type { z } from 'zod';
import type { StaffThread } from '#contract/support.ts';
import { open } from '#server/artifacts/seal.ts';
import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import { childCaseOf } from './child.ts';
import { extendedTo, regimeOf } from './deadlines.ts';
import type { At, Support } from './parts.ts';
import { queueTicket } from './queue.ts';
import { requestInWords } from './requests.ts';
import { addMessage, addressPlace, openedMessages, reportedPlace, type SealedMessage } from './tickets.ts';

interface SealedRow extends SealedMessage {
  userId: string;
  addressSealed: Buffer | null;
  reportedSealed: Buffer | null;
}

/**
 * The words of a ticket. PostgreSQL gives them out together with the entry in the audit log, which the person sees, or
 * not at all. Throws `not-found`.
 */
export async function sealedThread(tx: Tx<'support'>, at: At, reason: string): Promise<SealedRow[]> {
  const { rows } = await sql<SealedRow>`
    select * from support.read_thread(${newId()}, ${at.ticketId}, ${reason}, ${at.requestId})`.execute(tx);
  if (rows.length === 0) throw new ProblemError('not-found');
  return rows;
}

/** A conversation as staff reads it, with what may be done about it. */
export async function staffThread(
  parts: Support,
  tx: Tx<'support'>,
  at: At,
  reason: string,
): Promise<z.output<typeof StaffThread>> {
  const found = await queueTicket(tx, at.ticketId, new Date());
  if (found === null) throw new ProblemError('not-found');
  const { personId, ticket } = found;
  const rows = await sealedThread(tx, at, reason);
  const key = await parts.vault.keyOf(personId);
  const { addressSealed, reportedSealed } = rows[0]!;
  const unsealed = (value: Buffer | null, place: typeof addressPlace) =>
    value === null ? null : open(key, place(personId, ticket.id), value).toString();
  return {
    ticket,
    address: unsealed(addressSealed, addressPlace),
    reportedAddress: unsealed(reportedSealed, reportedPlace),
    messages: await openedMessages(parts, personId, rows),
    request: await requestOf(tx, ticket.id),
    child: await childCaseOf(tx, ticket.id),
  };
}

async function requestOf(
  tx: Tx<'support'>,
  ticketId: string,
): Promise<z.output<typeof StaffThread>['request']> {
  const row = await tx
    .selectFrom('support.rightsRequest')
    .selectAll()
    .where('ticketId', '=', ticketId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const regime = regimeOf(row.regime);
  const mayExtend = row.extendedFrom === null && row.closedAt === null;
  return {
    ...requestInWords(row),
    source: regime.source,
    mayExtendTo: mayExtend ? (extendedTo(regime, row.receivedAt)?.toISOString() ?? null) : null,
  };
}

/** Answers, and lets a job tell the person so by mail: it leaves if and only if the answer stands. */
export async function answer(parts: Support, tx: Tx<'support'>, at: At, text: string): Promise<void> {
  const { personId } = await lockedTicket(tx, at.ticketId);
  const key = await parts.vault.keyOf(personId);
  await addMessage(tx, key, {
    personId,
    ticketId: at.ticketId,
    author: 'staff',
    staffId: at.staffId,
    text,
  });
  await setState(tx, personId, at.ticketId, 'answered');
  await audited(tx, 'support.answer', at, personId);
  await tellAnswered(tx, at.ticketId);
}

/** The payload names the ticket alone. */
export async function tellAnswered(tx: Tx<'support'>, ticketId: string): Promise<void> {
  await sql`select mluen.add_job('support.tell', ${JSON.stringify({ ticketId })}::json, ${`support.tell ${newId()}`})`.execute(
    tx,
  );
}

/** Says who looks after it. Throws `not-possible-now` for one who has not the role. */
export async function assign(tx: Tx<'support'>, at: At, assigneeId: string | null): Promise<void> {
  const { personId } = await lockedTicket(tx, at.ticketId);
  if (assigneeId !== null) {
    const assignee = await tx
      .selectFrom('identity.member')
      .select('staffRoles')
      .where('id', '=', assigneeId)
      .executeTakeFirst();
    if (!assignee?.staffRoles.includes('support'))
      throw new ProblemError('not-possible-now', {
        detail: 'Only one with the role support can look after it.',
      });
  }
  await tx
    .updateTable('support.ticket')
    .set({ assignedTo: assigneeId })
    .where('userId', '=', personId)
    .where('id', '=', at.ticketId)
    .execute();
  await audited(tx, 'support.assign', at, personId);
}

/** Closes it, once a request about data has its outcome. */
export async function close(tx: Tx<'support'>, at: At): Promise<void> {
  const { personId } = await lockedTicket(tx, at.ticketId);
  const request = await tx
    .selectFrom('support.rightsRequest')
    .select('id')
    .where('ticketId', '=', at.ticketId)
    .where('closedAt', 'is', null)
    .executeTakeFirst();
  if (request !== undefined)
    throw new ProblemError('not-possible-now', {
      detail: 'This is a request about data: say first whether it was answered or refused.',
    });
  await setState(tx, personId, at.ticketId, 'closed');
  await audited(tx, 'support.close', at, personId);
}

async function lockedTicket(tx: Tx<'support'>, ticketId: string): Promise<{ personId: string }> {
  const row = await tx
    .selectFrom('support.ticket')
    .select('userId')
    .where('id', '=', ticketId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new ProblemError('not-found');
  return { personId: row.userId };
}

async function setState(
  tx: Tx<'support'>,
  personId: string,
  ticketId: string,
  state: 'answered' | 'closed',
): Promise<void> {
  await tx
    .updateTable('support.ticket')
    .set({ state, waitingSince: null, closedAt: state === 'closed' ? new Date() : null })
    .where('userId', '=', personId)
    .where('id', '=', ticketId)
    .execute();
}

function audited(tx: Tx<'support'>, action: string, at: At, personId: string): Promise<void> {
  const { staffId, requestId, ticketId } = at;
  return recordAudit(tx, { action, actorId: staffId, subjectId: personId, object: ticketId, requestId });
}
