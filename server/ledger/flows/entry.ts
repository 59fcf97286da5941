import type { Tx } from '#server/database/transaction.ts';
import { type AccountMarks, accountOf } from '#server/ledger/ledger.ts';
import type { NewTransfer, TransferCode } from '#server/ledger/transfer.ts';

export interface Entry {
  id: string;
  kind?: 'single' | 'pending';
  code: TransferCode;
  debit: Omit<AccountMarks, 'currency'>;
  credit: Omit<AccountMarks, 'currency'>;
  amountMicro: bigint;
  currency?: string;
  groupId: string;
  link?: number;
  actorId?: string;
  reason?: string;
}

/** A transfer between accounts by their marks; they are made when they are missing. */
export async function entry(tx: Tx<'service'>, entered: Entry): Promise<NewTransfer> {
  const { debit, credit, kind = 'single', currency = 'USD', ...rest } = entered;
  return {
    ...rest,
    kind,
    currency,
    debit: await accountOf(tx, { ...debit, currency }),
    credit: await accountOf(tx, { ...credit, currency }),
  };
}
