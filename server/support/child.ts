import { sql } from 'kysely';
import type { z } from 'zod';
import type { ChildCase } from '#contract/support.ts';
import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity, asService, type Tx } from '#server/database/transaction.ts';
import type { SignedIn } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { askForErasure } from '#server/privacy/erasure/ask.ts';
import { giveBackToCards } from './give-back.ts';
import type { At, Support } from './parts.ts';

/** What became of a report; null when nothing was done yet. */
export async function childCaseOf(
  tx: Tx<'support'>,
  ticketId: string,
): Promise<z.output<typeof ChildCase> | null> {
  const row = await tx
    .selectFrom('support.childReport as report')
    .leftJoin('identity.member as member', 'member.id', 'report.userId')
    .leftJoin('privacy.erasure as erasure', (join) =>
      join.onRef('erasure.userId', '=', 'report.userId').on('erasure.state', '!=', 'cancelled'),
    )
    .select([
      'report.userId',
      'emailMasked',
      'suspendedAt',
      'liftedAt',
      'refundMicro',
      'refundReference',
      'erasureAskedAt',
      'erasure.state',
    ])
    .where('report.ticketId', '=', ticketId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    memberId: row.userId,
    emailMasked: row.emailMasked,
    suspendedAt: row.suspendedAt.toISOString(),
    liftedAt: row.liftedAt?.toISOString() ?? null,
    erasure: row.state === 'erased' ? 'erased' : row.erasureAskedAt === null ? 'none' : 'asked',
    refundMicro: row.refundMicro,
    refundReference: row.refundReference,
  };
}

/**
 * Stops the account of this address: it begins nothing more, and its sessions and keys are dead. Throws
 * `not-possible-now` when there is no such account, or the ticket has one already.
 */
export async function suspend(
  parts: Support,
  staff: SignedIn,
  at: At,
  report: { address: string; reason: string },
): Promise<void> {
  const memberId = await accountOf(parts, report.address);
  await asOneOfStaff(parts.pools, staff, ['support'], (tx) => refuseOtherTopic(tx, at.ticketId));
  if (memberId === null)
    throw new ProblemError('not-possible-now', {
      detail: 'There is no account of a member at this address.',
    });
  // First, and harmless when repeated: an account that stands as suspended has no session left, whenever a process dies.
  await asIdentity(parts.pools, (tx) => parts.privacy.members.endCredentials(tx, memberId));
  await asOneOfStaff(parts.pools, staff, ['support'], async (tx) => {
    const made = await tx
      .insertInto('support.childReport')
      .values({ userId: memberId, id: newId(), ticketId: at.ticketId })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (made.numInsertedOrUpdatedRows === 0n) throw suspendedBefore();
    await sql`select support.suspend_child(${newId()}, ${memberId})`.execute(tx);
    await audited(tx, 'support.child.suspend', at, memberId, report.reason);
  });
}

async function refuseOtherTopic(tx: Tx<'support'>, ticketId: string): Promise<void> {
  const ticket = await tx
    .selectFrom('support.ticket')
    .leftJoin('support.childReport', 'support.childReport.ticketId', 'support.ticket.id')
    .select(['topic', 'suspendedAt'])
    .where('support.ticket.id', '=', ticketId)
    .executeTakeFirst();
  if (ticket?.topic !== 'child') throw new ProblemError('not-found');
  if (ticket.suspendedAt !== null) throw suspendedBefore();
}

const suspendedBefore = () =>
  new ProblemError('not-possible-now', { detail: 'An account was suspended for this report before.' });

async function accountOf({ pools }: Support, address: string): Promise<string | null> {
  const row = await asService(pools, (tx) =>
    tx
      .selectFrom('identity.member')
      .select('id')
      .where('email', '=', address.toLowerCase())
      .where('role', '=', 'member')
      .executeTakeFirst(),
  );
  return row?.id ?? null;
}

/** It was no child's: the account goes on. */
export async function lift(tx: Tx<'support'>, at: At, reason: string): Promise<void> {
  const report = await openReport(tx, at.ticketId);
  await tx
    .updateTable('support.childReport')
    .set({ liftedAt: new Date() })
    .where('userId', '=', report.userId)
    .where('id', '=', report.id)
    .execute();
  await sql`select support.lift_suspension(${report.userId})`.execute(tx);
  await audited(tx, 'support.child.lift', at, report.userId, reason);
}

/**
 * Erases the account at once, without the grace that an adult has. Its cash goes back to the cards that it came from; what
 * they do not take is noted, for finance to pay back otherwise. Refused while a payment is on its way.
 */
export async function erase(parts: Support, staff: SignedIn, at: At, reason: string): Promise<void> {
  const { userId } = await asOneOfStaff(parts.pools, staff, ['support'], (tx) => openReport(tx, at.ticketId));
  await giveBackToCards(parts, userId, { staffId: at.staffId, reason });
  const { availableMicro, promoMicro } = await asService(parts.pools, (tx) => balanceOf(tx, userId));
  // Promotional money is a gift of ours, and never paid out.
  const owed = availableMicro - promoMicro;
  await asOneOfStaff(parts.pools, staff, ['support'], async (tx) => {
    const report = await openReport(tx, at.ticketId);
    await tx
      .updateTable('support.childReport')
      .set({ erasureAskedAt: new Date(), refundMicro: owed > 0n ? owed : 0n })
      .where('userId', '=', userId)
      .where('id', '=', report.id)
      .execute();
    await audited(tx, 'support.child.erase', at, userId, reason);
    const asked = await askForErasure(parts.privacy, {
      memberId: userId,
      sessionId: '',
      now: true,
      requestId: at.requestId,
      actorId: at.staffId,
    });
    if ('refused' in asked)
      throw new ProblemError('not-possible-now', {
        detail: 'A payment of this account is on its way. Erase it once that has come or failed.',
      });
  });
}

/** Finance has paid it back: by which reference. */
export async function refund(tx: Tx<'finance'>, at: At, reference: string): Promise<void> {
  const done = await tx
    .updateTable('support.childReport')
    .set({ refundReference: reference, refundedAt: new Date() })
    .where('ticketId', '=', at.ticketId)
    .where('refundMicro', '>', 0n)
    .where('refundedAt', 'is', null)
    .returning('userId')
    .executeTakeFirst();
  if (done === undefined)
    throw new ProblemError('not-possible-now', { detail: 'Nothing is to be paid back for this report.' });
  await recordAudit(tx, {
    action: 'support.child.refund',
    actorId: at.staffId,
    subjectId: done.userId,
    object: at.ticketId,
    reason: reference,
    requestId: at.requestId,
  });
}

async function openReport(tx: Tx<'support'>, ticketId: string): Promise<{ userId: string; id: string }> {
  const row = await tx
    .selectFrom('support.childReport')
    .select(['userId', 'id', 'liftedAt', 'erasureAskedAt'])
    .where('ticketId', '=', ticketId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined)
    throw new ProblemError('not-possible-now', { detail: 'Suspend the account first: then look into it.' });
  if (row.liftedAt !== null || row.erasureAskedAt !== null)
    throw new ProblemError('not-possible-now', { detail: 'This report has come to its end.' });
  return row;
}

function audited(tx: Tx<'support'>, action: string, at: At, memberId: string, reason: string): Promise<void> {
  const { staffId, requestId, ticketId } = at;
  return recordAudit(tx, {
    action,
    actorId: staffId,
    subjectId: memberId,
    object: ticketId,
    reason,
    requestId,
  });
}
