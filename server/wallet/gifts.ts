import { sql } from 'kysely';
import type { Wallet } from '#contract/wallet.ts';
import type { Tx } from '#server/database/transaction.ts';

const SHOWN = 50;

/** What of a wallet is promotional and can be spent, soonest to end first, as it is spent. */
export async function giftsOf(tx: Tx<'member'>, memberId: string): Promise<Wallet['gifts']> {
  const { rows } = await sql<{ availableMicro: bigint; endsAt: Date | null }>`
    select credits_posted - debits_posted - debits_pending as available_micro, expires_at as ends_at
    from ledger.account
    where user_id = ${memberId} and code = 2110 and currency = 'USD' and not closed
      and (expires_at is null or expires_at > now())
      and credits_posted > debits_posted + debits_pending
    order by expires_at nulls last, id limit ${SHOWN}`.execute(tx);
  return rows.map(({ availableMicro, endsAt }) => ({
    availableMicro,
    endsAt: endsAt?.toISOString() ?? null,
  }));
}
