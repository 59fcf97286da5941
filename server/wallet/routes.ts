import type { FastifyInstance } from 'fastify';
import { getSpendLimit, getWallet, listTransactions, setSpendLimit } from '#contract/wallet.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { asMember, asService, type Tx } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { capsOf, removeCap, setCap } from '#server/ledger/flows/cap.ts';
import { codeRoutes } from './code-routes.ts';
import { giftsOf } from './gifts.ts';
import { readCursor, transactionsOf } from './transactions.ts';

/** The member's view of money; the ledger itself has no routes. */
export function walletRoutes(app: FastifyInstance, { pools }: { pools: Pools }, guards: Guards): void {
  route(app, getWallet, guards.member, ({ memberId }) =>
    asMember(pools, memberId, async (tx) => {
      const { availableMicro, heldMicro, promoMicro } = await balanceOf(tx, memberId);
      const gifts = await giftsOf(tx, memberId);
      return { currency: 'USD' as const, availableMicro, heldMicro, promoMicro, gifts };
    }),
  );
  route(app, getSpendLimit, guards.member, ({ memberId }) =>
    asMember(pools, memberId, (tx) => limitOf(tx, memberId)),
  );
  route(app, setSpendLimit, guards.freshMember, ({ memberId, body: { limitMicro } }) =>
    asService(pools, async (tx) => {
      if (limitMicro === null) await removeCap(tx, memberId, null);
      else await setCap(tx, memberId, { apiKeyId: null, period: 'month', limitMicro });
      await recordAudit(tx, { action: 'wallet.limit', actorId: memberId, subjectId: memberId });
      return limitOf(tx, memberId);
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
  codeRoutes(app, { pools }, guards);
}

/** The monthly limit of the whole wallet; keys have theirs beside it. */
async function limitOf(tx: Tx<'member'> | Tx<'service'>, memberId: string) {
  const cap = (await capsOf(tx, memberId)).find(({ apiKeyId }) => apiKeyId === null);
  return { limitMicro: cap?.limitMicro ?? null, usedMicro: cap?.usedMicro ?? 0n };
}
