import type { Selectable } from 'kysely';
import type { PaymentsMoneyIn } from '#server/database/tables.ts';
import type { Tx } from '#server/database/transaction.ts';
import { derivedId } from '#server/ledger/transfer.ts';

/** A row of payments.money_in: money that arrived, credited or unmatched. */
export type MoneyInRow = Selectable<PaymentsMoneyIn>;

/** Money by the processor's id of it, or undefined: it has not arrived yet, or is none of ours. */
export function findMoneyIn(
  tx: Tx<'service'>,
  rail: string,
  receipt: string,
): Promise<MoneyInRow | undefined> {
  return tx
    .selectFrom('payments.moneyIn')
    .selectAll()
    .where('rail', '=', rail)
    .where('receipt', '=', receipt)
    .executeTakeFirst();
}

/**
 * Locks it until your transaction ends, so that all that is booked of one payment is booked one after another. Lets rows
 * that name it be written meanwhile.
 */
export function lockMoneyIn(tx: Tx<'service'>, { userId, id }: MoneyInRow): Promise<MoneyInRow> {
  return tx
    .selectFrom('payments.moneyIn')
    .selectAll()
    .where('userId', '=', userId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** Whether it stands in the member's wallet; otherwise it is unmatched, and nothing of it may touch a wallet. */
export async function isCredited(tx: Tx<'service'>, { id }: MoneyInRow): Promise<boolean> {
  const [unmatched, matched] = [derivedId(id, 'receipt'), derivedId(id, 'matched')];
  const rows = await tx
    .selectFrom('ledger.transfer')
    .select(['id', 'code'])
    .where('id', 'in', [unmatched, matched])
    .execute();
  return rows.length === 0 || rows.some(({ code }) => code === 'receipt_matched');
}
