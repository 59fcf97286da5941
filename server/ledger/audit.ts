import { sql } from 'kysely';
import type { z } from 'zod';
import type { LedgerAudit } from '#contract/console.ts';
import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { type Archives, archiveFaults, archivesOf } from './archive.ts';
import { checks } from './audit-checks.ts';
import { seqGiven } from './seal.ts';
import { type Finding, stopFor } from './stops.ts';
import { verifySeals } from './verify-seals.ts';
import { waitingMoney } from './waiting.ts';

export type Audit = z.infer<typeof LedgerAudit>;

/**
 * Recomputes balances from transfers and checks every invariant that a query can check, in one snapshot, while posting
 * goes on. `last` begins at the last round that found nothing and takes what became visible since; `start` trusts
 * nothing, and checks the seals too; of months that were archived it believes the opening balances, and with `archives`
 * it reads their files as well. Each finding names the first rows that break, and stops posting in its currency until
 * somebody has looked at it.
 */
export async function auditLedger(
  pools: Pools,
  from: 'start' | 'last',
  archives: Archives | null = null,
): Promise<Audit> {
  const { findings, ...audit } = await lookThrough(pools, from, archives);
  return {
    ...audit,
    findings: findings.map(({ invariant, account, transfer, message }) => ({
      invariant,
      account,
      transfer,
      message,
    })),
    // In a transaction of its own: that one's snapshot is old by now.
    stopped: await stopFor(pools, findings),
  };
}

async function lookThrough(
  pools: Pools,
  from: 'start' | 'last',
  archives: Archives | null,
): Promise<Omit<Audit, 'findings' | 'stopped'> & { findings: Finding[] }> {
  const began = performance.now();
  const given = await seqGiven(pools);
  const inFiles = from === 'start' && archives !== null ? await fileFindings(pools, archives) : [];
  return asService(pools, async (tx) => {
    await sql`set transaction isolation level repeatable read`.execute(tx);
    // One round at a time: a second one waits, and then has little left to do. A lock on a table is waited for without a
    // snapshot; behind an advisory lock this round would look at what was there before the one that it waited for.
    await sql`lock table ledger.audited_account in share row exclusive mode`.execute(tx);
    const mark = from === 'last' ? await lastMark(tx) : null;
    await openViews(tx, mark);
    const findings: Finding[] = [...inFiles];
    for (const { invariant, sql: query } of checks) {
      const { rows } = await sql<Omit<Finding, 'invariant'>>`${sql.raw(query)}`.execute(tx);
      findings.push(...rows.map((row) => ({ invariant, ...row })));
    }
    if (from === 'start') findings.push(...(await verifySeals(tx)));
    const { rows } = await sql<{ transfers: bigint; accounts: bigint }>`
      select (select count(*) from audited) as transfers, (select count(*) from ledger.account) as accounts`.execute(
      tx,
    );
    if (findings.length === 0) await remember(tx, given, rows[0]!.transfers);
    const waiting = await waitingMoney(tx);
    await sql`drop view audited, known, archived`.execute(tx);
    return {
      ok: findings.length === 0,
      checkedTransfers: Number(rows[0]!.transfers),
      checkedAccounts: Number(rows[0]!.accounts),
      tookMs: Math.round(performance.now() - began),
      at: new Date().toISOString(),
      findings,
      waiting,
    };
  });
}

async function fileFindings(pools: Pools, archives: Archives): Promise<Audit['findings']> {
  const findings: Audit['findings'] = [];
  for (const archive of await archivesOf(pools))
    for (const message of await archiveFaults(pools, archives, archive))
      findings.push({ invariant: 'archive', account: null, transfer: null, message });
  return findings;
}

interface Mark {
  snapshot: string;
  /** All that became visible since has a higher number than this. */
  seqGiven: bigint;
}

/**
 * What was not visible in the last mark's snapshot has a transaction number of its xmin or more, hence a transfer number
 * above what had been given out at any mark whose horizon lies below that. (A snapshot's own xmax would not do: it is the
 * first number after the last *finished* transaction, and running ones may have higher ones and low transfer numbers.)
 */
async function lastMark(tx: Tx<'service'>): Promise<Mark | null> {
  const { rows } = await sql<{ snapshot: string; seqGiven: bigint }>`
    select last.snapshot::text, coalesce((select m.seq_given from ledger.audit_mark m
        where m.horizon <= pg_snapshot_xmin(last.snapshot) order by m.id desc limit 1), 0) as seq_given
    from (select snapshot from ledger.audit_mark order by id desc limit 1) last`.execute(tx);
  return rows[0] ?? null;
}

async function openViews(tx: Tx<'service'>, mark: Mark | null) {
  if (mark === null) {
    await sql`create temp view audited as select * from ledger.transfer`.execute(tx);
    await sql`create temp view known as select * from ledger.audited_account where false`.execute(tx);
    await sql`create temp view archived as select * from ledger.archived_run`.execute(tx);
    return;
  }
  // A view takes no parameters; both values come from the database itself.
  await sql`create temp view audited as select * from ledger.transfer
    where seq > ${sql.raw(mark.seqGiven.toString())}
      and not pg_visible_in_snapshot(xid, ${sql.lit(mark.snapshot)}::pg_snapshot)`.execute(tx);
  await sql`create temp view known as select * from ledger.audited_account`.execute(tx);
  await sql`create temp view archived as select * from ledger.archived_run where false`.execute(tx);
}

async function remember(tx: Tx<'service'>, given: bigint, transfers: bigint) {
  await sql`insert into ledger.audited_account
    select id, debits_pending, debits_posted, credits_pending, credits_posted, version from ledger.account
    on conflict (account_id) do update set debits_pending = excluded.debits_pending, debits_posted = excluded.debits_posted,
      credits_pending = excluded.credits_pending, credits_posted = excluded.credits_posted, version = excluded.version
    where ledger.audited_account.version <> excluded.version`.execute(tx);
  await sql`insert into ledger.audit_mark (snapshot, seq_given, checked_transfers)
    values (pg_current_snapshot(), ${given}, ${transfers})`.execute(tx);
}
