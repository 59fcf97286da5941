import { sql } from 'kysely';
import type { z } from 'zod';
import type { LedgerAudit } from '#contract/console.ts';
import type { Tx } from '#server/database/transaction.ts';
import { placesIn } from './archive-file.ts';
import { LEAF, leafHash, rootOf } from './merkle.ts';
import { CANONICAL, type SealHeader, sealHash } from './seal.ts';

type Findings = z.infer<typeof LedgerAudit>['findings'];
type StoredSeal = SealHeader & {
  hash: Buffer;
  leaves: Buffer;
  snapshot: string;
  since: string | null;
  /** Which of its leaves lie in archived months; null for none. */
  archived: string | null;
};

const SEALS_AT_ONCE = 20;

/** Compares every seal with the rows that it was made over, and each link with the one before. Names what differs. */
export async function verifySeals(tx: Tx<'service'>): Promise<Findings> {
  const findings: Findings = [];
  let link: { number: bigint; hash: Buffer } = { number: 0n, hash: Buffer.alloc(32) };
  for (;;) {
    const { rows: seals } = await sql<StoredSeal>`
      select number, first_seq, last_seq, transfers, root, sums, previous, hash, leaves, sealed_at, snapshot::text, since::text,
        (select range_agg(p.positions)::text from ledger.archived_leaf p join ledger.archive a on a.month = p.month and a.state = 'dropped'
          where p.seal_number = s.number) as archived
      from ledger.seal s where number > ${link.number} order by number limit ${SEALS_AT_ONCE}`.execute(tx);
    if (seals.length === 0) break;
    for (const seal of seals) {
      if (seal.number !== link.number + 1n)
        findings.push(finding(null, `seal ${link.number + 1n} is missing`));
      else if (!seal.previous.equals(link.hash))
        findings.push(finding(null, `seal ${seal.number} does not follow from seal ${link.number}`));
      if (!sealHash(seal).equals(seal.hash))
        findings.push(finding(null, `seal ${seal.number} was changed after it was made`));
      findings.push(...(await compareRows(tx, seal)));
      link = { number: seal.number, hash: seal.hash };
      if (findings.length >= 20) return findings;
    }
  }
  findings.push(...(await compareAnchors(tx, link.number)));
  return findings;
}

async function compareRows(tx: Tx<'service'>, seal: StoredSeal): Promise<Findings> {
  const { rows } = await sql<{ seq: bigint; id: string; line: string }>`
    select t.seq, t.id, ${CANONICAL} as line from ledger.transfer t
    where t.seq between ${seal.firstSeq} and ${seal.lastSeq} and pg_visible_in_snapshot(t.xid, ${seal.snapshot}::pg_snapshot)
      and (${seal.since}::pg_snapshot is null or not pg_visible_in_snapshot(t.xid, ${seal.since}::pg_snapshot))
    order by t.seq`.execute(tx);
  const leaves = rows.map(({ line }) => leafHash(line));
  if (seal.archived === null && leaves.length > 0 && rootOf(leaves).equals(seal.root)) return [];
  const all = Array.from({ length: seal.leaves.length / LEAF }, (_, n) =>
    seal.leaves.subarray(n * LEAF, (n + 1) * LEAF),
  );
  if (seal.archived !== null && !rootOf(all).equals(seal.root))
    return [finding(null, `the leaves of seal ${seal.number} were changed after it was made`)];
  const gone = new Set(placesIn(seal.archived ?? ''));
  const live = all.filter((_, n) => !gone.has(n));
  if (
    seal.archived !== null &&
    live.length === leaves.length &&
    live.every((leaf, n) => leaf.equals(leaves[n]!))
  )
    return [];
  const kept = (n: number) => live[n]!;
  const sealed = live.length;
  let n = 0;
  while (n < rows.length && n < sealed && leaves[n]!.equals(kept(n))) n++;
  const row = rows[n];
  const range = `seal ${seal.number}, of numbers ${seal.firstSeq} to ${seal.lastSeq}`;
  if (rows.length < sealed)
    return [
      finding(
        row?.id ?? null,
        `${range}: ${sealed - rows.length} of ${sealed} transfers are gone, the first before ${row === undefined ? 'its end' : `number ${row.seq}`}`,
      ),
    ];
  if (rows.length > sealed)
    return [
      finding(
        row?.id ?? null,
        `${range}: there are ${rows.length - sealed} transfers more than were sealed, the first at number ${row?.seq}`,
      ),
    ];
  return [
    finding(
      row?.id ?? null,
      `${range}: transfer ${row?.id ?? '?'} (number ${row?.seq ?? '?'}) is not what was sealed`,
    ),
  ];
}

/** Seals that were carried out of the database must still be there. */
async function compareAnchors(tx: Tx<'service'>, newest: bigint): Promise<Findings> {
  const { rows } = await sql<{
    sealNumber: bigint;
  }>`select seal_number from ledger.anchor where seal_number > ${newest} order by 1 limit 1`.execute(tx);
  return rows.map((row) => finding(null, `seal ${row.sealNumber} was anchored and is gone`));
}

function finding(transfer: string | null, message: string) {
  return { invariant: 'seal', account: null, transfer, message };
}
