import { type RawBuilder, sql } from 'kysely';
import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { type ArchivePlace, type Month, placesIn, readMonth, runsOf, writeMonth } from './archive-file.ts';
import { LEAF, leafHash } from './merkle.ts';
import { isSigned, type SigningKey } from './signing.ts';

export interface Archives {
  place: ArchivePlace;
  key: SigningKey;
}

/** Why a month stays: it was not ready, or its file was not whole. */
export type Stays =
  | 'too_young'
  | 'not_the_oldest'
  | 'held'
  | 'not_anchored'
  | 'not_audited'
  | 'changed'
  | 'dropped_before'
  | 'no_such_month'
  | 'not_archived'
  | 'file_not_whole';

export type ArchivedMonth = { ok: true; transfers: bigint } | { ok: false; why: Stays };

/** The oldest month that is still live and older than `months`; null when there is none. */
export async function monthToArchive(pools: Pools, months: number): Promise<Month | null> {
  const { rows } = await asService(pools, (tx) =>
    sql<{ month: string }>`
      select to_date(substr(c.relname, 10), 'YYYY_MM')::text as month from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'ledger.transfer'::regclass and c.relname ~ '^transfer_\\d{4}_\\d{2}$'
        and to_date(substr(c.relname, 10), 'YYYY_MM') + (${months} + 1) * interval '1 month' <= now()
      order by 1 limit 1`.execute(tx),
  );
  return rows[0]?.month ?? null;
}

/**
 * Moves a month out: its rows and opening balances go into a signed file, the file is read back and compared with the
 * seals and the live rows, and only then PostgreSQL removes the rows, by `ledger.drop_month`, which asks again for all
 * that makes it safe. Interrupted anywhere, it can be begun again.
 */
export async function archiveMonth(pools: Pools, archives: Archives, month: Month): Promise<ArchivedMonth> {
  const stays = await answerOf(pools, sql`ledger.month_stays(${month}::date)`);
  if (stays !== null) return { ok: false, why: stays };
  const archive = await wholeArchive(pools, archives, month);
  if (archive === null) return { ok: false, why: 'file_not_whole' };
  const why = await answerOf(pools, sql`ledger.drop_month(${month}::date)`);
  return why === null ? { ok: true, transfers: archive.transfers } : { ok: false, why };
}

async function answerOf(pools: Pools, call: RawBuilder<unknown>): Promise<Stays | null> {
  const { rows } = await asService(pools, (tx) =>
    sql<{ why: Stays | null }>`select ${call} as why`.execute(tx),
  );
  return rows[0]!.why;
}

/** The file of an earlier try, or a new one when there is none or it does not fit what is there now. */
async function wholeArchive(pools: Pools, archives: Archives, month: Month): Promise<Archive | null> {
  const before = await asService(pools, (tx) => readArchive(tx, month));
  if (before !== null) {
    if ((await archiveFaults(pools, archives, before)).length === 0) return before;
    await asService(pools, (tx) => sql`select ledger.forget_archive(${month}::date)`.execute(tx));
  }
  const archive = await writeArchive(pools, archives, month);
  return (await archiveFaults(pools, archives, archive)).length === 0 ? archive : null;
}

export interface Archive {
  month: Month;
  fileId: string;
  bytes: number;
  digest: Buffer;
  signature: string;
  transfers: bigint;
  state: 'verified' | 'dropped';
}

async function writeArchive(pools: Pools, { place, key }: Archives, month: Month): Promise<Archive> {
  const fileId = newId();
  return asService(pools, async (tx) => {
    await sql`set transaction isolation level repeatable read`.execute(tx);
    const { bytes, digest, transfers, positions } = await writeMonth(tx, place, fileId, month);
    const signature = key.sign(signed(month, digest));
    const { rows } = await sql<{ transfers: bigint }>`
      insert into ledger.archive (month, file_id, bytes, digest, signature, transfers, fingerprint)
      select ${month}::date, ${fileId}::uuid, ${bytes}, ${digest}, ${signature}, f.transfers, f.fingerprint
      from ledger.month_fingerprint(${month}::date) f returning transfers`.execute(tx);
    if (rows[0]!.transfers !== transfers)
      throw new Error(`${month} has ${rows[0]!.transfers} transfers, of which ${transfers} are sealed`);
    for (const [seal, places] of positions)
      await sql`insert into ledger.archived_leaf (month, seal_number, positions)
        values (${month}::date, ${seal}, ${places}::int4multirange)`.execute(tx);
    return { month, fileId, bytes, digest, signature, transfers, state: 'verified' };
  });
}

