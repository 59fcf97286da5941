import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import * as contract from '#contract/console.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import type { Tx } from '#server/database/transaction.ts';
import type { Guards } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { route } from '#server/http/route.ts';
import { asOneOfStaff } from '#server/http/staff.ts';
import type { Archives } from '#server/ledger/archive.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { type AccountCode, chart } from '#server/ledger/chart.ts';
import { liftStop, standingStops } from '#server/ledger/stops.ts';
import { waitingMoney } from '#server/ledger/waiting.ts';
import { chargeRoutes } from './charges.ts';
import { promotionCodeRoutes } from './codes.ts';
import { overviewOf } from './overview.ts';
import { payableRoutes } from './payables.ts';
import { proposalRoutes } from './proposals.ts';

export interface ConsoleDeps {
  pools: Pools;
  mode: 'sandbox' | 'production';
  /** What is simulated, in words, such as `Stripe`. */
  sandboxed: string[];
  /** Where archived months of the ledger are read when every balance is checked. */
  archives: Archives;
}

/** Staff's view of the business and of the books. Never content. */
export function consoleRoutes(
  app: FastifyInstance,
  { pools, mode, sandboxed, archives }: ConsoleDeps,
  guards: Guards,
): void {
  route(app, contract.getOverview, guards.staff, async (given) => ({
    mode,
    sandboxed,
    ...(await overviewOf(pools, given, new Date())),
  }));
  for (const routes of [proposalRoutes, chargeRoutes, promotionCodeRoutes, payableRoutes])
    routes(app, { pools }, guards);
  route(app, contract.trialBalance, guards.staff, async (given) => ({
    items: await asOneOfStaff(pools, given, ['finance'], trialBalance),
  }));
  route(app, contract.listWaitingMoney, guards.staff, async (given) => ({
    items: await asOneOfStaff(pools, given, ['finance'], (tx) => waitingMoney(tx)),
  }));
  route(app, contract.auditLedger, guards.staff, async ({ body, request, ...signedIn }) => {
    await asOneOfStaff(pools, signedIn, ['finance'], async (tx) => {
      // Whoever may not read the balances may not have them computed: PostgreSQL says so here.
      await tx.selectFrom('ledger.account').select('code').limit(1).execute();
      await recordAudit(tx, {
        action: 'ledger.audit',
        actorId: signedIn.memberId,
        object: body.from,
        requestId: request.id,
      });
    });
    return auditLedger(pools, body.from, archives);
  });
  route(app, contract.listLedgerStops, guards.staff, async (given) => ({
    items: await asOneOfStaff(pools, given, ['finance'], standingStops),
  }));
  route(app, contract.liftLedgerStop, guards.staff, async ({ body, request, ...signedIn }) => ({
    items: await asOneOfStaff(pools, signedIn, ['finance'], async (tx) => {
      const { currency, reason } = body;
      if (!(await liftStop(tx, { currency, reason, staffId: signedIn.memberId })))
        throw new ProblemError('not-found');
      await recordAudit(tx, {
        action: 'ledger.lift-stop',
        actorId: signedIn.memberId,
        object: currency,
        reason,
        requestId: request.id,
      });
      return standingStops(tx);
    }),
  }));
}

/** Totals by code and currency, shards and members summed up. Debits and credits of all lines are equal. */
async function trialBalance(tx: Tx<'finance'>) {
  const { rows } = await sql<{
    code: AccountCode;
    currency: string;
    debitsMicro: bigint;
    creditsMicro: bigint;
    debitsPendingMicro: bigint;
    creditsPendingMicro: bigint;
  }>`select code, currency, sum(debits_posted)::bigint as debits_micro, sum(credits_posted)::bigint as credits_micro,
        sum(debits_pending)::bigint as debits_pending_micro,
        sum(credits_pending + coalesce(named, 0))::bigint as credits_pending_micro
      from ledger.account left join (
        -- What generations hold is pending on the account that it will be earned on, though its row does not say so.
        select credit_account, sum(amount) as named from ledger.hold where code = 'hold' group by credit_account
      ) open on open.credit_account = id
      group by code, currency order by code, currency`.execute(tx);
  return rows.map((row) => ({ ...row, name: chart[row.code].name }));
}
