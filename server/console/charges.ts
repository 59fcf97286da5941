import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import * as contract from '#contract/console-money.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { type GoodwillRefund, goodwillRefund } from '#server/ledger/flows/generation.ts';
import { notTheirOwn, posting, refuseIdOfAnotherTime, refuseUnknownPerson } from './money-desk.ts';

const SHOWN = 50;
/** A charge over several buckets is several transfers. */
const TRANSFERS_READ = 400;

/** A member's money as finance sees it, and refunds of charges. */
export function chargeRoutes(app: FastifyInstance, { pools }: { pools: Pools }, guards: Guards): void {
  route(app, contract.getMoneyOfMember, guards.staff, async ({ params, ...given }) => {
    const money = await asOneOfStaff(pools, given, ['finance', 'auditor'], (tx) => moneyOf(tx, params.id));
    await asService(pools, (tx) => refuseUnknownPerson(tx, params.id));
    return money;
  });
  route(app, contract.refundCharge, guards.staff, ({ body, ...asked }) =>
    posting(pools, asked, async (tx, { staffId, requestId }) => {
      const { id: refundId, memberId, captureId, amountMicro, reason } = body;
      refuseIdOfAnotherTime(refundId);
      if (memberId === staffId) throw notTheirOwn();
      await refuseChargeOfAnother(tx, memberId, captureId);
      const refunded = await goodwillRefund(tx, {
        refundId,
        captureId,
        amountMicro,
        actorId: staffId,
        reason,
      });
      if (!refunded.ok) throw refusal(refunded.why);
      await recordAudit(tx, {
        action: 'money.refund-charge',
        actorId: staffId,
        subjectId: memberId,
        object: captureId,
        reason,
        requestId,
      });
    }),
  );
}

async function moneyOf(tx: Tx<'finance' | 'auditor'>, memberId: string): Promise<contract.MoneyOfMember> {
  const { incomingMicro: _, ...balance } = await balanceOf(tx as Tx<'finance'>, memberId);
  const { rows } = await sql<{ generationId: string; captureId: string; at: Date; capturedMicro: bigint }>`
    select group_id as generation_id, (array_agg(id order by seq))[1] as capture_id, created_at as at,
      sum(amount)::bigint as captured_micro
    from (
      select id, seq, group_id, created_at, amount from ledger.transfer
      where user_id = ${memberId} and code in ('capture', 'late_capture') and kind in ('post', 'single') and currency = 'USD'
      order by seq desc limit ${TRANSFERS_READ}
    ) charged
    group by group_id, created_at order by max(seq) desc limit ${SHOWN}`.execute(tx);
  const ids = rows.map(({ generationId }) => generationId);
  const [refunded, models] = [await refundedOf(tx, ids), await modelsOf(tx, ids)];
  return {
    memberId,
    ...balance,
    charges: rows.map((row) => ({
      ...row,
      at: row.at.toISOString(),
      modelId: models.get(row.generationId) ?? null,
      refundedMicro: refunded.get(row.generationId) ?? 0n,
    })),
  };
}

async function refundedOf(tx: Tx<'finance' | 'auditor'>, generationIds: string[]) {
  if (generationIds.length === 0) return new Map<string, bigint>();
  const rows = await tx
    .selectFrom('ledger.transfer')
    .select(({ fn }) => ['groupId', fn.sum<bigint>('amount').as('amount')])
    .where('groupId', 'in', generationIds)
    .where('code', '=', 'goodwill')
    .groupBy('groupId')
    .execute();
  return new Map(rows.map(({ groupId, amount }) => [groupId, BigInt(amount)]));
}

async function modelsOf(tx: Tx<'finance' | 'auditor'>, generationIds: string[]) {
  if (generationIds.length === 0) return new Map<string, string>();
  const rows = await tx
    .selectFrom('generations.generation')
    .select(['id', 'modelId'])
    .where('id', 'in', generationIds)
    .execute();
  return new Map(rows.map(({ id, modelId }) => [id, modelId]));
}

async function refuseChargeOfAnother(tx: Tx<'service'>, memberId: string, captureId: string): Promise<void> {
  const charge = await tx
    .selectFrom('ledger.transfer')
    .select('userId')
    .where('id', '=', captureId)
    .where('code', 'in', ['capture', 'late_capture'])
    .executeTakeFirst();
  if (charge?.userId !== memberId) throw refusal('not_captured');
}

function refusal(why: Extract<GoodwillRefund, { ok: false }>['why']): ProblemError {
  switch (why) {
    case 'not_captured':
      return new ProblemError('not-found', { detail: 'There is no such charge of this member.' });
    case 'more_than_captured':
      return new ProblemError('not-possible-now', {
        detail: 'That is more than was charged and not yet given back. Look at the charge again.',
      });
    default:
      return why satisfies never;
  }
}
