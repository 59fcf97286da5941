import { sql } from 'kysely';
import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { createBatcher } from './batcher.ts';
import { byteaArray, int4Array, int8Array, timestamptzArray, uuidArray } from './binary-arrays.ts';
import { accountOf } from './ledger.ts';
import { holdHash, releaseIdOf, type Status, statusOf } from './transfer.ts';

/** A hold for a generation: the most that it may cost. */
export interface NewHold {
  /** `holdIdOf(generationId, attempt)`. */
  id: string;
  walletId: bigint;
  /** Zero is allowed: a free model holds nothing, yet its generation has a hold that ends. */
  amountMicro: bigint;
  generationId: string;
  /** The reaper may end the hold when its lease has run out. */
  leaseSeconds: number;
  deadline: Date | null;
  /** The API key by which it is asked: its cap counts too. */
  apiKeyId?: string | null;
}

export interface HoldResult {
  /** `ok`, `replay`, `mismatch`, `insufficient`, `capped`, `frozen`, `closed`, `stopped`, `not_found`, `currency` or `invalid`. */
  status: Status;
  /** What the wallet can still spend, promotional money included; of `capped`, what the caps leave. */
  availableMicro: bigint;
}

export interface Settlement {
  holdId: string;
  /** `captureIdOf(generationId)`, or `releaseIdOf(holdId)`. */
  id: string;
  /** Zero releases. Above the hold, the hold is posted in full and the answer is `exceeds`. */
  amountMicro: bigint;
  /** The hold's wallet: what is settled on it goes by the same lane as its holds. Without it, it may wait for them. */
  walletId?: bigint;
}

export interface SettleResult {
  /** `ok`, `replay`, `mismatch`, `exceeds`, `not_pending` (ended before by another id), `not_found`, `stopped` or `invalid`. */
  status: Status;
  capturedMicro: bigint;
}

export interface Ledger extends AsyncDisposable {
  /** How many batches this process posts at a time. */
  readonly lanes: number;
  /** The shard of revenue that this lane posts on. Generations' own SQL gives it to `ledger.settle_and_hold`. */
  revenueAccount(lane: number): bigint;
  /** Commits alone, with its neighbours of the moment. Never await it while a transaction of yours is open. */
  hold(hold: NewHold): Promise<HoldResult>;
  /** Charges what a generation cost and frees the rest of its hold. Commits alone. */
  capture(settlement: Settlement): Promise<SettleResult>;
  /** Frees a hold without a charge. Commits alone. */
  release(holdId: string): Promise<SettleResult>;
}

const SHARDS = 64;
const LEASE_SECONDS = 60;
/** One keeps a single core of the database busy. A third took from the second on two cores (docs/decisions/ledger-hot-path.md). */
const LANES = 2;

/**
 * The posting side of this process: gathers holds and settlements into shared commits, in lanes that each lease a shard
 * of the revenue account, so that no two of them, here or in another process, meet on one row. `onError` hears of leases
 * that could not be renewed; posting goes on, since a shared shard is slower and as correct.
 */
export async function openLedger(
  pools: Pools,
  options: { currency?: string; onError?: (error: unknown) => void } = {},
): Promise<Ledger> {
  const { currency = 'USD', onError = () => undefined } = options;
  const holders = Array.from({ length: LANES }, () => newId());
  const lease = (holder: string) => leaseShard(pools, holder, currency);
  const revenue = await Promise.all(holders.map(lease));
  const renewal = setInterval(
    () => {
      for (const [lane, holder] of holders.entries())
        lease(holder).then((account) => {
          revenue[lane] = account;
        }, onError);
    },
    (LEASE_SECONDS * 1000) / 3,
  );
  renewal.unref();
  const batcher = createBatcher<LedgerItem, HoldResult | SettleResult>({
    run: (items, lane) => settleAndHold(pools, items, revenue[lane]!),
    max: 512,
    lanes: LANES,
    laneOf: ({ hold, settlement }) => Number(((hold ?? settlement).walletId ?? 0n) % BigInt(LANES)),
  });
  return {
    lanes: LANES,
    revenueAccount: (lane) => revenue[lane]!,
    hold: (hold) => batcher.add({ hold }) as Promise<HoldResult>,
    capture: (settlement) => batcher.add({ settlement }) as Promise<SettleResult>,
    release: (holdId) =>
      batcher.add({
        settlement: { holdId, id: releaseIdOf(holdId), amountMicro: 0n },
      }) as Promise<SettleResult>,
    async [Symbol.asyncDispose]() {
      clearInterval(renewal);
      await batcher[Symbol.asyncDispose]();
    },
  };
}

