import type { Tx } from '#server/database/transaction.ts';
import { mustPost, openWallet } from '#server/ledger/ledger.ts';
import { derivedId } from '#server/ledger/transfer.ts';
import { entry } from './entry.ts';

/** A line of a bank's or an operator's statement, by our record of it. */
export interface StatementLine {
  lineId: string;
  /** Our account there. */
  account: string;
  amountMicro: bigint;
  currency?: string;
}

/** A statement shows money whose owner is not known: Dr 1200 → Cr 2200. Twice is harmless. */
export async function receiptUnmatched(tx: Tx<'service'>, line: StatementLine): Promise<void> {
  const { lineId, account, amountMicro, currency } = line;
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(lineId, 'receipt'),
      code: 'receipt_unmatched',
      debit: { code: 1200, label: account },
      credit: { code: 2200, label: account },
      amountMicro,
      currency,
      groupId: lineId,
    }),
  ]);
}

/**
 * Its owner was found, by a match or by a person who approved the proof: Dr 2200 → Cr 2100. Only for a line that was
 * posted before; the same line cannot credit two. Throws `LedgerRefusal` with `mismatch` when it went to another.
 */
export async function receiptMatched(
  tx: Tx<'service'>,
  line: StatementLine & { memberId: string; actorId?: string; reason?: string },
): Promise<void> {
  const { lineId, account, amountMicro, currency, memberId, actorId, reason } = line;
  await openWallet(tx, memberId, currency);
  await mustBePosted(tx, lineId);
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(lineId, 'matched'),
      code: 'receipt_matched',
      debit: { code: 2200, label: account },
      credit: { ownerId: memberId, code: 2100 },
      amountMicro,
      currency,
      groupId: lineId,
      actorId,
      reason,
    }),
  ]);
}

/**
 * Nobody's money went back to where it came from, after the time that the law gives its owner: Dr 2200 → Cr 1200. What was
 * credited to a member is not returned by this. Twice is harmless; throws `LedgerRefusal` when it was matched before.
 */
export async function receiptReturned(
  tx: Tx<'service'>,
  line: StatementLine & { actorId: string; reason: string },
): Promise<void> {
  const { lineId, account, amountMicro, currency, actorId, reason } = line;
  await mustBePosted(tx, lineId);
  await mustPost(tx, [
    await entry(tx, {
      // The id of a match: a line goes one way.
      id: derivedId(lineId, 'matched'),
      code: 'receipt_returned',
      debit: { code: 2200, label: account },
      credit: { code: 1200, label: account },
      amountMicro,
      currency,
      groupId: lineId,
      actorId,
      reason,
    }),
  ]);
}

/**
 * Credits ahead of the statement, a privilege of its own with a cap that the caller keeps: Dr 1300 → Cr 2100. It is
 * cleared by `advanceCleared`.
 */
export async function advance(
  tx: Tx<'service'>,
  given: {
    topUpId: string;
    memberId: string;
    amountMicro: bigint;
    currency?: string;
    actorId: string;
    reason: string;
  },
): Promise<void> {
  const { topUpId, memberId, amountMicro, currency, actorId, reason } = given;
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(topUpId, 'advance'),
      code: 'advance',
      debit: { ownerId: memberId, code: 1300 },
      credit: { ownerId: memberId, code: 2100 },
      amountMicro,
      currency,
      groupId: topUpId,
      actorId,
      reason,
    }),
  ]);
}

/** The statement shows the money of an advance: Dr 1200 → Cr 1300. Twice is harmless. */
export async function advanceCleared(
  tx: Tx<'service'>,
  line: StatementLine & { topUpId: string; memberId: string },
): Promise<void> {
  const { lineId, topUpId, memberId, account, amountMicro, currency } = line;
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(lineId, 'receipt'),
      code: 'receipt_matched',
      debit: { code: 1200, label: account },
      credit: { ownerId: memberId, code: 1300 },
      amountMicro,
      currency,
      groupId: topUpId,
    }),
  ]);
}

/** A line whose money nobody posted can go to nobody. */
async function mustBePosted(tx: Tx<'service'>, lineId: string): Promise<void> {
  await tx
    .selectFrom('ledger.transfer')
    .select('id')
    .where('id', '=', derivedId(lineId, 'receipt'))
    .executeTakeFirstOrThrow();
}
