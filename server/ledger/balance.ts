import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';

export interface Balance {
  /** What can be spent now, promotional money included. */
  availableMicro: bigint;
  /** What running generations, refunds and disputes reserve. */
  heldMicro: bigint;
  /** Of the available sum, what is promotional: spent first, not refundable, ends. */
  promoMicro: bigint;
  /** Money on its way that does not count yet. */
  incomingMicro: bigint;
  /** What the member owes after a lost dispute or a reversed payment. */
  owedMicro: bigint;
  /** New holds are refused. */
  frozen: boolean;
}

/** A member's money, in micro-units of `currency`. All zero without a wallet. */
export async function balanceOf(
  tx: Tx<'service'> | Tx<'member'> | Tx<'finance'> | Tx<'auditor'>,
  memberId: string,
  currency = 'USD',
): Promise<Balance> {
  const { rows } = await sql<Balance>`
    select coalesce(sum(free) filter (where code = 2100 or live), 0)::bigint as available_micro,
      coalesce(sum(debits_pending) filter (where code in (2100, 2110)), 0)::bigint as held_micro,
      coalesce(sum(free) filter (where live), 0)::bigint as promo_micro,
      coalesce(sum(credits_pending) filter (where code = 2100), 0)::bigint as incoming_micro,
      coalesce(sum(debits_posted - credits_posted) filter (where code = 1300), 0)::bigint as owed_micro,
      coalesce(bool_or(frozen) filter (where code = 2100), false) as frozen
    from (
      select *, credits_posted - debits_posted - debits_pending as free,
        code = 2110 and not closed and (expires_at is null or expires_at > now()) as live
      from ledger.account where user_id = ${memberId} and currency = ${currency}
    ) account`.execute(tx);
  return rows[0]!;
}
