import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import * as contract from '#contract/console-payments.ts';
import { recordAudit } from '#server/audit/audit.ts';
import { isId } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { Guards, SignedIn } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import { asked } from './asked.ts';
import type { Payments } from './check.ts';
import { clearWarning } from './disputes.ts';
import { mustRefund, refundOnWire } from './refund-routes.ts';
import { refundToCard } from './refunds.ts';
import { decideUnmatched, unmatchedMoney } from './unmatched.ts';

const PAGE = 50;

/** Finance's view of money after it came, and what finance may do: refund a card, and let a warned member spend again. */
export function paymentsConsoleRoutes(app: FastifyInstance, payments: Payments, guards: Guards): void {
  const { pools } = payments;
  const read = <T>(signedIn: SignedIn, work: (tx: Tx<'finance'>) => Promise<T>) =>
    asOneOfStaff(pools, signedIn, ['finance'], work);
  route(app, contract.listStaffRefunds, guards.staff, async ({ query, ...given }) =>
    pageOf(await read(given, (tx) => refundsBefore(tx, idIn(query.before)))),
  );
  route(app, contract.listStaffDisputes, guards.staff, async ({ query, ...given }) =>
    pageOf(await read(given, (tx) => disputesBefore(tx, idIn(query.before)))),
  );
  route(app, contract.listPayouts, guards.staff, async ({ query, ...given }) =>
    pageOf(await read(given, (tx) => payoutsBefore(tx, idIn(query.before)))),
  );
  route(app, contract.refundForMember, guards.staff, async ({ body, request: _, ...given }) => {
    const staffId = await whoPosts(payments, given);
    if (staffId === body.memberId)
      throw new ProblemError('not-allowed', {
        detail: 'This is your own wallet: somebody else decides about it.',
      });
    const { reason, ...wish } = body;
    return refundOnWire(mustRefund(await refundToCard(payments, { ...wish, staff: { staffId, reason } })));
  });
  route(app, contract.listUnmatched, guards.staff, async (given) => ({
    items: await read(given, unmatchedMoney),
  }));
  route(app, contract.decideUnmatched, guards.staff, async ({ body, request, ...given }) => {
    const staffId = await whoPosts(payments, given);
    const decided = await asked(() =>
      decideUnmatched(payments, { ...body, moneyInId: body.id, staffId, requestId: request.id }),
    );
    if (decided !== 'done') throw new ProblemError(decided);
  });
  route(app, contract.clearWarning, guards.staff, async ({ body, request, ...given }) => {
    const staffId = await whoPosts(payments, given);
    await asService(pools, async (tx) => {
      const memberId = await clearWarning(tx, body.disputeId);
      if (memberId === undefined || memberId === staffId) throw new ProblemError('not-found');
      await recordAudit(tx, {
        action: 'wallet.warning-cleared',
        actorId: staffId,
        subjectId: memberId,
        object: body.disputeId,
        reason: body.reason,
        requestId: request.id,
      });
    });
  });
}

/** PostgreSQL says whether this person may have money moved. */
function whoPosts({ pools }: Payments, signedIn: SignedIn): Promise<string> {
  return asOneOfStaff(pools, signedIn, ['finance'], async (tx) => {
    const { rows } = await sql<{ id: string }>`select ledger.staff_who_posts() as id`.execute(tx);
    return rows[0]!.id;
  });
}

function idIn(before: string | undefined): string | undefined {
  if (before !== undefined && !isId(before)) throw new ProblemError('invalid-input');
  return before;
}

function pageOf<T extends { id: string }>(rows: T[]): { items: T[]; next: string | null } {
  const items = rows.slice(0, PAGE);
  return { items, next: rows.length > PAGE ? items.at(-1)!.id : null };
}

async function refundsBefore(tx: Tx<'finance'>, before?: string): Promise<contract.StaffRefund[]> {
  const rows = await tx
    .selectFrom('payments.refund')
    .selectAll()
    .$if(before !== undefined, (select) => select.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE + 1)
    .execute();
  return rows.map((row) => ({
    ...refundOnWire(row),
    memberId: row.userId,
    origin: row.origin as contract.StaffRefund['origin'],
    reason: row.reason,
    fault: row.fault,
  }));
}

async function disputesBefore(tx: Tx<'finance'>, before?: string): Promise<contract.StaffDispute[]> {
  const rows = await tx
    .selectFrom('payments.dispute')
    .selectAll()
    .$if(before !== undefined, (select) => select.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE + 1)
    .execute();
  return rows.map(({ id, topUpId, amountMicro, currency, reason, ...row }) => ({
    ...{ id, topUpId, amountMicro, currency, reason, memberId: row.userId },
    kind: row.kind as contract.StaffDispute['kind'],
    state: row.state as contract.StaffDispute['state'],
    answerBy: row.answerBy?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }));
}

async function payoutsBefore(tx: Tx<'finance'>, before?: string): Promise<contract.StaffPayout[]> {
  const rows = await tx
    .selectFrom('payments.payout')
    .selectAll()
    .$if(before !== undefined, (select) => select.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE + 1)
    .execute();
  return rows.map(({ id, processorId, bank, amountMicro, unexplainedMicro, currency, ...row }) => ({
    ...{ id, processorId, bank, amountMicro, unexplainedMicro, currency },
    state: row.state as contract.StaffPayout['state'],
    createdAt: row.createdAt.toISOString(),
  }));
}
