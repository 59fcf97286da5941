import type { FastifyInstance } from 'fastify';
import { getWallet, listTransactions } from '#contract/wallet.ts';
import type { Pools } from '#server/database/connections.ts';
import { asMember } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { readCursor, transactionsOf } from './transactions.ts';

/** The member's view of money; the ledger itself has no routes. */
export function walletRoutes(app: FastifyInstance, { pools }: { pools: Pools }, guards: Guards): void {
  route(app, getWallet, guards.member, ({ memberId }) =>
    asMember(pools, memberId, async (tx) => {
      const { availableMicro, heldMicro, promoMicro } = await balanceOf(tx, memberId);
      return { currency: 'USD' as const, availableMicro, heldMicro, promoMicro };
    }),
  );
  route(app, listTransactions, guards.member, async ({ memberId, query }) => {
    const before = query.before === undefined ? null : readCursor(query.before);
    if (query.before !== undefined && before === null)
      throw new ProblemError('invalid-input', {
        errors: [{ path: 'query.before', message: 'Not a cursor.' }],
      });
    return asMember(pools, memberId, (tx) => transactionsOf(tx, memberId, before, query.limit));
  });
}
