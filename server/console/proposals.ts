import type { FastifyInstance } from 'fastify';
import * as contract from '#contract/console-money.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { isId } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import {
  approveAdjustment,
  type Decided,
  proposeAdjustment,
  refuseAdjustment,
} from '#server/ledger/flows/adjustment.ts';
import { authorOf, notTheirOwn, posting, refuseIdOfAnotherTime, refuseUnknownPerson } from './money-desk.ts';

const PAGE = 50;
/** Who has several roles acts under the one that may propose. */
const READERS = ['finance', 'auditor'] as const;

/** Corrections of wallets and debts to be given up: one person proposes, another decides. */
export function proposalRoutes(app: FastifyInstance, { pools }: { pools: Pools }, guards: Guards): void {
  route(app, contract.listProposals, guards.staff, async ({ query, ...given }) => {
    if (query.before !== undefined && !isId(query.before)) throw new ProblemError('invalid-input');
    const { memberId, session } = given;
    const rows = await asOneOfStaff(pools, given, READERS, (tx) => rowsOf(tx, query));
    const items = rows.slice(0, PAGE).map((row) => ({
      ...onWire(row),
      mayDecide:
        row.state === 'proposed' &&
        session.staffRoles.includes('finance') &&
        row.proposedBy !== memberId &&
        row.userId !== memberId,
    }));
    return { items, next: rows.length > PAGE ? items.at(-1)!.id : null };
  });
  route(app, contract.propose, guards.staff, async ({ body, ...asked }) => {
    refuseIdOfAnotherTime(body.id);
    if (body.kind === 'write_off' && body.amountMicro < 0n)
      throw new ProblemError('invalid-input', {
        errors: [{ path: 'amountMicro', message: 'What is given up of a debt is above 0.' }],
      });
    if (body.memberId === asked.memberId) throw notTheirOwn();
    await asService(pools, (tx) => refuseUnknownPerson(tx, body.memberId));
    const { staffId, requestId } = authorOf(asked);
    await asOneOfStaff(pools, asked, ['finance'], async (tx) => {
      if (!(await proposeAdjustment(tx, { ...body, proposedBy: staffId })))
        throw new ProblemError('already-exists', { detail: 'This was proposed before.' });
      await recordAudit(tx, {
        action: 'money.propose',
        actorId: staffId,
        subjectId: body.memberId,
        object: body.id,
        reason: body.reason,
        requestId,
      });
    });
  });
  route(app, contract.decideProposal, guards.staff, ({ params: { id }, body, ...asked }) =>
    posting(pools, asked, async (tx, { staffId, requestId }) => {
      const settle = body.approve ? approveAdjustment : refuseAdjustment;
      const decided = await settle(tx, { id, decidedBy: staffId });
      if (!decided.ok) throw refusal(decided.why);
      const { userId } = await tx
        .selectFrom('ledger.adjustment')
        .select('userId')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      await recordAudit(tx, {
        action: body.approve ? 'money.approve' : 'money.refuse',
        actorId: staffId,
        subjectId: userId,
        object: id,
        reason: body.reason,
        requestId,
      });
    }),
  );
}

async function rowsOf(
  tx: Tx<'finance' | 'auditor'>,
  { state, memberId, before }: { state: 'waiting' | 'decided'; memberId?: string; before?: string },
) {
  return tx
    .selectFrom('ledger.adjustment')
    .selectAll()
    .where('state', state === 'waiting' ? '=' : '!=', 'proposed')
    .$if(memberId !== undefined, (select) => select.where('userId', '=', memberId!))
    .$if(before !== undefined, (select) => select.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE + 1)
    .execute();
}

function onWire(row: Awaited<ReturnType<typeof rowsOf>>[number]): Omit<contract.Proposal, 'mayDecide'> {
  const { id, userId, amount, reason, proposedBy, decidedBy } = row;
  return {
    id,
    memberId: userId,
    amountMicro: amount,
    reason,
    proposedBy,
    decidedBy,
    kind: row.kind as contract.Proposal['kind'],
    reasonCode: row.reasonCode as contract.ReasonCode,
    state: row.state as contract.Proposal['state'],
    proposedAt: row.proposedAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
}

function refusal(why: Extract<Decided, { ok: false }>['why']): ProblemError {
  switch (why) {
    case 'not_found':
      return new ProblemError('not-found', { detail: 'There is no such proposal.' });
    case 'same_person':
      return new ProblemError('not-allowed', {
        detail: 'You proposed this, or it is about your own wallet: somebody else decides.',
      });
    case 'decided_before':
      return new ProblemError('not-possible-now', { detail: 'Somebody decided this before you.' });
    case 'insufficient':
      return new ProblemError('not-possible-now', {
        detail: 'There is less in the wallet than this would take. Refuse it, and propose what is there.',
      });
    case 'more_than_owed':
      return new ProblemError('not-possible-now', {
        detail: 'The member owes less than this would give up. Refuse it, and propose what is owed.',
      });
    case 'stopped':
      return new ProblemError('posting-paused');
    default:
      return new ProblemError('not-possible-now', { detail: `The ledger refused this: ${why}.` });
  }
}
