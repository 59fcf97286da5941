import type { Tx } from '#server/database/transaction.ts';
import { lockAccounts, mustPost } from '#server/ledger/ledger.ts';
import { derivedId, lesserOf, type Transfer } from '#server/ledger/transfer.ts';
import { entry } from './entry.ts';

// Hold, capture and release of generations are batched: see posting.ts and `ledger.settle_and_hold`.

export type GoodwillRefund = { ok: true } | { ok: false; why: 'not_captured' | 'more_than_captured' };

/**
 * Gives back a captured charge or a part of it: Dr 3100 → Cr the bucket that paid, the last bucket first, so that cash
 * comes back before promotional money. All refunds of a capture together never pass what it took (I11). A repeat of
 * `refundId` is harmless.
 */
export async function goodwillRefund(
  tx: Tx<'service'>,
  refund: { refundId: string; captureId: string; amountMicro: bigint; actorId?: string; reason?: string },
): Promise<GoodwillRefund> {
  const { refundId, captureId, amountMicro, actorId, reason } = refund;
  const legs = await capturedLegs(tx, captureId);
  if (legs.length === 0) return { ok: false, why: 'not_captured' };
  const { groupId, currency } = legs[0]!;
  await lockAccounts(
    tx,
    legs.flatMap((leg) => [leg.debitAccount, leg.creditAccount]),
  );
  const refunded = await tx
    .selectFrom('ledger.transfer')
    .select(['id', 'creditAccount', 'amount'])
    .where('groupId', '=', groupId)
    .where('code', '=', 'goodwill')
    .execute();
  const mine = new Set(legs.map((_, n) => derivedId(refundId, `goodwill:${n}`)));
  if (refunded.some(({ id }) => mine.has(id))) return { ok: true };
  const transfers: Transfer[] = [];
  let missing = amountMicro;
  for (const [n, leg] of [...legs.entries()].reverse()) {
    const back = refunded.filter(({ creditAccount }) => creditAccount === leg.debitAccount);
    const part = lesserOf(missing, leg.amount - back.reduce((sum, row) => sum + row.amount, 0n));
    if (part <= 0n) continue;
    missing -= part;
    transfers.push({
      id: derivedId(refundId, `goodwill:${n}`),
      kind: 'single',
      code: 'goodwill',
      debit: leg.creditAccount,
      credit: leg.debitAccount,
      amountMicro: part,
      currency,
      groupId,
      link: 1,
      actorId,
      reason,
    });
  }
  if (missing > 0n) return { ok: false, why: 'more_than_captured' };
  await mustPost(tx, transfers);
  return { ok: true };
}

/** Accrues what a generation costs us upstream, from the provider's usage: Dr 4400 → Cr 2500. Twice is harmless. */
export async function upstreamCost(
  tx: Tx<'service'>,
  cost: { costId: string; provider: string; amountMicro: bigint; currency?: string },
): Promise<void> {
  const { costId, provider, amountMicro, currency } = cost;
  if (amountMicro === 0n) return;
  await mustPost(tx, [
    await entry(tx, {
      id: derivedId(costId, 'upstream cost'),
      code: 'upstream_cost',
      debit: { code: 4400, label: provider },
      credit: { code: 2500, label: provider },
      amountMicro,
      currency,
      groupId: costId,
    }),
  ]);
}

/**
 * The provider's invoice was paid: Dr 2500 → Cr 1200 for what had been accrued of it, and the difference to the invoice
 * goes to cost, Dr 4400 → Cr 1200 or Dr 2500 → Cr 4400, linked. Twice is harmless.
 */
export async function upstreamInvoicePaid(
  tx: Tx<'service'>,
  invoice: {
    invoiceId: string;
    provider: string;
    bank: string;
    invoicedMicro: bigint;
    accruedMicro: bigint;
    currency?: string;
  },
): Promise<void> {
  const { invoiceId, provider, bank, invoicedMicro, accruedMicro, currency } = invoice;
  const common = { code: 'upstream_paid', currency, groupId: invoiceId, link: 1 } as const;
  const payable = { code: 2500, label: provider } as const;
  const cost = { code: 4400, label: provider } as const;
  const paid = { code: 1200, label: bank } as const;
  const settled = lesserOf(invoicedMicro, accruedMicro);
  const parts = [
    { purpose: 'paid', debit: payable, credit: paid, amountMicro: settled },
    { purpose: 'more', debit: cost, credit: paid, amountMicro: invoicedMicro - settled },
    { purpose: 'less', debit: payable, credit: cost, amountMicro: accruedMicro - settled },
  ].filter(({ amountMicro }) => amountMicro > 0n);
  const transfers: Transfer[] = [];
  for (const { purpose, ...part } of parts)
    transfers.push(await entry(tx, { ...common, ...part, id: derivedId(invoiceId, purpose) }));
  await mustPost(tx, transfers);
}

async function capturedLegs(tx: Tx<'service'>, captureId: string) {
  const legs = await legsOf(tx, captureId);
  return legs.filter(({ kind }) => kind === 'post' || kind === 'single');
}

const LEGS_AT_ONCE = 16;

/** All legs of money of a hold or a capture: their ids follow from the first one's. Those of caps come after them. */
export async function legsOf(tx: Tx<'service'>, id: string) {
  const columns = [
    'id',
    'kind',
    'code',
    'amount',
    'currency',
    'groupId',
    'debitAccount',
    'creditAccount',
    'debitVersion',
  ] as const;
  const legs = [];
  for (let from = 0; ; from += LEGS_AT_ONCE) {
    const ids = Array.from({ length: LEGS_AT_ONCE }, (_, n) =>
      from + n === 0 ? id : derivedId(id, `leg:${from + n}`),
    );
    const rows = await tx.selectFrom('ledger.transfer').select(columns).where('id', 'in', ids).execute();
    const found = ids.flatMap((leg) => rows.filter((row) => row.id === leg));
    legs.push(...found.filter(({ code }) => !code.startsWith('cap_')));
    if (found.length < LEGS_AT_ONCE) return legs;
  }
}
