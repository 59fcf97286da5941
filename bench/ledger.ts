/**
 * Hold and capture as a generation does them, from Node, against PostgreSQL's own figures on the same machine in the same
 * run. `--rows=10000000` (or MLUEN_LONG) sets how many transfers there are in the last part; 1,000,000 by default.
 */
import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { accountOf } from '#server/ledger/ledger.ts';
import { type Ledger, openLedger, settleAndHold } from '#server/ledger/posting.ts';
import { captureIdOf, holdHash, holdIdOf } from '#server/ledger/transfer.ts';
import { type BenchDatabase, benchDatabase, type Load, load, percentile, round, serverCpuUs } from './kit.ts';

const WALLETS = 10_000;
const SECONDS = 5;
const CALLERS = [1, 8, 64, 512];

export async function bench(args: string[]): Promise<Record<string, unknown>> {
  const asked = args.find((arg) => arg.startsWith('--rows='))?.slice('--rows='.length);
  const rows = Number(asked ?? (process.env.MLUEN_LONG === undefined ? 1_000_000 : 10_000_000));
  await using database = await benchDatabase();
  const wallets = await makeWallets(database);
  const hot = wallets.slice(0, 1);
  await using ledger = await openLedger(database.pools);

  const baseline = pgbench(database);
  const lone = await loneHold(database, ledger, wallets);
  console.log(
    `one bare committed INSERT p50 ${round(lone.insertMs, 3)} ms, of a transfer's row ${round(lone.rowMs, 3)} ms, one lone hold in turn with them p50 ${round(lone.holdMs, 3)} ms`,
  );
  const single = await onePerTransaction(database, wallets, 64);
  show('one hold or capture per transaction, 64 callers, a pool of 12', single);

  const byCallers: Record<string, Load> = {};
  for (const callers of CALLERS) {
    byCallers[callers] = await pairs(ledger, wallets, callers);
    show(`batched, ${callers} callers, ${WALLETS} wallets`, byCallers[callers]);
  }
  const hotWallet: Record<string, Load> = {};
  for (const callers of CALLERS) {
    hotWallet[callers] = await pairs(ledger, hot, callers);
    show(`batched, ${callers} callers, one wallet`, hotWallet[callers]);
  }
  const before = await measured(database, ledger, wallets);
  show('batched, 128 callers, few transfers', before);
  await fill(database, rows, wallets);
  const after = await measured(database, ledger, wallets);
  show(`batched, 128 callers, ${rows} transfers more`, after);
  console.log(
    `PostgreSQL's CPU: ${round(before.cpuUs, 0)} µs a pair before, ${round(after.cpuUs, 0)} µs after`,
  );
  const audit = await auditLedger(database.pools, 'start');
  console.log(
    `audit of ${audit.checkedTransfers} transfers in ${audit.tookMs} ms: ${audit.ok ? 'sound' : JSON.stringify(audit.findings.slice(0, 3))}`,
  );
  if (!audit.ok) throw new Error('the ledger is not sound after the run');

  const best = Math.max(byCallers[64]!.perSecond, byCallers[512]!.perSecond);
  return {
    pairs_per_s: round(best, 0),
    vs_single: round(best / single.perSecond, 1),
    hot_wallet_pairs_per_s: round(Math.max(hotWallet[64]!.perSecond, hotWallet[512]!.perSecond), 0),
    lone_hold_ms_p50: round(lone.holdMs, 3),
    lone_hold_vs_insert: round(lone.holdMs / lone.insertMs),
    // What the ledger's rules add to writing its journal down: against the INSERT of the same row into the same table.
    lone_hold_vs_row: round(lone.holdMs / lone.rowMs),
    // How many times slower it is with the large table; 1 is flat. By the clock, and by the server's CPU a pair.
    [rows === 10_000_000 ? 'growth_10m_vs_10k' : `growth_${rows}_vs_few`]: round(
      before.perSecond / after.perSecond,
    ),
    growth_cpu: round(after.cpuUs / before.cpuUs),
    cpu_us_a_pair: round(before.cpuUs, 0),
    p50_p99_ms: Object.fromEntries(
      Object.entries(byCallers).map(([callers, { p50, p99 }]) => [callers, [round(p50), round(p99)]]),
    ),
    pgbench_tps: baseline,
    single_pairs_per_s: round(single.perSecond, 0),
    audit_ms: audit.tookMs,
  };
}

async function measured(
  { pools }: BenchDatabase,
  ledger: Ledger,
  wallets: bigint[],
): Promise<Load & { cpuUs: number }> {
  await pairs(ledger, wallets, 128); // warm
  const cpu = await serverCpuUs(pools);
  const load = await pairs(ledger, wallets, 128, 0);
  return { ...load, cpuUs: ((await serverCpuUs(pools)) - cpu) / (load.perSecond * SECONDS) };
}

