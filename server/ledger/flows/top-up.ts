import type { Tx } from '#server/database/transaction.ts';
import { accountOf, lockAccounts, mustPost, openWallet, post, setFrozen } from '#server/ledger/ledger.ts';
import { derivedId, LedgerRefusal, lesserOf, type Transfer } from '#server/ledger/transfer.ts';

/** Where money arrives: a processor's clearing account (1100), or an account of ours at a bank or operator (1200). */
export interface Source {
  code: 1100 | 1200;
  /** `stripe`, `mpesa till 174379`: one ledger account each. */
  label: string;
}

export interface SettledTopUp {
  /** Of the top-up: its transfers' ids follow from it, so crediting twice is harmless. */
  topUpId: string;
  memberId: string;
  /** What the person paid, before any fee. */
  amountMicro: bigint;
  currency?: string;
  source: Source;
}

/**
 * Credits a top-up that has settled: Dr source → Cr 2100, gross; or, when it was pending before, posts that transfer.
 * Answers false when this top-up was credited before. Throws `LedgerRefusal` when it was credited with another amount,
 * or had failed.
 */
export async function creditTopUp(tx: Tx<'service'>, topUp: SettledTopUp): Promise<boolean> {
  const { topUpId, memberId, amountMicro, currency = 'USD', source } = topUp;
  const pendingId = derivedId(topUpId, 'top-up pending');
  const id = derivedId(topUpId, 'top-up');
  const onItsWay = await tx
    .selectFrom('ledger.transfer')
    .select('id')
    .where('id', '=', pendingId)
    .executeTakeFirst();
  const transfer: Transfer =
    onItsWay === undefined
      ? {
          id,
          kind: 'single',
          code: 'top_up',
          debit: await accountOf(tx, { ...source, currency }),
          credit: await openWallet(tx, memberId, currency),
          amountMicro,
          currency,
          groupId: topUpId,
        }
      : { id, kind: 'post', code: 'top_up', pendingId, amountMicro };
  const [status] = await post(tx, [transfer]);
  if (status === 'ok') return true;
  if (status === 'replay') return false;
  throw new LedgerRefusal(status!, id);
}

/**
 * Shows a top-up as on its way: pending Dr source → Cr 2100. It cannot be spent. For methods that settle days later;
 * others are credited at once. Twice is harmless.
 */
export async function topUpPending(tx: Tx<'service'>, topUp: SettledTopUp): Promise<void> {
  const { topUpId, memberId, amountMicro, currency = 'USD', source } = topUp;
  await mustPost(tx, [
    {
      id: derivedId(topUpId, 'top-up pending'),
      kind: 'pending',
      code: 'top_up_pending',
      debit: await accountOf(tx, { ...source, currency }),
      credit: await openWallet(tx, memberId, currency),
      amountMicro,
      currency,
      groupId: topUpId,
    },
  ]);
}

/** Ends a pending top-up that failed or ran out: voids it. Harmless when nothing was pending, or it ended before. */
export async function topUpFailed(tx: Tx<'service'>, topUpId: string): Promise<void> {
  const pendingId = derivedId(topUpId, 'top-up pending');
  const id = derivedId(topUpId, 'top-up failed');
  const [status] = await post(tx, [{ id, kind: 'void', code: 'top_up_pending', pendingId }]);
  if (status === 'mismatch') throw new LedgerRefusal(status, id);
}

/** Whether a top-up was on its way and failed: it cannot be credited under its id any more. */
export async function hasFailed(tx: Tx<'service'>, topUpId: string): Promise<boolean> {
  const id = derivedId(topUpId, 'top-up failed');
  return (
    (await tx.selectFrom('ledger.transfer').select('id').where('id', '=', id).executeTakeFirst()) !==
    undefined
  );
}

