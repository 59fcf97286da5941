import { sql } from 'kysely';
import type { z } from 'zod';
import type { Overview } from '#contract/console.ts';
import type { Pools } from '#server/database/connections.ts';
import { lowestIdOf } from '#server/database/ids.ts';
import { asStaff, type Tx } from '#server/database/transaction.ts';
import type { SignedIn } from '#server/http/guards.ts';

type Numbers = Omit<z.output<typeof Overview>, 'mode' | 'sandboxed'>;

/** What is not this person's to see. */
const HIDDEN = {
  openHolds: null,
  heldMicro: null,
  walletsMicro: null,
  revenueMicro: null,
  topUpsTodayMicro: null,
  generationsToday: null,
  failedToday: null,
  unknownOutcomes: null,
};

/**
 * The business at a glance; each number is read by the role that may read it, and null for who has not that role.
 * Days are days of UTC.
 */
export async function overviewOf(pools: Pools, staff: SignedIn, now: Date): Promise<Numbers> {
  const today = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  const { staffRoles } = staff.session;
  const members = staffRoles.includes('support')
    ? await asStaff(pools, 'support', staff.memberId, countMembers)
    : null;
  if (!staffRoles.includes('finance')) return { members, ...HIDDEN };
  return asStaff(pools, 'finance', staff.memberId, async (tx) => ({
    members,
    ...(await moneyOf(tx, today)),
    ...(await generationsOf(tx, today)),
  }));
}

async function countMembers(tx: Tx<'support'>): Promise<number> {
  const row = await tx
    .selectFrom('identity.member')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('role', '=', 'member')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

async function moneyOf(tx: Tx<'finance'>, today: Date) {
  const { rows } = await sql<{
    openHolds: bigint;
    heldMicro: bigint;
    walletsMicro: bigint;
    revenueMicro: bigint;
    topUpsTodayMicro: bigint;
  }>`select
      (select count(distinct hold_id) from ledger.hold where code = 'hold') as open_holds,
      (select coalesce(sum(amount), 0)::bigint from ledger.hold where code = 'hold') as held_micro,
      (select coalesce(sum(credits_posted - debits_posted), 0)::bigint from ledger.account where code in (2100, 2110)) as wallets_micro,
      (select coalesce(sum(credits_posted - debits_posted), 0)::bigint from ledger.account where code = 3100) as revenue_micro,
      (select coalesce(sum(amount_micro), 0)::bigint from payments.top_up where settled_at >= ${today}) as top_ups_today_micro`.execute(
    tx,
  );
  const { openHolds, ...sums } = rows[0]!;
  return { openHolds: Number(openHolds), ...sums };
}

async function generationsOf(tx: Tx<'finance'>, today: Date) {
  const row = await tx
    .selectFrom('generations.generation')
    .select(({ fn }) => [
      fn.countAll<bigint>().filterWhere('id', '>=', lowestIdOf(today)).as('today'),
      fn
        .countAll<bigint>()
        .filterWhere('id', '>=', lowestIdOf(today))
        .filterWhere('state', '=', 'released')
        .as('failed'),
      fn.countAll<bigint>().filterWhere('state', '=', 'unknown').as('unknown'),
    ])
    .where(({ or, eb }) => or([eb('id', '>=', lowestIdOf(today)), eb('state', '=', 'unknown')]))
    .executeTakeFirstOrThrow();
  return {
    generationsToday: Number(row.today),
    failedToday: Number(row.failed),
    unknownOutcomes: Number(row.unknown),
  };
}
