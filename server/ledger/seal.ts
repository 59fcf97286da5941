import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { leafHash, rootOf } from './merkle.ts';

/**
 * One transfer as one line: what is sealed. Every column stands in it; the writing transaction's number (xid) too, since
 * it decides to which seal the row belongs.
 */
export const CANONICAL = sql<string>`concat_ws('|', t.seq, t.id, t.user_id, t.kind, t.code, t.debit_account, t.credit_account,
  t.amount, t.currency, coalesce(t.pending_id::text, '-'), t.group_id, t.debit_version, t.credit_version, t.debit_after,
  t.credit_after, encode(t.request_hash, 'hex'), coalesce(t.actor::text, '-'), coalesce(quote_literal(t.reason), '-'),
  to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), t.xid)`;

export interface SealHeader {
  number: bigint;
  firstSeq: bigint;
  lastSeq: bigint;
  transfers: bigint;
  root: Buffer;
  sums: Record<string, string>;
  previous: Buffer;
  sealedAt: Date;
}

const GENESIS = Buffer.alloc(32);
/** A round over more makes several seals, so that a tree fits in memory. */
const ROWS_OF_A_SEAL = 50_000;

/** The hash that the next seal builds on. */
export function sealHash(seal: SealHeader): Buffer {
  const sums = Object.entries(seal.sums).sort(([a], [b]) => (a < b ? -1 : 1));
  const header = [
    seal.number,
    seal.firstSeq,
    seal.lastSeq,
    seal.transfers,
    seal.root.toString('hex'),
    sums.map(([currency, sum]) => `${currency}:${sum}`).join(','),
    seal.sealedAt.toISOString(),
  ].join('|');
  return createHash('sha256').update(seal.previous).update(header).digest();
}

/**
 * Seals what became visible since the last round, in a chain; posting is not held up. Answers how many transfers that
 * were. Called every few seconds by a job; of two at once the second waits.
 */
export async function sealLedger(pools: Pools, now: () => Date = () => new Date()): Promise<number> {
  const given = await seqGiven(pools);
  return asService(pools, async (tx) => {
    await sql`set transaction isolation level repeatable read`.execute(tx);
    await sql`select pg_advisory_xact_lock(7254012)`.execute(tx);
    const last = await lastSeal(tx);
    const since = last?.snapshot ?? null;
    let link = { number: last?.number ?? 0n, hash: last?.hash ?? GENESIS };
    let after = last?.after ?? 0n;
    for (let sealed = 0; ; ) {
      const { rows } = await sql<{ seq: bigint; line: string; currency: string; amount: bigint }>`
        select t.seq, ${CANONICAL} as line, t.currency, t.amount from ledger.transfer t
        where t.seq > ${after} and (${since}::pg_snapshot is null or not pg_visible_in_snapshot(t.xid, ${since}::pg_snapshot))
        order by t.seq limit ${ROWS_OF_A_SEAL}`.execute(tx);
      if (rows.length === 0) return sealed;
      link = await insertSeal(tx, { link, since, given, rows, sealedAt: now() });
      sealed += rows.length;
      after = rows.at(-1)!.seq;
    }
  });
}

/** The last number given out, read before the caller's transaction gets its own: a later one gets higher ones. */
export async function seqGiven(pools: Pools): Promise<bigint> {
  const { rows } = await pools.worker.query<{ given: bigint }>(
    'select case when is_called then last_value else 0 end as given from ledger.transfer_seq',
  );
  return rows[0]!.given;
}

interface LastSeal {
  number: bigint;
  hash: Buffer;
  snapshot: string;
  after: bigint;
}

/** `after`: all that is not yet sealed has a higher number; the auditor's marks have the reason. */
async function lastSeal(tx: Tx<'service'>): Promise<LastSeal | null> {
  const { rows } = await sql<LastSeal>`
    select last.number, last.hash, last.snapshot::text as snapshot, coalesce((select s.seq_given from ledger.seal s
      where s.horizon <= pg_snapshot_xmin(last.snapshot) order by s.number desc limit 1), 0) as after
    from (select number, hash, snapshot from ledger.seal order by number desc limit 1) last`.execute(tx);
  return rows[0] ?? null;
}

async function insertSeal(
  tx: Tx<'service'>,
  round: {
    link: { number: bigint; hash: Buffer };
    since: string | null;
    given: bigint;
    rows: { seq: bigint; line: string; currency: string; amount: bigint }[];
    sealedAt: Date;
  },
): Promise<{ number: bigint; hash: Buffer }> {
  const { link, since, given, rows, sealedAt } = round;
  const leaves = rows.map(({ line }) => leafHash(line));
  const sums: Record<string, bigint> = {};
  for (const { currency, amount } of rows) sums[currency] = (sums[currency] ?? 0n) + amount;
  const header: SealHeader = {
    number: link.number + 1n,
    firstSeq: rows[0]!.seq,
    lastSeq: rows.at(-1)!.seq,
    transfers: BigInt(rows.length),
    root: rootOf(leaves),
    sums: Object.fromEntries(Object.entries(sums).map(([currency, sum]) => [currency, sum.toString()])),
    previous: link.hash,
    sealedAt,
  };
  const hash = sealHash(header);
  await sql`insert into ledger.seal (number, snapshot, since, seq_given, first_seq, last_seq, transfers, root, leaves, sums,
      previous, hash, sealed_at)
    values (${header.number}, pg_current_snapshot(), ${since}::pg_snapshot, ${given}, ${header.firstSeq}, ${header.lastSeq},
      ${header.transfers}, ${header.root}, ${Buffer.concat(leaves)}, ${JSON.stringify(header.sums)}::jsonb, ${header.previous}, ${hash}, ${sealedAt})`.execute(
    tx,
  );
  return { number: header.number, hash };
}
