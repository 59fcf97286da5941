import type { Selectable } from 'kysely';
import { newId } from '#server/database/ids.ts';
import type { PaymentsPayout } from '#server/database/tables.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { payout, payoutReturned, topUpFee } from '#server/ledger/flows/top-up.ts';
import { derivedId } from '#server/ledger/transfer.ts';
import { bookAfter } from './after-payment.ts';
import type { Channel } from './channel.ts';
import type { Payments } from './check.ts';
import type { Movement, ProcessorPayout } from './processor-books.ts';

type PayoutRow = Selectable<PaymentsPayout>;

/**
 * Asks the processor about one of its payouts to our bank and books it: what it consists of is booked first (the fees,
 * refunds and disputes of each payment, the processor's own fees), then the payout itself, so that the clearing account
 * empties. What moved and stands in no row of ours is kept as unexplained and is an alarm. One that the bank refused comes
 * back. Twice is harmless. Throws `ChannelFault`.
 */
export async function bookPayout(payments: Payments, channel: Channel, processorId: string): Promise<void> {
  const { pools, log } = payments;
  const said = await channel.books.payout(processorId);
  if (said.state === 'on-its-way') return;
  if (said.amountMicro <= 0n) {
    log.error({ channel: channel.id, kind: said.state }, 'the processor took money from our bank');
    return;
  }
  if (said.state === 'failed') {
    await asService(pools, (tx) => takeBack(tx, channel, said));
    return;
  }
  const known = await asService(pools, (tx) => findPayout(tx, channel, processorId));
  if (known !== undefined) return;
  const unexplainedMicro = await bookMovements(payments, channel, said);
  if (unexplainedMicro !== 0n)
    log.error(
      { channel: channel.id, amountMicro: unexplainedMicro },
      'a payout holds movements that stand in no row of ours',
    );
  await asService(pools, (tx) => bookPaid(tx, channel, said, unexplainedMicro));
}

/** Asks about each payout begun since then that is not booked as it stands now. */
export async function bookPayoutsSince(payments: Payments, channel: Channel, since: Date): Promise<void> {
  for (const said of await channel.books.payoutsSince(since)) {
    const known = await asService(payments.pools, (tx) => findPayout(tx, channel, said.processorId));
    const isNews =
      known === undefined ? said.state === 'paid' : known.state === 'paid' && said.state === 'failed';
    if (isNews) await bookPayout(payments, channel, said.processorId);
  }
}

/** Answers what of it stands in no row of ours. */
async function bookMovements(payments: Payments, channel: Channel, said: ProcessorPayout): Promise<bigint> {
  if (said.movements === null) return 0n;
  const receipts = new Set(said.movements.flatMap(({ receipt }) => receipt ?? []));
  const strange = new Set<string>();
  for (const receipt of receipts)
    if ((await bookAfter(payments, channel, receipt)) === undefined) strange.add(receipt);
  const explained = ({ kind, receipt }: Movement) =>
    kind === 'fee' || kind === 'known' || (receipt !== null && !strange.has(receipt));
  const sum = (movements: Movement[]) => movements.reduce((total, { netMicro }) => total + netMicro, 0n);
  return said.amountMicro - sum(said.movements.filter(explained));
}

async function bookPaid(
  tx: Tx<'service'>,
  channel: Channel,
  said: ProcessorPayout,
  unexplainedMicro: bigint,
): Promise<void> {
  const { processorId, amountMicro, currency, bank } = said;
  const { rail } = channel;
  const row = await tx
    .insertInto('payments.payout')
    .values({ id: newId(), rail, processorId, bank, state: 'paid', amountMicro, currency, unexplainedMicro })
    .onConflict((conflict) => conflict.columns(['rail', 'processorId']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return; // another process was first
  for (const { id, netMicro } of (said.movements ?? []).filter(({ kind }) => kind === 'fee'))
    await topUpFee(tx, {
      topUpId: derivedId(row.id, id),
      feeMicro: -netMicro,
      currency,
      source: { code: 1100, label: rail },
    });
  await payout(tx, { payoutId: row.id, amountMicro, currency, processor: rail, bank });
}

async function takeBack(tx: Tx<'service'>, channel: Channel, said: ProcessorPayout): Promise<void> {
  const row = await tx
    .updateTable('payments.payout')
    .set({ state: 'returned' })
    .where('rail', '=', channel.rail)
    .where('processorId', '=', said.processorId)
    .where('state', '=', 'paid')
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return; // never told as paid: its money never left the clearing account
  const { id, amountMicro, currency, rail, bank } = row;
  await payoutReturned(tx, { payoutId: id, amountMicro, currency, processor: rail, bank });
}

function findPayout(
  tx: Tx<'service'>,
  { rail }: Channel,
  processorId: string,
): Promise<PayoutRow | undefined> {
  return tx
    .selectFrom('payments.payout')
    .selectAll()
    .where('rail', '=', rail)
    .where('processorId', '=', processorId)
    .executeTakeFirst();
}
