import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';
import { openWallet } from '#server/ledger/ledger.ts';

// A cap counts what holds reserve and captures take. Entries, of no money (codes 7000 and 7100 stand beside the books):
//   hold     pending Dr 7000 the cap's account of this period → Cr 7100, linked with the wallet's hold: all or none
//   capture  post of what was charged; the rest frees itself
//   release  void
// A new month is a new account of 7000, whose label names the key (or nothing) and the month in UTC. What was spent before
// a cap was set does not count, nor does a capture that comes after its hold was released; a goodwill refund gives
// nothing back to it.

/** The whole wallet has a cap by the month; a key has one by the month or for good. */
export interface Cap {
  /** Null: of the whole wallet. */
  apiKeyId: string | null;
  period: 'month' | 'total';
  limitMicro: bigint;
}

export interface CapUse extends Cap {
  /** Captured in this period, and held by what runs. May pass a limit that was lowered later. */
  usedMicro: bigint;
}

const WALLET = '00000000-0000-0000-0000-000000000000';

/**
 * Sets or changes a member's cap; holds that are decided later see it. Below what is used already, nothing more is held
 * until the period ends. Opens the wallet where there is none yet.
 */
export async function setCap(tx: Tx<'service'>, memberId: string, cap: Cap, currency = 'USD'): Promise<void> {
  const wallet = await openWallet(tx, memberId, currency);
  await sql`select ledger.set_cap(${wallet}, ${cap.apiKeyId ?? WALLET}::uuid, ${cap.period}, ${cap.limitMicro})`.execute(
    tx,
  );
}

/** Removes a cap; twice is harmless. What its open holds count stays with them. */
export async function removeCap(
  tx: Tx<'service'>,
  memberId: string,
  apiKeyId: string | null,
  currency = 'USD',
): Promise<void> {
  const wallet = await tx
    .selectFrom('ledger.account')
    .select('id')
    .where('userId', '=', memberId)
    .where('code', '=', 2100)
    .where('currency', '=', currency)
    .executeTakeFirst();
  if (wallet === undefined) return;
  await sql`select ledger.set_cap(${wallet.id}, ${apiKeyId ?? WALLET}::uuid, null, null)`.execute(tx);
}

/** A member's caps and what each has counted in its present period. */
export async function capsOf(
  tx: Tx<'service'> | Tx<'member'>,
  memberId: string,
  currency = 'USD',
): Promise<CapUse[]> {
  const { rows } = await sql<CapUse & { subject: string }>`
    select c.subject, c.period, c.limit_micro, coalesce(a.debits_posted + a.debits_pending, 0)::bigint as used_micro
    from ledger.cap c left join ledger.account a on a.user_id = c.user_id and a.code = 7000 and a.currency = c.currency
      and a.shard = 0 and a.label = c.subject::text
        || case c.period when 'month' then to_char(now() at time zone 'UTC', ':YYYY-MM') else '' end
    where c.user_id = ${memberId} and c.currency = ${currency} order by c.created_at, c.subject`.execute(tx);
  return rows.map(({ subject, period, limitMicro, usedMicro }) => ({
    apiKeyId: subject === WALLET ? null : subject,
    period,
    limitMicro,
    usedMicro,
  }));
}