export type LedgerItem = { hold: NewHold; settlement?: never } | { settlement: Settlement; hold?: never };

async function leaseShard(pools: Pools, holder: string, currency: string): Promise<bigint> {
  return asService(pools, async (tx) => {
    const { rows } = await sql<{
      shard: number | null;
    }>`select ledger.lease_shard(${holder}::uuid, ${LEASE_SECONDS}, ${SHARDS}) as shard`.execute(tx);
    // More processes than shards: they share the last one and wait for each other.
    return accountOf(tx, { code: 3100, currency, shard: rows[0]!.shard ?? SHARDS - 1 });
  });
}

const HOLD_ALONE =
  'select ledger.hold_alone($1::uuid, $2::bigint, $3::bigint, $4::int, $5::timestamptz, $6::uuid, $7::bytea, $8::bigint) as free';
const UNIQUE_VIOLATION = '23505';

/** The short way of a lone hold on a plain wallet. Null: nothing was done, the general way must decide. */
async function holdAlone(pools: Pools, hold: NewHold, revenue: bigint): Promise<HoldResult | null> {
  try {
    const { rows } = await pools.worker.query<{ free: bigint | null }>({
      name: 'ledger-hold-alone',
      text: HOLD_ALONE,
      values: [
        hold.id,
        hold.walletId.toString(),
        hold.amountMicro.toString(),
        hold.leaseSeconds,
        hold.deadline,
        hold.generationId,
        holdHash(hold),
        revenue.toString(),
      ],
    });
    const { free } = rows[0]!;
    return free === null ? null : { status: 'ok', availableMicro: free };
  } catch (error) {
    // The id was used before: whether for the same, the general way tells.
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return null;
    throw error;
  }
}

const SETTLE_AND_HOLD = `select settle_status, settle_captured, hold_status, hold_available
from ledger.settle_and_hold_many($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[], $6::bigint[], $7::int[],
  $8::timestamptz[], $9::uuid[], $10::bytea[], $11::uuid[], $12::bigint)`;

/** One batch, as the batcher sends it: settlements first, then holds, one commit. Results in the order of `items`. */
export async function settleAndHold(
  pools: Pools,
  items: LedgerItem[],
  revenue: bigint,
): Promise<(HoldResult | SettleResult)[]> {
  const [first] = items;
  if (items.length === 1 && first?.hold !== undefined) {
    const held = await holdAlone(pools, first.hold, revenue);
    if (held !== null) return [held];
  }
  const holds = items.flatMap(({ hold }) => (hold === undefined ? [] : [hold]));
  const settlements = items.flatMap(({ settlement }) => (settlement === undefined ? [] : [settlement]));
  const { rows } = await pools.worker.query<{
    settle_status: number[];
    settle_captured: string[];
    hold_status: number[];
    hold_available: string[];
  }>({
    name: 'ledger-settle-and-hold',
    text: SETTLE_AND_HOLD,
    values: [
      uuidArray(settlements.map(({ holdId }) => holdId)),
      uuidArray(settlements.map(({ id }) => id)),
      int8Array(settlements.map(({ amountMicro }) => amountMicro)),
      uuidArray(holds.map(({ id }) => id)),
      int8Array(holds.map(({ walletId }) => walletId)),
      int8Array(holds.map(({ amountMicro }) => amountMicro)),
      int4Array(holds.map(({ leaseSeconds }) => leaseSeconds)),
      timestamptzArray(holds.map(({ deadline }) => deadline)),
      uuidArray(holds.map(({ generationId }) => generationId)),
      byteaArray(holds.map(holdHash)),
      uuidArray(holds.map(({ apiKeyId }) => apiKeyId ?? null)),
      revenue.toString(),
    ],
  });
  const answer = rows[0]!;
  let settled = 0;
  let held = 0;
  return items.map(({ hold }) => {
    if (hold === undefined) {
      const n = settled++;
      return {
        status: statusOf(answer.settle_status[n]!),
        capturedMicro: BigInt(answer.settle_captured[n]!),
      };
    }
    const n = held++;
    return { status: statusOf(answer.hold_status[n]!), availableMicro: BigInt(answer.hold_available[n]!) };
  });
}
