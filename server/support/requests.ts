import { sql } from 'kysely';
import type { z } from 'zod';
import type { Right, RightsRequest } from '#contract/support.ts';
import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import { dueAt, extendedTo, regimeIdOf, regimeOf } from './deadlines.ts';

interface NewRequest {
  personId: string;
  ticketId: string;
  /** Who is signed in has shown who asks. */
  memberId: string | null;
  kind: Right;
  country: string | undefined;
  at: Date;
}

/** Starts the clock of the law that fits the person's country; answers when it ends. */
export async function beginRequest(tx: Tx<'service'>, request: NewRequest): Promise<Date> {
  const { personId, ticketId, memberId, kind, at } = request;
  const country = memberId === null ? (request.country ?? null) : await countryOf(tx, memberId);
  const regime = regimeIdOf(country);
  const due = dueAt(regimeOf(regime), at);
  await tx
    .insertInto('support.rightsRequest')
    .values({
      userId: personId,
      id: newId(),
      ticketId,
      kind,
      country,
      regime,
      receivedAt: at,
      dueAt: due,
      provenAt: memberId === null ? null : at,
    })
    .execute();
  return due;
}

async function countryOf(tx: Tx<'service'>, memberId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('identity.member')
    .select('country')
    .where('id', '=', memberId)
    .executeTakeFirst();
  return row?.country ?? null;
}

/** The request of a ticket as its person sees it; null when it has none. */
export async function requestView<R extends 'member' | 'service'>(
  tx: Tx<R>,
  personId: string,
  ticketId: string,
): Promise<z.output<typeof RightsRequest> | null> {
  const row = await tx
    .selectFrom('support.rightsRequest')
    .select([
      'kind',
      'regime',
      'receivedAt',
      'dueAt',
      'extensionReason',
      'provenAt',
      'outcome',
      'outcomeReason',
    ])
    .where('userId', '=', personId)
    .where('ticketId', '=', ticketId)
    .executeTakeFirst();
  return row === undefined ? null : requestInWords(row);
}

export interface RequestRow {
  kind: string;
  regime: string;
  receivedAt: Date;
  dueAt: Date;
  extensionReason: string | null;
  provenAt: Date | null;
  outcome: string | null;
  outcomeReason: string | null;
}

export function requestInWords(row: RequestRow): z.output<typeof RightsRequest> {
  return {
    kind: row.kind as Right,
    law: regimeOf(row.regime).law,
    receivedAt: row.receivedAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
    extensionReason: row.extensionReason,
    provenAt: row.provenAt?.toISOString() ?? null,
    outcome: row.outcome as 'answered' | 'refused' | null,
    outcomeReason: row.outcomeReason,
  };
}

/** The link was opened and the request confirmed: it comes from who has the address. Twice is harmless. */
export async function prove(tx: Tx<'service'>, personId: string, ticketId: string): Promise<void> {
  await tx
    .updateTable('support.rightsRequest')
    .set({ provenAt: sql`coalesce(proven_at, clock_timestamp())` })
    .where('userId', '=', personId)
    .where('ticketId', '=', ticketId)
    .execute();
}

interface StaffAct {
  staffId: string;
  requestId: string;
  ticketId: string;
  reason: string;
}

/** Extends the time of a request once, as far as its law lets it. Throws `not-found`, `not-possible-now`. */
export async function extend(tx: Tx<'support'>, act: StaffAct, now: Date): Promise<void> {
  const row = await openRequest(tx, act.ticketId);
  const to = extendedTo(regimeOf(row.regime), row.receivedAt);
  if (to === null)
    throw new ProblemError('not-possible-now', { detail: 'The law of this request knows no longer time.' });
  if (row.extendedFrom !== null)
    throw new ProblemError('not-possible-now', { detail: 'The time of this request was extended before.' });
  if (now > row.dueAt)
    throw new ProblemError('not-possible-now', {
      detail: 'An extension is told within the first time, and that is over.',
    });
  await tx
    .updateTable('support.rightsRequest')
    .set({ dueAt: to, extendedFrom: row.dueAt, extensionReason: act.reason, alarm: 'none' })
    .where('userId', '=', row.userId)
    .where('id', '=', row.id)
    .execute();
  await audited(tx, 'support.request.extend', act, row);
}

/** Ends a request. `answered` only once it is shown who asks; PostgreSQL holds to that too. */
export async function end(
  tx: Tx<'support'>,
  act: StaffAct & { outcome: 'answered' | 'refused' },
): Promise<void> {
  const row = await openRequest(tx, act.ticketId);
  if (act.outcome === 'answered' && row.provenAt === null)
    throw new ProblemError('not-possible-now', {
      detail:
        'Nobody has confirmed yet, by the link that was mailed, that this request comes from the address.',
    });
  await tx
    .updateTable('support.rightsRequest')
    .set({ outcome: act.outcome, outcomeReason: act.reason, closedAt: new Date() })
    .where('userId', '=', row.userId)
    .where('id', '=', row.id)
    .execute();
  await audited(tx, 'support.request.end', act, row);
}

async function openRequest(tx: Tx<'support'>, ticketId: string) {
  const row = await tx
    .selectFrom('support.rightsRequest')
    .select(['userId', 'id', 'regime', 'receivedAt', 'dueAt', 'extendedFrom', 'provenAt', 'closedAt'])
    .where('ticketId', '=', ticketId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new ProblemError('not-found');
  if (row.closedAt !== null)
    throw new ProblemError('not-possible-now', { detail: 'This request has its outcome already.' });
  return row;
}

function audited(tx: Tx<'support'>, action: string, act: StaffAct, row: { userId: string; id: string }) {
  const { staffId, requestId, reason } = act;
  return recordAudit(tx, {
    action,
    actorId: staffId,
    subjectId: row.userId,
    object: row.id,
    reason,
    requestId,
  });
}