function show(what: string, { perSecond, p50, p99 }: Load) {
  console.log(`${what}: ${round(perSecond, 0)} pairs/s, hold p50 ${round(p50)} ms, p99 ${round(p99)} ms`);
}

/** Wallets with more money than a run can spend, made in bulk with the transfers that explain it. */
async function makeWallets({ pools, address }: BenchDatabase): Promise<bigint[]> {
  const source = await asService(pools, (tx) => accountOf(tx, { code: 1100, label: 'bench' }));
  const client = new pg.Client(address.admin);
  await client.connect();
  await client.query('set role mluen_owner');
  const { rows } = await client.query<{ id: bigint }>(
    `with made as (
      insert into ledger.account (id, user_id, code, currency, no_overdraft, credits_posted, version)
      select nextval('ledger.member_account_id'), gen_random_uuid(), 2100, 'USD', true, 1000000000000, 1 from generate_series(1, $1)
      returning id, user_id
    ), numbered as (select *, row_number() over (order by id) n from made
    ), explained as (
      insert into ledger.transfer (id, user_id, kind, code, debit_account, credit_account, amount, currency, group_id, debit_version,
        credit_version, debit_after, credit_after, request_hash, created_at)
      select uuidv7(), user_id, 'single', 'top_up', $2, id, 1000000000000, 'USD', gen_random_uuid(), n, 1, -n * 1000000000000, 1000000000000, '', now()
      from numbered
    ), paid as (
      update ledger.account set debits_posted = $1::bigint * 1000000000000, version = $1 where id = $2
    ) select id from made order by id`,
    [WALLETS, source],
  );
  await client.end();
  return rows.map(({ id }) => id);
}

async function pairs(ledger: Ledger, wallets: bigint[], callers: number, warmSeconds = 2): Promise<Load> {
  let next = 0;
  return load(
    callers,
    SECONDS,
    async () => {
      const generationId = newId();
      const holdId = holdIdOf(generationId);
      const walletId = wallets[next++ % wallets.length]!;
      const began = performance.now();
      const { status } = await ledger.hold({
        id: holdId,
        walletId,
        amountMicro: 20_000n,
        generationId,
        leaseSeconds: 60,
        deadline: null,
      });
      const took = performance.now() - began;
      if (status !== 'ok') throw new Error(`a hold answered ${status}`);
      await ledger.capture({ holdId, walletId, id: captureIdOf(generationId), amountMicro: 12_345n });
      return took;
    },
    warmSeconds,
  );
}

/** The same work, each hold and each capture a transaction of its own: what a ledger without a batcher does. */
async function onePerTransaction(
  { pools }: BenchDatabase,
  wallets: bigint[],
  callers: number,
): Promise<Load> {
  // A shard for each caller, so that it is not the shared revenue row that holds it up.
  const shards: bigint[] = [];
  await asService(pools, async (tx) => {
    for (let shard = 0; shard < callers; shard++) shards.push(await accountOf(tx, { code: 3100, shard }));
  });
  let next = 0;
  return load(callers, SECONDS, async (caller) => {
    const revenue = shards[caller]!;
    const generationId = newId();
    const holdId = holdIdOf(generationId);
    const began = performance.now();
    await settleAndHold(
      pools,
      [
        {
          hold: {
            id: holdId,
            walletId: wallets[next++ % wallets.length]!,
            amountMicro: 20_000n,
            generationId,
            leaseSeconds: 60,
            deadline: null,
          },
        },
      ],
      revenue,
    );
    const took = performance.now() - began;
    await settleAndHold(
      pools,
      [{ settlement: { holdId, id: captureIdOf(generationId), amountMicro: 12_345n } }],
      revenue,
    );
    return took;
  });
}

/**
 * A lone hold, a bare committed INSERT of three columns, and one of a transfer's row into a table like that of transfers,
 * in turn and through one pool, so that all meet the same disk, the same neighbours and the same warm connection.
 */
