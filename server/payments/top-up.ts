import type { Selectable } from 'kysely';
import type { TopUp } from '#contract/wallet.ts';
import type { Pools } from '#server/database/connections.ts';
import { newId, timeOf } from '#server/database/ids.ts';
import type { PaymentsTopUp } from '#server/database/tables.ts';
import { asMember, asService, type Tx } from '#server/database/transaction.ts';
import { requireAcceptance } from '#server/privacy/acceptance.ts';
import { isClosing } from '#server/privacy/closing.ts';
import type { Channel } from './channel.ts';
import { isWholeMinor } from './minor-units.ts';
import { scheduleCheck } from './polling.ts';
import { isOpen, type TopUpState } from './states.ts';

/** A row of payments.top_up. */
export type TopUpRow = Selectable<PaymentsTopUp>;

export interface TopUpAsk {
  id: string;
  amountMicro: bigint;
  returnTo: string | undefined;
}

export type Refusal =
  | 'acceptance-required'
  | 'account-restricted'
  | 'already-exists'
  | 'fraction-of-a-cent'
  | 'id-of-another-time';

/** Our payment pages stay open this long; Stripe takes 30 minutes to 24 hours. */
const OPEN_MS = 3 * 60 * 60_000;
/** The ledger files a top-up by the time in its id, so that must be about now. */
const ID_SKEW_MS = 24 * 60 * 60_000;

/**
 * Asks the channel for a payment page. The id is the caller's: a repeat answers the first top-up, with another sum
 * it is refused. Throws `ChannelFault` when the processor cannot be asked; a repeat then goes on where it stopped.
 */
export async function createTopUp(
  pools: Pools,
  channel: Channel,
  publicUrl: string,
  memberId: string,
  ask: TopUpAsk,
): Promise<TopUpRow | { refused: Refusal }> {
  if (Math.abs(timeOf(ask.id).getTime() - Date.now()) > ID_SKEW_MS) return { refused: 'id-of-another-time' };
  if (!isWholeMinor(ask.amountMicro, 'USD')) return { refused: 'fraction-of-a-cent' };
  const asked = await asService(pools, (tx) => keepAsked(tx, channel, memberId, ask));
  if ('refused' in asked || asked.sessionId !== null || !isOpen(stateOf(asked))) return asked;
  return openAtProcessor(pools, channel, publicUrl, asked);
}

async function keepAsked(
  tx: Tx<'service'>,
  channel: Channel,
  memberId: string,
  ask: TopUpAsk,
): Promise<TopUpRow | { refused: Refusal }> {
  const known = await tx.selectFrom('payments.topUp').selectAll().where('id', '=', ask.id).executeTakeFirst();
  if (known !== undefined)
    return known.userId === memberId && known.amountMicro === ask.amountMicro
      ? known
      : { refused: 'already-exists' };
  if ((await requireAcceptance(tx, memberId)) !== 'accepted') return { refused: 'acceptance-required' };
  if (await isClosing(tx, memberId)) return { refused: 'account-restricted' };
  const inserted = await tx
    .insertInto('payments.topUp')
    .values({
      userId: memberId,
      id: ask.id,
      channel: channel.id,
      amountMicro: ask.amountMicro,
      currency: 'USD',
      live: channel.live,
      returnTo: ask.returnTo ?? null,
      requestKey: newId(),
      expiresAt: new Date(Date.now() + OPEN_MS),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (inserted === undefined) return keepAsked(tx, channel, memberId, ask); // another request was first
  await scheduleCheck(tx, inserted, 0);
  return inserted;
}

/** Opens the payment under the kept key, so that however often it runs, there is one payment at the processor. */
export async function openAtProcessor(
  pools: Pools,
  channel: Channel,
  publicUrl: string,
  topUp: TopUpRow,
): Promise<TopUpRow> {
  const opened = await channel.open({
    topUpId: topUp.id,
    requestKey: topUp.requestKey,
    amountMicro: topUp.amountMicro,
    currency: topUp.currency,
    expiresAt: topUp.expiresAt,
    successUrl: pageOf(publicUrl, topUp, {}),
    cancelUrl: pageOf(publicUrl, topUp, { cancelled: 'true' }),
  });
  return asService(pools, (tx) =>
    tx
      .updateTable('payments.topUp')
      .set({ sessionId: opened.sessionId, checkoutUrl: opened.checkoutUrl })
      .where('userId', '=', topUp.userId)
      .where('id', '=', topUp.id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
}

/** Our page about this top-up, where the processor's page leads back to. */
function pageOf(publicUrl: string, { id, returnTo }: TopUpRow, query: Record<string, string>): string {
  const url = new URL(`/wallet/top-up/${id}`, publicUrl);
  for (const [name, value] of Object.entries({ ...query, ...(returnTo === null ? {} : { returnTo }) }))
    url.searchParams.set(name, value);
  return url.href;
}

/** The member's own top-up, or undefined: another's looks like none. */
export function findTopUp(pools: Pools, memberId: string, id: string): Promise<TopUpRow | undefined> {
  return asMember(pools, memberId, (tx) =>
    tx
      .selectFrom('payments.topUp')
      .selectAll()
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .executeTakeFirst(),
  );
}

/** The state column as its type: the database's CHECK holds the same list. */
export function stateOf(row: Pick<TopUpRow, 'state'>): TopUpState {
  return row.state as TopUpState;
}

export function topUpOnWire(row: TopUpRow): TopUp {
  return {
    id: row.id,
    channel: 'card',
    amountMicro: row.amountMicro,
    currency: 'USD',
    state: stateOf(row),
    createdAt: row.createdAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
    expiresAt: row.expiresAt.toISOString(),
    checkoutUrl: isOpen(stateOf(row)) ? row.checkoutUrl : null,
    card:
      row.cardBrand !== null && row.cardLast4 !== null
        ? { brand: row.cardBrand, last4: row.cardLast4 }
        : null,
  };
}
