import { sql } from 'kysely';
import type { z } from 'zod';
import type { WaitingMoney } from '#contract/console.ts';
import type { Tx } from '#server/database/transaction.ts';
import { chart } from './chart.ts';
import { standingStops } from './stops.ts';

/**
 * I13. Accounts that money only passes through, and how many days it may stay: a processor pays out within a week, a
 * receipt finds its owner within three days or a person looks at it.
 */
export const DAYS_MOST = { 1100: 7, 2200: 3 } as const;

type PassingCode = keyof typeof DAYS_MOST;
export type Waiting = z.infer<typeof WaitingMoney>;

/**
 * What stands on those accounts, and since when: what came first is taken to have gone first, so the age is that of the
 * oldest part that is still there. `isLate` past its days, or when its beginning is not among the live rows any more.
 */
export async function waitingMoney(
  tx: Tx<'service'> | Tx<'finance'>,
  now: Date = new Date(),
): Promise<Waiting[]> {
  const { rows } = await sql<{
    code: PassingCode;
    label: string;
    currency: string;
    balance: bigint;
    since: Date | null;
  }>`
    with standing as (
      select id, code, label, currency, credits_posted - debits_posted as net, abs(credits_posted - debits_posted) as size
      from ledger.account where code in (1100, 2200) and credits_posted <> debits_posted
    ), came as (
      select s.id, s.size, t.created_at, t.amount, sum(t.amount) over (partition by s.id order by t.seq desc) as newest
      from standing s join ledger.transfer t
        on t.credit_account = s.id and s.net > 0 or t.debit_account = s.id and s.net < 0
      where t.kind in ('single', 'post') and t.code not in ('hold', 'capture', 'release')
    )
    select s.code, s.label, s.currency,
      case when s.code = 1100 then -s.net else s.net end as balance,
      (select min(c.created_at) from came c where c.id = s.id and c.newest - c.amount < c.size
        having max(c.newest) >= s.size) as since
    from standing s order by since nulls first, s.code, s.label, s.currency`.execute(tx);
  return rows.map(({ code, label, currency, balance, since }) => {
    const days = since === null ? null : Math.floor((now.getTime() - since.getTime()) / 86_400_000);
    return {
      code,
      name: chart[code].name,
      label,
      currency,
      balanceMicro: balance,
      since: since?.toISOString() ?? null,
      days,
      daysMost: DAYS_MOST[code],
      isLate: days === null || days > DAYS_MOST[code],
    };
  });
}

/** For whoever watches from outside: how many accounts keep money too long, when the books were last found sound, what is stopped. */
export async function booksState(
  tx: Tx<'service'>,
): Promise<{ late: number; soundAt: string | null; stopped: string[] }> {
  const mark = await tx
    .selectFrom('ledger.auditMark')
    .select('at')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const waiting = await waitingMoney(tx);
  return {
    late: waiting.filter(({ isLate }) => isLate).length,
    soundAt: mark?.at.toISOString() ?? null,
    stopped: (await standingStops(tx)).map(({ currency }) => currency),
  };
}
