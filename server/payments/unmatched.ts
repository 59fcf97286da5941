import { sql } from 'kysely';
import type { UnmatchedMoney } from '#contract/console-payments.ts';
import type { ProblemSlug } from '#contract/problems.ts';
import { recordAudit } from '#server/audit/audit.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { receiptMatched } from '#server/ledger/flows/receipt.ts';
import { derivedId } from '#server/ledger/transfer.ts';
import { bookAfter } from './after-payment.ts';
import { channelOf, type Payments } from './check.ts';
import { postAndRepay } from './debts.ts';
import { lockMoneyIn, type MoneyInRow } from './money-in.ts';

/** Money at processors that was credited to nobody and has not gone back, oldest first. */
export async function unmatchedMoney(tx: Tx<'finance'> | Tx<'service'>): Promise<UnmatchedMoney[]> {
  const { rows } = await sql<{
    id: string;
    userId: string;
    topUpId: string;
    refusal: string | null;
    left: bigint;
    currency: string;
    receivedAt: Date;
  }>`
    select m.id, m.user_id, m.top_up_id, t.refusal, m.currency, m.received_at, m.amount_micro - coalesce(
      (select sum(r.amount_micro) from payments.refund r
        where r.user_id = m.user_id and r.money_in_id = m.id and r.state in ('pending', 'succeeded')), 0)::bigint as left
    from payments.money_in m join payments.top_up t on t.user_id = m.user_id and t.id = m.top_up_id
    where (t.state <> 'settled' or t.refusal is not null or exists (
        select 1 from payments.money_in other where other.user_id = m.user_id and other.top_up_id = m.top_up_id and other.id <> m.id))
      and exists (select 1 from ledger.transfer l where l.id = ledger.derived_id(m.id, 'receipt'))
      and not exists (select 1 from ledger.transfer l where l.id = ledger.derived_id(m.id, 'matched'))
    order by m.received_at limit 200`.execute(tx);
  return rows
    .filter(({ left }) => left > 0n)
    .map(({ id, userId, topUpId, refusal, left, currency, receivedAt }) => ({
      ...{ id, topUpId, refusal, currency, memberId: userId },
      amountMicro: left,
      receivedAt: receivedAt.toISOString(),
    }));
}

export interface Decision {
  moneyInId: string;
  to: 'wallet' | 'card';
  staffId: string;
  reason: string;
  requestId: string;
}

/**
 * Does what one of the staff decided about unmatched money: Dr 2200 → Cr 2100 for the person who paid, or back to its card,
 * all that is left of it. Nobody decides about their own. Throws `ChannelFault` when the processor cannot be asked; a
 * repeat then goes on.
 */
export async function decideUnmatched(
  payments: Payments,
  decision: Decision,
): Promise<'done' | Extract<ProblemSlug, 'not-found' | 'not-allowed' | 'not-possible-now'>> {
  const { moneyInId, to, staffId } = decision;
  const found = await asService(payments.pools, async (tx) => {
    const money = (await unmatchedMoney(tx)).find(({ id }) => id === moneyInId);
    return money && { money, moneyIn: await moneyInOf(tx, money.memberId, moneyInId) };
  });
  if (found === undefined) return 'not-found';
  const { money, moneyIn } = found;
  if (money.memberId === staffId) return 'not-allowed';
  if (to === 'card') return sendBack(payments, moneyIn, money.amountMicro, decision);
  // A wallet of members is in dollars, and a part of the money has gone back already.
  if (moneyIn.currency !== 'USD' || money.amountMicro !== moneyIn.amountMicro) return 'not-possible-now';
  return asService(payments.pools, (tx) => match(tx, moneyIn, decision));
}

async function match(
  tx: Tx<'service'>,
  moneyIn: MoneyInRow,
  by: Decision,
): Promise<'done' | 'not-possible-now'> {
  const { id: lineId, userId: memberId, amountMicro, currency, rail } = await lockMoneyIn(tx, moneyIn);
  const still = (await unmatchedMoney(tx)).find(({ id }) => id === lineId);
  if (still?.amountMicro !== amountMicro) return 'not-possible-now'; // it went another way meanwhile
  const why = { actorId: by.staffId, reason: by.reason };
  await postAndRepay(tx, { paymentId: lineId, memberId, currency }, () =>
    receiptMatched(tx, { lineId, memberId, amountMicro, currency, account: rail, ...why }),
  );
  await record(tx, moneyIn, by);
  return 'done';
}

async function sendBack(
  payments: Payments,
  moneyIn: MoneyInRow,
  amountMicro: bigint,
  by: Decision,
): Promise<'done' | 'not-possible-now'> {
  const { channel } = await asService(payments.pools, async (tx) => {
    await record(tx, moneyIn, by);
    return tx
      .selectFrom('payments.topUp')
      .select('channel')
      .where('userId', '=', moneyIn.userId)
      .where('id', '=', moneyIn.topUpId)
      .executeTakeFirstOrThrow();
  });
  const open = channelOf(payments, channel);
  const answer = await open.books.refund({
    refundId: null,
    // Of what is left: a repeat pays nothing twice, and a later rest has a key of its own.
    requestKey: derivedId(moneyIn.id, `back ${amountMicro}`),
    receipt: moneyIn.receipt,
    amountMicro,
    currency: moneyIn.currency,
  });
  if (answer.is === 'refused') return 'not-possible-now';
  await bookAfter(payments, open, moneyIn.receipt);
  return 'done';
}

const record = (tx: Tx<'service'>, moneyIn: MoneyInRow, by: Decision) =>
  recordAudit(tx, {
    action: `wallet.unmatched-to-${by.to}`,
    actorId: by.staffId,
    subjectId: moneyIn.userId,
    object: moneyIn.id,
    reason: by.reason,
    requestId: by.requestId,
  });

const moneyInOf = (tx: Tx<'service'>, memberId: string, id: string) =>
  tx
    .selectFrom('payments.moneyIn')
    .selectAll()
    .where('userId', '=', memberId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
