import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';
import { LEAF, leafHash } from './merkle.ts';
import { CANONICAL } from './seal.ts';

/** Where archived months lie: the artifact store, under a key of the house. */
export interface ArchivePlace {
  /** Durable when it returns. */
  write(id: string, bytes: AsyncIterable<Buffer>): Promise<{ bytes: number }>;
  /** Throws at the first altered byte. */
  read(id: string, bytes: number): AsyncIterable<Buffer>;
}

/** The first day of a month, as `2024-03-01`. */
export type Month = string;

/** What a file says: a head, then for each seal its rows in their order, then the opening balances, then an end. */
export type ArchiveLine =
  | ['head', Month]
  | ['seal', { number: string; hash: string; positions: string }]
  | ['row', string]
  | ['run', string]
  | ['end', { transfers: string; runs: string }];

export interface Written {
  bytes: number;
  digest: Buffer;
  transfers: bigint;
  /** By seal, the leaves that lie in the file. */
  positions: Map<bigint, string>;
}

/** Writes a month as it stands. Throws when a row is not what its seal says, or is in no seal. */
export async function writeMonth(
  tx: Tx<'service'>,
  place: ArchivePlace,
  fileId: string,
  month: Month,
): Promise<Written> {
  const hash = createHash('sha256');
  const positions = new Map<bigint, string>();
  let transfers = 0n;
  async function* texts() {
    for await (const line of linesOf(tx, month)) {
      if (line[0] === 'seal') positions.set(BigInt(line[1].number), line[1].positions);
      if (line[0] === 'row') transfers++;
      const text = `${JSON.stringify(line)}\n`;
      hash.update(text);
      yield text;
    }
  }
  let bytes = 0;
  await pipeline(Readable.from(texts()), createGzip(), async (source: AsyncIterable<Buffer>) => {
    ({ bytes } = await place.write(fileId, source));
  });
  return { bytes, digest: hash.digest(), transfers, positions };
}

/** Reads a file line by line and answers the digest of all. */
export async function readMonth(
  place: ArchivePlace,
  file: { fileId: string; bytes: number },
  hear: (line: ArchiveLine) => Promise<void> | void,
): Promise<Buffer> {
  const hash = createHash('sha256');
  await pipeline(
    Readable.from(place.read(file.fileId, file.bytes)),
    createGunzip(),
    async (source: AsyncIterable<Buffer>) => {
      let rest: Buffer = Buffer.alloc(0);
      for await (const piece of source) {
        hash.update(piece);
        rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
        let from = 0;
        for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, from)) {
          await hear(JSON.parse(rest.toString('utf8', from, at)) as ArchiveLine);
          from = at + 1;
        }
        rest = rest.subarray(from);
      }
    },
  );
  return hash.digest();
}

async function* linesOf(tx: Tx<'service'>, month: Month): AsyncGenerator<ArchiveLine> {
  yield ['head', month];
  let transfers = 0n;
  for (const seal of await sealsOf(tx, month)) {
    const rows = await rowsOf(tx, seal, month);
    const mine = rows.filter((row) => row.isOfMonth);
    if (mine.length === 0) continue;
    const places = placesOf(seal, rows);
    transfers += BigInt(mine.length);
    yield [
      'seal',
      {
        number: seal.number.toString(),
        hash: seal.hash.toString('hex'),
        positions: multirangeOf(places.filter((_, n) => rows[n]!.isOfMonth)),
      },
    ];
    for (const { line } of mine) yield ['row', line];
  }
  const runs = await runsOf(tx, month);
  for (const run of runs) yield ['run', run];
  yield ['end', { transfers: transfers.toString(), runs: runs.length.toString() }];
}

interface SealOfMonth {
  number: bigint;
  firstSeq: bigint;
  lastSeq: bigint;
  hash: Buffer;
  leaves: Buffer;
  snapshot: string;
  since: string | null;
}

async function sealsOf(tx: Tx<'service'>, month: Month): Promise<SealOfMonth[]> {
  const { rows } = await sql<SealOfMonth>`
    select s.number, s.first_seq, s.last_seq, s.hash, s.leaves, s.snapshot::text, s.since::text from ledger.seal s,
      (select min(seq) as low, max(seq) as high from ledger.transfer
        where id >= ledger.first_id_of(${month}::date) and id < ledger.first_id_after(${month}::date)) m
    where s.last_seq >= m.low and s.first_seq <= m.high order by s.number`.execute(tx);
  return rows;
}

async function rowsOf(tx: Tx<'service'>, seal: SealOfMonth, month: Month) {
  const { rows } = await sql<{ line: string; isOfMonth: boolean }>`
    select ${CANONICAL} as line,
      t.id >= ledger.first_id_of(${month}::date) and t.id < ledger.first_id_after(${month}::date) as is_of_month
    from ledger.transfer t
    where t.seq between ${seal.firstSeq} and ${seal.lastSeq} and pg_visible_in_snapshot(t.xid, ${seal.snapshot}::pg_snapshot)
      and (${seal.since}::pg_snapshot is null or not pg_visible_in_snapshot(t.xid, ${seal.since}::pg_snapshot))
    order by t.seq`.execute(tx);
  return rows;
}

/** The place of each live row among the seal's leaves; leaves of months that left before lie between them. */
function placesOf(seal: SealOfMonth, rows: { line: string }[]): number[] {
  let at = -1;
  return rows.map(({ line }) => {
    const leaf = leafHash(line);
    do at++;
    while (at * LEAF < seal.leaves.length && !seal.leaves.subarray(at * LEAF, (at + 1) * LEAF).equals(leaf));
    if (at * LEAF >= seal.leaves.length)
      throw new Error(`a transfer is not what seal ${seal.number} says: audit the ledger before archiving`);
    return at;
  });
}

/** Each opening balance as one text, in a fixed order: the file's and the table's are compared as they stand. */
export async function runsOf(
  tx: Tx<'service'>,
  month: Month,
  from: 'live rows' | 'opening balances' = 'live rows',
): Promise<string[]> {
  const source =
    from === 'live rows'
      ? sql`ledger.runs_of_month(${month}::date)`
      : sql`(select * from ledger.archived_run where month = ${month}::date)`;
  const { rows } = await sql<{ run: string }>`
    select concat_ws('|', r.user_id, r.account_id, r.from_version, r.to_version, r.before, r.after, r.debits_pending, r.debits_posted,
      r.credits_pending, r.credits_posted, to_char(r.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) as run
    from ${source} r order by r.account_id, r.from_version`.execute(tx);
  return rows.map(({ run }) => run);
}

/** As PostgreSQL writes it: `{[0,3),[5,6)}`. */
function multirangeOf(places: number[]): string {
  const ranges: [number, number][] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === place) last[1] = place + 1;
    else ranges.push([place, place + 1]);
  }
  return `{${ranges.map(([from, below]) => `[${from},${below})`).join(',')}}`;
}

/** The places in a multirange of numbers, in ascending order. */
export function placesIn(multirange: string): number[] {
  return [...multirange.matchAll(/\[(\d+),(\d+)\)/g)].flatMap(([, from, below]) =>
    Array.from({ length: Number(below) - Number(from) }, (_, n) => Number(from) + n),
  );
}
