import type { Bodies } from '#server/artifacts/bodies.ts';
import type { Pools } from '#server/database/connections.ts';
import { createBatcher } from '#server/ledger/batcher.ts';
import {
  byteaArray,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from '#server/ledger/binary-arrays.ts';
import type { Ledger } from '#server/ledger/posting.ts';
import { type Status, statusOf } from '#server/ledger/transfer.ts';
import { type Ended, endLate, type LateEnd } from './late.ts';
import { untilLifted } from './paused.ts';
import type { Try } from './tries.ts';

/** A generation that wants to begin: its hold, and its row. */
export interface Opening {
  holdId: string;
  walletId: bigint;
  amountMicro: bigint;
  leaseSeconds: number;
  deadline: Date;
  requestHash: Buffer;
  memberId: string;
  id: string;
  title: Buffer | null;
  /** Sealed; null when it is written at the end together with the answer. */
  ask: Buffer | null;
  row: {
    source: 'studio' | 'api';
    apiKeyId: string | null;
    modelId: string;
    kind: string;
    providerId: string;
    routeId: string;
    priceVersion: string;
    fileIds: string[];
    /** Routes that were passed over before it began. */
    tries?: Try[];
  };
}

export interface Closing extends Ended {
  transferId: string;
}

export type OpenResult = {
  status:
    | 'ok'
    | 'replay'
    | 'mismatch'
    | 'insufficient'
    | 'capped'
    | 'closed'
    | 'frozen'
    | 'stopped'
    /** The person has stopped processing (clauses 9.5, 10.6). */
    | 'restricted';
  availableMicro: bigint;
};

/** `late`: the hold had been given back before, see `endLate`. */
export type SettleResult = Omit<LateEnd, 'late'> & { late: LateEnd['late'] | null };

/** Starts and ends of generations, gathered from all requests of this process into shared commits. */
export interface Commit {
  open(opening: Opening): Promise<OpenResult>;
  settle(closing: Closing): Promise<SettleResult>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What `generations.commit_batch` answers beside the ledger's statuses. */
const RESTRICTED = 14;

type Item = { open: Opening } | { close: Closing };

export function createCommit(
  pools: Pools,
  bodies: Bodies,
  ledger: Pick<Ledger, 'lanes' | 'revenueAccount'>,
): Commit {
  const batcher = createBatcher<Item, { status: Status | 'restricted'; amount: bigint }>({
    run: (items, lane) => run(pools, bodies, ledger.revenueAccount(lane), items),
    lanes: ledger.lanes,
    // By the member, whose wallet it is. The end of a UUIDv7 is random.
    laneOf: (item) =>
      Number.parseInt(('open' in item ? item.open : item.close).memberId.slice(-4), 16) % ledger.lanes,
  });
  return {
    async open(opening) {
      const { status, amount } = await batcher.add({ open: opening });
      switch (status) {
        case 'ok':
        case 'replay':
        case 'mismatch':
        case 'insufficient':
        case 'closed':
        case 'frozen':
        case 'capped':
        case 'stopped':
        case 'restricted':
          return { status, availableMicro: amount };
        default:
          throw new Error(`a hold answered ${status}`);
      }
    },
    async settle(closing) {
      let { status, amount } = await batcher.add({ close: closing });
      while (status === 'stopped') {
        await untilLifted(pools);
        ({ status, amount } = await batcher.add({ close: closing }));
      }
      // The hold was ended before and otherwise: by the reaper, while the work went on.
      if (status === 'not_pending' || status === 'mismatch') return endLate(pools, bodies, closing);
      if (status !== 'ok' && status !== 'replay' && status !== 'exceeds')
        throw new Error(`a settlement answered ${status}`);
      return { captured: amount, late: null };
    },
    [Symbol.asyncDispose]: async () => batcher[Symbol.asyncDispose](),
  };
}

/** Bodies first, durably; then money and rows. A crash between leaves bytes that nothing points at. */
async function run(pools: Pools, bodies: Bodies, revenueId: bigint, items: Item[]) {
  const opens = items.filter((item) => 'open' in item).map((item) => item.open);
  const closes = items.filter((item) => 'close' in item).map((item) => item.close);
  const addresses = await write(bodies, [
    ...closes.map((c) => c.answer),
    ...closes.map((c) => c.ask),
    ...opens.map((o) => o.ask),
  ]);
  const answers = addresses.slice(0, closes.length);
  const closingAsks = addresses.slice(closes.length, 2 * closes.length);
  const openingAsks = addresses.slice(2 * closes.length);
  const { rows } = await pools.worker.query<{
    settled: number[];
    captured: bigint[];
    opened: number[];
    available: bigint[];
  }>({
    name: 'generations.commit_batch',
    text: `select * from generations.commit_batch($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::text[]::jsonb[], $7::text[], $8::text[],
      $9::uuid[], $10::bigint[], $11::bigint[], $12::integer[], $13::timestamptz[], $14::bytea[], $15::uuid[], $16::uuid[], $17::text[]::jsonb[], $18::bytea[], $19::text[], $20::bigint)`,
    values: [
      uuidArray(closes.map((c) => c.holdId)),
      uuidArray(closes.map((c) => c.transferId)),
      int8Array(closes.map((c) => c.amountMicro)),
      uuidArray(closes.map((c) => c.memberId)),
      uuidArray(closes.map((c) => c.id)),
      textArray(closes.map((c) => JSON.stringify(c.row))),
      textArray(answers),
      textArray(closingAsks),
      uuidArray(opens.map((o) => o.holdId)),
      int8Array(opens.map((o) => o.walletId)),
      int8Array(opens.map((o) => o.amountMicro)),
      int4Array(opens.map((o) => o.leaseSeconds)),
      timestamptzArray(opens.map((o) => o.deadline)),
      byteaArray(opens.map((o) => o.requestHash)),
      uuidArray(opens.map((o) => o.memberId)),
      uuidArray(opens.map((o) => o.id)),
      textArray(opens.map((o) => JSON.stringify(o.row))),
      byteaArray(opens.map((o) => o.title)),
      textArray(openingAsks),
      revenueId.toString(),
    ],
  });
  const { settled, captured, opened, available } = rows[0]!;
  let [nextOpen, nextClose] = [0, 0];
  return items.map((item) => {
    const at = 'open' in item ? nextOpen++ : nextClose++;
    return 'open' in item
      ? {
          status: opened[at] === RESTRICTED ? ('restricted' as const) : statusOf(opened[at]!),
          amount: BigInt(available[at]!),
        }
      : { status: statusOf(settled[at]!), amount: BigInt(captured[at]!) };
  });
}

/** Addresses in the order of the values; null where there was nothing to write. */
async function write(bodies: Bodies, values: (Buffer | null)[]): Promise<(string | null)[]> {
  const present = values.filter((value) => value !== null);
  const addresses = present.length === 0 ? [] : await bodies.append(present);
  let next = 0;
  return values.map((value) => (value === null ? null : addresses[next++]!));
}
