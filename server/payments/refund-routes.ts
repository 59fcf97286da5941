import type { FastifyInstance } from 'fastify';
import type { ProblemSlug } from '#contract/problems.ts';
import { createRefund, listRefunds, type Refund } from '#contract/refunds.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { limitOf } from '#server/http/limits.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { refundableMicro } from '#server/ledger/flows/refund.ts';
import type { Payments } from './check.ts';
import { creditedMoneyOf, type RefundRefusal, type RefundRow, refundToCard } from './refunds.ts';

const problemOf = {
  'not-found': 'not-found',
  'already-exists': 'already-exists',
  'not-a-sum': 'invalid-input',
  'id-of-another-time': 'invalid-input',
  'more-than-refundable': 'not-possible-now',
} satisfies Record<RefundRefusal, ProblemSlug>;

/** What a member sees and asks of refunds. */
export function refundRoutes(app: FastifyInstance, payments: Payments, guards: Guards): void {
  const asks = limitOf(20, 60 * 60);
  route(app, createRefund, guards.freshMember, async ({ memberId, params, body }) => {
    await asks.take(memberId);
    const { id, amountMicro } = body;
    return refundOnWire(
      mustRefund(await refundToCard(payments, { id, memberId, topUpId: params.topUpId, amountMicro })),
    );
  });
  route(app, listRefunds, guards.member, async ({ memberId, params }) => {
    const rows = await asMember(payments.pools, memberId, (tx) =>
      tx
        .selectFrom('payments.refund')
        .selectAll()
        .where('userId', '=', memberId)
        .where('topUpId', '=', params.topUpId)
        .orderBy('id', 'desc')
        .limit(100)
        .execute(),
    );
    const refundable = await asService(payments.pools, async (tx) => {
      const moneyIn = await creditedMoneyOf(tx, memberId, params.topUpId);
      if (moneyIn === undefined) return undefined;
      return refundableMicro(tx, { memberId, topUpId: params.topUpId, currency: moneyIn.currency });
    });
    if (refundable === undefined) throw new ProblemError('not-found');
    return { refundableMicro: refundable, items: rows.map(refundOnWire) };
  });
}

/** The refund, or the problem that answers its refusal. */
export function mustRefund(asked: RefundRow | { refused: RefundRefusal }): RefundRow {
  if (!('refused' in asked)) return asked;
  throw new ProblemError(problemOf[asked.refused], {
    ...(asked.refused === 'more-than-refundable'
      ? { detail: 'More than is left of this payment, or than the wallet holds. Promotional money stays.' }
      : {}),
  });
}

export function refundOnWire(row: RefundRow): Refund {
  return {
    id: row.id,
    topUpId: row.topUpId,
    amountMicro: row.amountMicro,
    currency: 'USD',
    state: row.state as Refund['state'],
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
