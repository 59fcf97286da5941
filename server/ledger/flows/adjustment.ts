import type { Tx } from '#server/database/transaction.ts';
import { accountOf, lockAccounts, openWallet, post } from '#server/ledger/ledger.ts';
import { derivedId, type Status } from '#server/ledger/transfer.ts';
import { writtenOff } from './dispute.ts';
import { entry } from './entry.ts';

export interface Adjustment {
  id: string;
  memberId: string;
  /** Absent: a correction of the wallet. `write_off` gives up a part of what the member owes. */
  kind?: 'adjustment' | 'write_off';
  /** Signed: positive gives to the member. A debt is given up by a positive amount. */
  amountMicro: bigint;
  currency?: string;
  reasonCode: 'goodwill' | 'price_error' | 'support_case' | 'correction' | 'uncollectible' | 'other';
  /** For the auditor, ten characters or more. */
  reason: string;
  proposedBy: string;
}

/**
 * A person of the staff proposes to correct a wallet or to give up a debt. Nothing moves. Nobody proposes about the own
 * wallet: it throws. False: this id was proposed before, and stays as it was.
 */
export async function proposeAdjustment(
  tx: Tx<'service'> | Tx<'finance'>,
  proposed: Adjustment,
): Promise<boolean> {
  const { id, memberId, kind, amountMicro, currency = 'USD', reasonCode, reason, proposedBy } = proposed;
  const { numInsertedOrUpdatedRows } = await (tx as Tx<'service'>)
    .insertInto('ledger.adjustment')
    .values({ id, userId: memberId, kind, amount: amountMicro, currency, reasonCode, reason, proposedBy })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export type Decided =
  | { ok: true }
  | { ok: false; why: 'not_found' | 'decided_before' | 'same_person' | 'more_than_owed' | Status };

/**
 * A second person approves: Dr 4500 → Cr 2100, or Dr 2100 → Cr 4500 when it takes; for a debt Dr 4200 → Cr 1300. Refuses
 * the one who proposed and the member concerned (`same_person`); `insufficient` when it would take more than is there,
 * `more_than_owed` when it would give up more.
 */
export async function approveAdjustment(
  tx: Tx<'service'>,
  decision: { id: string; decidedBy: string },
): Promise<Decided> {
  const { id, decidedBy } = decision;
  const found = await openAdjustment(tx, id, decidedBy);
  if (!found.ok) return found;
  const settle = found.row.kind === 'write_off' ? giveUpDebt : correctWallet;
  const why = await settle(tx, found.row, decidedBy);
  if (why !== null) return { ok: false, why };
  await decide(tx, id, decidedBy, 'approved');
  return { ok: true };
}

type Proposal = Extract<Awaited<ReturnType<typeof openAdjustment>>, { ok: true }>['row'];

async function correctWallet(tx: Tx<'service'>, proposal: Proposal, actorId: string): Promise<Status | null> {
  const { id, userId, amount, currency, reasonCode, reason } = proposal;
  const wallet = { ownerId: userId, code: 2100 } as const;
  const staff = { code: 4500 } as const;
  const [status] = await post(tx, [
    await entry(tx, {
      id: derivedId(id, 'adjustment'),
      code: 'adjustment',
      debit: amount > 0n ? staff : wallet,
      credit: amount > 0n ? wallet : staff,
      amountMicro: amount > 0n ? amount : -amount,
      currency,
      groupId: id,
      actorId,
      reason: `${reasonCode}: ${reason}`,
    }),
  ]);
  return status === 'ok' || status === 'replay' ? null : status!;
}

async function giveUpDebt(
  tx: Tx<'service'>,
  proposal: Proposal,
  actorId: string,
): Promise<'more_than_owed' | null> {
  const { id, userId: memberId, amount: amountMicro, currency, reasonCode, reason } = proposal;
  const debt = await accountOf(tx, { ownerId: memberId, code: 1300, currency });
  const locked = await lockAccounts(tx, [
    await openWallet(tx, memberId, currency),
    debt,
    await accountOf(tx, { code: 4200, currency }),
  ]);
  if (amountMicro > -locked.get(debt)!.postedMicro) return 'more_than_owed';
  const given = { writeOffId: id, memberId, amountMicro, currency, actorId };
  await writtenOff(tx, { ...given, reason: `${reasonCode}: ${reason}` });
  return null;
}

/** A second person refuses the proposal. Nothing moves. */
export async function refuseAdjustment(
  tx: Tx<'service'>,
  decision: { id: string; decidedBy: string },
): Promise<Decided> {
  const found = await openAdjustment(tx, decision.id, decision.decidedBy);
  if (!found.ok) return found;
  await decide(tx, decision.id, decision.decidedBy, 'refused');
  return { ok: true };
}

async function openAdjustment(tx: Tx<'service'>, id: string, decidedBy: string) {
  const row = await tx
    .selectFrom('ledger.adjustment')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return { ok: false, why: 'not_found' } as const;
  if (row.state !== 'proposed') return { ok: false, why: 'decided_before' } as const;
  if (row.proposedBy === decidedBy || row.userId === decidedBy)
    return { ok: false, why: 'same_person' } as const;
  return { ok: true, row } as const;
}

async function decide(tx: Tx<'service'>, id: string, decidedBy: string, state: 'approved' | 'refused') {
  await tx
    .updateTable('ledger.adjustment')
    .set({ state, decidedBy, decidedAt: new Date() })
    .where('id', '=', id)
    .execute();
}