async function loneHold(
  { address, pools }: BenchDatabase,
  ledger: Ledger,
  wallets: bigint[],
): Promise<{ insertMs: number; rowMs: number; holdMs: number }> {
  const client = new pg.Client(address.admin);
  await client.connect();
  await client.query(`create table bare (id uuid primary key, amount bigint not null, at timestamptz not null);
    create table bare_row (like ledger.transfer including all);
    grant insert on bare, bare_row to service;
    grant usage on sequence ledger.transfer_seq to service`);
  await client.end();
  const took: { insertMs: number[]; rowMs: number[]; holdMs: number[] } = {
    insertMs: [],
    rowMs: [],
    holdMs: [],
  };
  for (let n = 0; n < 5_000; n++) {
    const id = newId();
    const walletId = wallets[n % wallets.length]!;
    const hold = { id: holdIdOf(id), walletId, amountMicro: 20_000n, generationId: id };
    const timed = async (part: keyof typeof took, work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      if (n >= 1_000) took[part].push(performance.now() - began);
    };
    await timed('insertMs', () =>
      pools.worker.query({ name: 'bare', text: 'insert into bare values ($1, $2, now())', values: [id, 1] }),
    );
    await timed('rowMs', () =>
      pools.worker.query({
        name: 'bare-row',
        text: `insert into bare_row (id, user_id, kind, code, debit_account, credit_account, amount, currency, group_id,
          debit_version, credit_version, debit_after, credit_after, request_hash, created_at)
          values ($1, $2, 'pending', 'hold', $3, $4, $5, 'USD', $6, $7, 0, $8, 0, $9, now())`,
        values: [hold.id, id, walletId, ledger.revenueAccount(0), 20_000, id, n, 1_000_000, holdHash(hold)],
      }),
    );
    await timed('holdMs', () => ledger.hold({ ...hold, leaseSeconds: 60, deadline: null }));
    await ledger.release(hold.id);
  }
  const p50 = (part: keyof typeof took) => percentile(took[part], 0.5);
  return { insertMs: p50('insertMs'), rowMs: p50('rowMs'), holdMs: p50('holdMs') };
}

/** PostgreSQL's own benchmark (TPC-B like, scale 10, 8 clients), where it is installed. */
function pgbench({ admin }: BenchDatabase): number | null {
  const env = {
    ...process.env,
    PGHOST: String(admin.host),
    PGUSER: String(admin.user),
    PGPASSWORD: String(admin.password),
    PGDATABASE: 'postgres',
  };
  const made = spawnSync('pgbench', ['-i', '-q', '-s', '10'], { env, encoding: 'utf8' });
  if (made.status !== 0) {
    console.log('pgbench is not installed: no baseline of its own');
    return null;
  }
  const ran = spawnSync('pgbench', ['-c', '8', '-j', '2', '-T', '8', '-M', 'prepared'], {
    env,
    encoding: 'utf8',
  });
  const tps = /tps = ([\d.]+)/.exec(ran.stdout)?.[1];
  console.log(`pgbench, its default script, 8 clients: ${tps} transactions/s`);
  return tps === undefined ? null : Math.round(Number(tps));
}

/** Past generations, in bulk: a hold and its capture each, on the wallets in turn, with the totals that they give. */
async function fill({ address }: BenchDatabase, rows: number, wallets: bigint[]) {
  const client = new pg.Client(address.admin);
  await client.connect();
  await client.query('set role mluen_owner');
  await client.query('begin');
  const each = Math.floor(rows / 2 / wallets.length);
  const began = performance.now();
  const { rows: made } = await client.query<{ id: bigint }>(
    "select ledger.open_account(null, 3100, 'USD', 'the past', 0, false, null) as id",
  );
  const revenue = made[0]!.id;
  await client.query(
    `with past as (
      select a.id as wallet, a.user_id, a.version, a.credits_posted - a.debits_posted as posted, g.n, uuidv7(-(interval '1 second' * $2) + interval '1 second' * g.n) as id
      from ledger.account a cross join generate_series(1, $2) g(n) where a.code = 2100
    ), numbered as (select *, (n - 1) * $3::bigint + row_number() over (partition by n order by wallet) as k from past
    )
    insert into ledger.transfer (id, user_id, kind, code, debit_account, credit_account, amount, currency, pending_id, group_id, debit_version,
      credit_version, debit_after, credit_after, request_hash, created_at)
    select case x.kind when 'pending' then p.id else ledger.derived_id(p.id, 'past') end, p.user_id, x.kind, x.code, p.wallet, $1, x.amount, 'USD',
      case x.kind when 'post' then p.id end, p.id, p.version + 2 * (p.n - 1) + x.step, 2 * (p.k - 1) + x.step,
      p.posted - 10000 * (p.n - 1) - case x.kind when 'post' then 10000 else 0 end,
      10000 * (p.k - 1) + case x.kind when 'post' then 10000 else 0 end, '', now()
    from numbered p cross join (values (1, 'pending', 'hold', 20000), (2, 'post', 'capture', 10000)) x(step, kind, code, amount)
    order by p.k, x.step`,
    [revenue, each, wallets.length],
  );
  await client.query(
    'update ledger.account set debits_posted = debits_posted + $1::bigint * 10000, version = version + 2 * $1 where code = 2100',
    [each],
  );
  await client.query(
    'update ledger.account set credits_posted = $1::bigint * 10000, version = 2 * $1::bigint where id = $2',
    [each * wallets.length, revenue],
  );
  await client.query('commit');
  await client.query('reset role');
  await client.query('vacuum analyze ledger.transfer');
  await client.query('vacuum ledger.account');
  await client.query('checkpoint');
  await client.end();
  console.log(`${rows} transfers laid in ${round((performance.now() - began) / 1000, 0)} s`);
}