async function readArchive(tx: Tx<'service'>, month: Month): Promise<Archive | null> {
  const { rows } =
    await sql<Archive>`select month::text, file_id, bytes::float8 as bytes, digest, signature, transfers, state
    from ledger.archive where month = ${month}::date`.execute(tx);
  return rows[0] ?? null;
}

/** The months that have left. */
export async function archivesOf(pools: Pools): Promise<Archive[]> {
  const { rows } = await asService(pools, (tx) =>
    sql<Archive>`select month::text, file_id, bytes::float8 as bytes, digest, signature, transfers, state
      from ledger.archive where state = 'dropped' order by month`.execute(tx),
  );
  return rows;
}

const signed = (month: Month, digest: Buffer) => `mluen ledger archive ${month} ${digest.toString('hex')}`;

/**
 * What does not fit in an archived month, as sentences: the signature, each row against the leaf of its seal, the opening
 * balances against those in the database (or, before it has left, against the live rows).
 */
export async function archiveFaults(
  pools: Pools,
  { place, key }: Archives,
  archive: Archive,
): Promise<string[]> {
  const { month } = archive;
  const faults: string[] = [];
  const say = (fault: string) => void (faults.length < 10 && faults.push(`archive of ${month}: ${fault}`));
  if (!isSigned(signed(month, archive.digest), archive.signature, key.publicKey))
    say('its record is not signed by this ledger’s key');
  const state = { rows: 0n, runs: [] as string[], ended: false, seal: null as OpenSeal | null };
  let digest: Buffer | null = null;
  try {
    digest = await readMonth(place, archive, async (line) => {
      switch (line[0]) {
        case 'head':
          if (line[1] !== month) say('its file is of another month');
          break;
        case 'seal':
          endSeal(state.seal, say);
          state.seal = await openSeal(pools, month, line[1], say);
          break;
        case 'row':
          state.rows++;
          compareRow(state.seal, line[1], say);
          break;
        case 'run':
          state.runs.push(line[1]);
          break;
        case 'end':
          endSeal(state.seal, say);
          state.ended = true;
          break;
        default:
          line satisfies never;
      }
    });
  } catch (error) {
    say(`its file cannot be read: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  if (digest !== null && !digest.equals(archive.digest)) say('its file is not the one that was signed');
  if (digest !== null && (!state.ended || state.rows !== archive.transfers))
    say(`its file has ${state.rows} of ${archive.transfers} transfers`);
  if (digest !== null) await compareRuns(pools, archive, state.runs, say);
  return faults;
}

interface OpenSeal {
  number: string;
  leaves: Buffer;
  places: number[];
  next: number;
}

type Say = (fault: string) => void;

async function openSeal(
  pools: Pools,
  month: Month,
  told: { number: string; hash: string; positions: string },
  say: Say,
): Promise<OpenSeal | null> {
  const { rows } = await asService(pools, (tx) =>
    sql<{ hash: Buffer; leaves: Buffer; positions: string | null }>`
      select s.hash, s.leaves, l.positions::text from ledger.seal s
      left join ledger.archived_leaf l on l.seal_number = s.number and l.month = ${month}::date
      where s.number = ${told.number}::bigint`.execute(tx),
  );
  const kept = rows[0];
  if (kept === undefined || kept.hash.toString('hex') !== told.hash) {
    say(`seal ${told.number} is not the one in its file`);
    return null;
  }
  if (kept.positions !== told.positions)
    say(`which rows of seal ${told.number} it holds is told differently`);
  return { number: told.number, leaves: kept.leaves, places: placesIn(told.positions), next: 0 };
}

function compareRow(seal: OpenSeal | null, row: string, say: Say) {
  if (seal === null) return;
  const place = seal.places[seal.next++];
  const leaf = place === undefined ? null : seal.leaves.subarray(place * LEAF, (place + 1) * LEAF);
  if (leaf === null || !leafHash(row).equals(leaf))
    say(`transfer ${row.split('|')[1]} is not what seal ${seal.number} says`);
}

function endSeal(seal: OpenSeal | null, say: Say) {
  if (seal !== null && seal.next !== seal.places.length)
    say(`${seal.places.length - seal.next} rows of seal ${seal.number} are missing`);
}

async function compareRuns(pools: Pools, { month, state }: Archive, inFile: string[], say: Say) {
  const source = state === 'dropped' ? 'opening balances' : 'live rows';
  const kept = await asService(pools, (tx) => runsOf(tx, month, source));
  const at = kept.findIndex((run, n) => run !== inFile[n]);
  const differs = at >= 0 ? kept[at] : inFile.length > kept.length ? inFile[kept.length] : undefined;
  if (differs === undefined) return;
  const [, account] = differs.split('|');
  say(`the ${source} of account ${account} are not those of its file`);
}
