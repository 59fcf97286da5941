import type { Tx } from '#server/database/transaction.ts';
import { post } from '#server/ledger/ledger.ts';
import { derivedId, type Status } from '#server/ledger/transfer.ts';
import { entry } from './entry.ts';

export interface Adjustment {
  id: string;
  memberId: string;
  /** Signed: positive gives to the member. */
  amountMicro: bigint;
  currency?: string;
  reasonCode: 'goodwill' | 'price_error' | 'support_case' | 'correction' | 'other';
  /** For the auditor, ten characters or more. */
  reason: string;
  proposedBy: string;
}

/** A person of the staff proposes to correct a wallet. Nothing moves. Nobody proposes about the own wallet: it throws. */
export async function proposeAdjustment(tx: Tx<'service'>, proposed: Adjustment): Promise<void> {
  const { id, memberId, amountMicro, currency = 'USD', reasonCode, reason, proposedBy } = proposed;
  await tx
    .insertInto('ledger.adjustment')
    .values({ id, userId: memberId, amount: amountMicro, currency, reasonCode, reason, proposedBy })
    .execute();
}

export type Decided =
  | { ok: true }
  | { ok: false; why: 'not_found' | 'decided_before' | 'same_person' | Status };

/**
 * A second person approves: Dr 4500 → Cr 2100, or Dr 2100 → Cr 4500 when it takes. Refuses the one who proposed and
 * the member concerned (`same_person`); `insufficient` when it would take more than is there.
 */
export async function approveAdjustment(
  tx: Tx<'service'>,
  decision: { id: string; decidedBy: string },
): Promise<Decided> {
  const { id, decidedBy } = decision;
  const found = await openAdjustment(tx, id, decidedBy);
  if (!found.ok) return found;
  const { userId, amount, currency, reasonCode, reason } = found.row;
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
      actorId: decidedBy,
      reason: `${reasonCode}: ${reason}`,
    }),
  ]);
  if (status !== 'ok' && status !== 'replay') return { ok: false, why: status! };
  await decide(tx, id, decidedBy, 'approved');
  return { ok: true };
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
