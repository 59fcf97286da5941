import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { topUpFailed, topUpPending } from '#server/ledger/flows/top-up.ts';
import type { Log } from '#server/log.ts';
import type { Operator } from '#server/privacy/policy-pages.ts';
import type { Channel, PaymentState } from './channel.ts';
import { settle } from './settle.ts';
import { isOpen, mayMove, type TopUpState } from './states.ts';
import { openAtProcessor, stateOf, type TopUpRow } from './top-up.ts';

export interface Payments {
  pools: Pools;
  channels: readonly Channel[];
  /** Where people reach us: the processor's page leads back there. */
  publicUrl: string;
  log: Log;
  /** Who is paid: it stands on the receipt. */
  operator: Operator;
}

/** The channel of this name. Throws when none is open under it: a top-up outlives the channel's settings. */
export function channelOf(payments: Payments, id: string): Channel {
  const channel = payments.channels.find((one) => one.id === id);
  if (channel === undefined) throw new Error(`channel ${id} is not open`);
  return channel;
}

/**
 * Asks the processor about this top-up now and does what follows. Harmless twice and at once.
 * Throws `ChannelFault` when the processor cannot be asked.
 */
export async function checkNow(payments: Payments, topUp: TopUpRow): Promise<TopUpRow> {
  if (topUp.state === 'settled') return topUp;
  const channel = channelOf(payments, topUp.channel);
  const opened = topUp.sessionId === null ? await learnSession(payments, channel, topUp) : topUp;
  if (opened.sessionId === null) return opened;
  const state = await channel.look(opened.sessionId);
  return asService(payments.pools, (tx) => apply(tx, payments, channel, opened, state));
}

/** We stopped between keeping the quote and learning its session: asking again under the same key tells it. */
async function learnSession(payments: Payments, channel: Channel, topUp: TopUpRow): Promise<TopUpRow> {
  return isOpen(stateOf(topUp)) ? openAtProcessor(payments.pools, channel, payments.publicUrl, topUp) : topUp;
}

async function apply(
  tx: Tx<'service'>,
  { log, operator }: Payments,
  channel: Channel,
  topUp: TopUpRow,
  state: PaymentState,
): Promise<TopUpRow> {
  switch (state.is) {
    case 'open':
      return topUp;
    case 'pending':
    case 'failed':
    case 'expired':
      return move(tx, channel.rail, topUp, state.is);
    case 'paid': {
      const settled = await settle(tx, channel, operator, state.payment);
      if (settled.is !== 'refused') return settled.topUp;
      if (topUp.refusal === settled.why) return topUp; // told before
      log.error(
        { topUpId: topUp.id, channel: channel.id, kind: settled.why },
        'money arrived and was not credited',
      );
      return topUp;
    }
    default:
      return state satisfies never;
  }
}

/**
 * Forward only; what another road did meanwhile stands. What is on its way shows in the wallet, where it cannot be spent,
 * until it is settled or fails.
 */
async function move(
  tx: Tx<'service'>,
  rail: string,
  { userId, id }: TopUpRow,
  to: TopUpState,
): Promise<TopUpRow> {
  const now = await tx
    .selectFrom('payments.topUp')
    .selectAll()
    .where('userId', '=', userId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (!mayMove(stateOf(now), to)) return now;
  const { amountMicro, currency } = now;
  if (to === 'pending')
    await topUpPending(tx, {
      topUpId: id,
      memberId: userId,
      amountMicro,
      currency,
      source: { code: 1100, label: rail },
    });
  else if (now.state === 'pending') await topUpFailed(tx, id);
  return tx
    .updateTable('payments.topUp')
    .set({ state: to })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
