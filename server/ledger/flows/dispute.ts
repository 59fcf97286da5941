import type { Tx } from '#server/database/transaction.ts';
import { accountOf, lockAccounts, mustPost, openWallet, setFrozen } from '#server/ledger/ledger.ts';
import { derivedId, lesserOf, type Transfer } from '#server/ledger/transfer.ts';
import { entry } from './entry.ts';

export interface Dispute {
  disputeId: string;
  /** The payment that is disputed. */
  topUpId: string;
  memberId: string;
  amountMicro: bigint;
  currency?: string;
  processor: string;
}

const walletHoldId = (disputeId: string) => derivedId(disputeId, 'dispute hold');

/** An inquiry or an early warning: nothing moves, spending stops until someone has looked. */
export async function disputeWarned(
  tx: Tx<'service'>,
  warned: { memberId: string; currency?: string },
): Promise<void> {
  await setFrozen(tx, await openWallet(tx, warned.memberId, warned.currency), true);
}

/** An inquiry or a warning ended, and nothing was taken: spending goes on, unless a dispute or a debt is open. */
export async function disputeCleared(
  tx: Tx<'service'>,
  cleared: { memberId: string; currency?: string },
): Promise<void> {
  await thawIfClear(tx, cleared.memberId, cleared.currency);
}

/**
 * The processor took the disputed sum: Dr 1110 → Cr 1100, its fee Dr 4110 → Cr 1100, and pending Dr 2100 → Cr 1110
 * for the lesser of what is available and the sum. Spending stops. Twice is harmless.
 */
export async function disputeOpened(
  tx: Tx<'service'>,
  dispute: Dispute & { feeMicro: bigint },
): Promise<{ heldMicro: bigint }> {
  const { disputeId, topUpId, memberId, amountMicro, currency, processor, feeMicro } = dispute;
  const wallet = await openWallet(tx, memberId, currency);
  const receivable = await accountOf(tx, { code: 1110, label: processor, currency });
  const clearing = await accountOf(tx, { code: 1100, label: processor, currency });
  const fees = await accountOf(tx, { code: 4110, label: processor, currency });
  const locked = await lockAccounts(tx, [wallet, receivable, clearing, fees]);
  const before = await transferOf(tx, derivedId(disputeId, 'dispute'));
  if (before !== null) return { heldMicro: (await transferOf(tx, walletHoldId(disputeId)))?.amount ?? 0n };
  const heldMicro = lesserOf(locked.get(wallet)!.availableMicro, amountMicro);
  const common = { kind: 'single', currency: currency ?? 'USD', groupId: topUpId, link: 1 } as const;
  const transfers: Transfer[] = [
    {
      ...common,
      id: derivedId(disputeId, 'dispute'),
      code: 'dispute',
      debit: receivable,
      credit: clearing,
      amountMicro,
    },
  ];
  if (feeMicro > 0n)
    transfers.push({
      ...common,
      id: derivedId(disputeId, 'dispute fee'),
      code: 'dispute_fee',
      debit: fees,
      credit: clearing,
      amountMicro: feeMicro,
    });
  if (heldMicro > 0n)
    transfers.push({
      ...common,
      kind: 'pending',
      id: walletHoldId(disputeId),
      code: 'dispute_hold',
      debit: wallet,
      credit: receivable,
      amountMicro: heldMicro,
    });
  await mustPost(tx, transfers);
  await setFrozen(tx, wallet, true);
  return { heldMicro };
}

/**
 * The dispute was won and the sum reinstated: Dr 1100 → Cr 1110, and what was held of the wallet is freed; where the
 * processor gives its fee back too, Dr 1100 → Cr 4110. Spending goes on unless another dispute or a debt is open. Twice
 * is harmless.
 */
export async function disputeWon(
  tx: Tx<'service'>,
  dispute: Dispute & { feeReturnedMicro?: bigint },
): Promise<void> {
  const { disputeId, topUpId, memberId, amountMicro, currency, processor, feeReturnedMicro = 0n } = dispute;
  const pendingId = walletHoldId(disputeId);
  await lockAllOf(tx, dispute);
  const transfers: Transfer[] = [
    await entry(tx, {
      id: derivedId(disputeId, 'dispute won'),
      code: 'dispute_won',
      debit: { code: 1100, label: processor },
      credit: { code: 1110, label: processor },
      amountMicro,
      currency,
      groupId: topUpId,
      link: 1,
    }),
  ];
  if (feeReturnedMicro > 0n)
    transfers.push(
      await entry(tx, {
        id: derivedId(disputeId, 'dispute fee returned'),
        code: 'dispute_fee',
        debit: { code: 1100, label: processor },
        credit: { code: 4110, label: processor },
        amountMicro: feeReturnedMicro,
        currency,
        groupId: topUpId,
        link: 1,
      }),
    );
  if ((await transferOf(tx, pendingId)) !== null)
    transfers.push({
      id: derivedId(pendingId, 'void'),
      kind: 'void',
      code: 'dispute_won',
      pendingId,
      link: 1,
    });
  await mustPost(tx, transfers);
  await thawIfClear(tx, memberId, currency);
}