/** Books the processor's fee once its balance transaction tells it: Dr 4100 → Cr 1100. Twice is harmless. */
export async function topUpFee(
  tx: Tx<'service'>,
  fee: { topUpId: string; feeMicro: bigint; currency?: string; source: Source },
): Promise<void> {
  const { topUpId, feeMicro, currency = 'USD', source } = fee;
  if (feeMicro === 0n) return;
  await mustPost(tx, [
    {
      id: derivedId(topUpId, 'top-up fee'),
      kind: 'single',
      code: 'top_up_fee',
      debit: await accountOf(tx, { code: 4100, label: source.label, currency }),
      credit: await accountOf(tx, { ...source, currency }),
      amountMicro: feeMicro,
      currency,
      groupId: topUpId,
    },
  ]);
}

/**
 * Takes back a top-up that was reversed after it was credited: Dr 2100 → Cr source for what is available, and
 * Dr 1300 → Cr source for the rest, linked. While the member owes, spending is stopped. Twice is harmless.
 */
export async function topUpReversed(
  tx: Tx<'service'>,
  reversal: SettledTopUp & { reversalId: string },
): Promise<{ takenMicro: bigint; owedMicro: bigint }> {
  const { topUpId, reversalId, memberId, amountMicro, currency = 'USD', source } = reversal;
  const wallet = await openWallet(tx, memberId, currency);
  const receivable = await accountOf(tx, { ownerId: memberId, code: 1300, currency });
  const from = await accountOf(tx, { ...source, currency });
  const locked = await lockAccounts(tx, [wallet, receivable, from]);
  const before = await reversedBefore(tx, reversalId);
  if (before !== null) return before;
  const available = locked.get(wallet)!.availableMicro;
  const takenMicro = lesserOf(available, amountMicro);
  const owedMicro = amountMicro - takenMicro;
  const common = {
    kind: 'single',
    code: 'top_up_reversed',
    credit: from,
    currency,
    groupId: topUpId,
    link: 1,
  } as const;
  await mustPost(tx, [
    ...(takenMicro > 0n
      ? [{ ...common, id: derivedId(reversalId, 'taken'), debit: wallet, amountMicro: takenMicro }]
      : []),
    ...(owedMicro > 0n
      ? [{ ...common, id: derivedId(reversalId, 'owed'), debit: receivable, amountMicro: owedMicro }]
      : []),
  ]);
  if (owedMicro > 0n) await setFrozen(tx, wallet, true);
  return { takenMicro, owedMicro };
}

async function reversedBefore(tx: Tx<'service'>, reversalId: string) {
  const rows = await tx
    .selectFrom('ledger.transfer')
    .select(['id', 'amount'])
    .where('id', 'in', [derivedId(reversalId, 'taken'), derivedId(reversalId, 'owed')])
    .execute();
  if (rows.length === 0) return null;
  const of = (purpose: string) => rows.find((row) => row.id === derivedId(reversalId, purpose))?.amount ?? 0n;
  return { takenMicro: of('taken'), owedMicro: of('owed') };
}

export interface Payout {
  payoutId: string;
  amountMicro: bigint;
  currency?: string;
  processor: string;
  bank: string;
}

/** The processor paid out to our bank: Dr 1200 → Cr 1100. Twice is harmless. */
export async function payout(tx: Tx<'service'>, paid: Payout): Promise<void> {
  const { payoutId, amountMicro, currency = 'USD', processor, bank } = paid;
  await mustPost(tx, [
    {
      id: derivedId(payoutId, 'payout'),
      kind: 'single',
      code: 'payout',
      debit: await accountOf(tx, { code: 1200, label: bank, currency }),
      credit: await accountOf(tx, { code: 1100, label: processor, currency }),
      amountMicro,
      currency,
      groupId: payoutId,
    },
  ]);
}

/** The bank refused a payout that had been told as paid: Dr 1100 → Cr 1200. Twice is harmless. */
export async function payoutReturned(tx: Tx<'service'>, returned: Payout): Promise<void> {
  const { payoutId, amountMicro, currency = 'USD', processor, bank } = returned;
  await mustPost(tx, [
    {
      id: derivedId(payoutId, 'payout returned'),
      kind: 'single',
      code: 'payout',
      debit: await accountOf(tx, { code: 1100, label: processor, currency }),
      credit: await accountOf(tx, { code: 1200, label: bank, currency }),
      amountMicro,
      currency,
      groupId: payoutId,
    },
  ]);
}