/**
 * The dispute was lost: posts what was held of the wallet, and Dr 1300 → Cr 1110 for the shortfall, which the member
 * owes; until it is paid, spending is stopped. Twice is harmless.
 */
export async function disputeLost(tx: Tx<'service'>, dispute: Dispute): Promise<{ owedMicro: bigint }> {
  const { disputeId, topUpId, memberId, amountMicro, currency, processor } = dispute;
  const pendingId = walletHoldId(disputeId);
  await lockAllOf(tx, dispute);
  const held = (await transferOf(tx, pendingId))?.amount ?? 0n;
  const owedMicro = amountMicro - held;
  const transfers: Transfer[] = [];
  if (held > 0n)
    transfers.push({
      id: derivedId(pendingId, 'posted'),
      kind: 'post',
      code: 'dispute_lost',
      pendingId,
      link: 1,
    });
  if (owedMicro > 0n)
    transfers.push(
      await entry(tx, {
        id: derivedId(disputeId, 'dispute owed'),
        code: 'dispute_lost',
        debit: { ownerId: memberId, code: 1300 },
        credit: { code: 1110, label: processor },
        amountMicro: owedMicro,
        currency,
        groupId: topUpId,
        link: 1,
      }),
    );
  await mustPost(tx, transfers);
  await thawIfClear(tx, memberId, currency);
  return { owedMicro };
}

/**
 * Pays a debt from the wallet, as far as it reaches: Dr 2100 → Cr 1300. Called after each top-up of a member who owes.
 * `paymentId` makes it harmless twice. Spending goes on once nothing is owed.
 */
export async function debtRepaid(
  tx: Tx<'service'>,
  repayment: { paymentId: string; memberId: string; currency?: string },
): Promise<{ paidMicro: bigint; owedMicro: bigint }> {
  const { paymentId, memberId, currency } = repayment;
  const wallet = await openWallet(tx, memberId, currency);
  const debt = await accountOf(tx, { ownerId: memberId, code: 1300, currency });
  const locked = await lockAccounts(tx, [wallet, debt]);
  const id = derivedId(paymentId, 'debt repaid');
  const owed = -locked.get(debt)!.postedMicro;
  const before = await transferOf(tx, id);
  if (before !== null) return { paidMicro: before.amount, owedMicro: owed };
  const paidMicro = lesserOf(owed, locked.get(wallet)!.availableMicro);
  if (paidMicro > 0n)
    await mustPost(tx, [
      {
        id,
        kind: 'single',
        code: 'debt_repaid',
        debit: wallet,
        credit: debt,
        amountMicro: paidMicro,
        currency: currency ?? 'USD',
        groupId: paymentId,
      },
    ]);
  await thawIfClear(tx, memberId, currency);
  return { paidMicro, owedMicro: owed - paidMicro };
}

/** Gives up a debt: Dr 4200 → Cr 1300. A second person's approval and the debt's bound are `approveAdjustment`'s. Twice is harmless. */
export async function writtenOff(
  tx: Tx<'service'>,
  given: {
    writeOffId: string;
    memberId: string;
    amountMicro: bigint;
    currency?: string;
    actorId: string;
    reason: string;
  },
): Promise<void> {
  const { writeOffId, memberId, amountMicro, currency, actorId, reason } = given;
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(writeOffId, 'written off'),
      code: 'written_off',
      debit: { code: 4200 },
      credit: { ownerId: memberId, code: 1300 },
      amountMicro,
      currency,
      groupId: writeOffId,
      actorId,
      reason,
    }),
  ]);
  await thawIfClear(tx, memberId, currency);
}

/** All that a dispute's end may touch, locked in the one order before anything is posted. */
async function lockAllOf(tx: Tx<'service'>, { memberId, currency, processor }: Dispute): Promise<void> {
  await lockAccounts(tx, [
    await openWallet(tx, memberId, currency),
    await accountOf(tx, { ownerId: memberId, code: 1300, currency }),
    await accountOf(tx, { code: 1110, label: processor, currency }),
    await accountOf(tx, { code: 1100, label: processor, currency }),
    await accountOf(tx, { code: 4110, label: processor, currency }),
  ]);
}

/** Spending goes on when nothing is owed and no dispute holds any of the wallet. */
async function thawIfClear(tx: Tx<'service'>, memberId: string, currency?: string): Promise<void> {
  const wallet = await openWallet(tx, memberId, currency);
  const debt = await accountOf(tx, { ownerId: memberId, code: 1300, currency });
  const locked = await lockAccounts(tx, [wallet, debt]);
  const disputed = await tx
    .selectFrom('ledger.hold')
    .select('holdId')
    .where('userId', '=', memberId)
    .where('code', '=', 'dispute_hold')
    .limit(1)
    .executeTakeFirst();
  await setFrozen(tx, wallet, disputed !== undefined || locked.get(debt)!.postedMicro < 0n);
}

async function transferOf(tx: Tx<'service'>, id: string): Promise<{ amount: bigint } | null> {
  return (
    (await tx.selectFrom('ledger.transfer').select('amount').where('id', '=', id).executeTakeFirst()) ?? null
  );
}
