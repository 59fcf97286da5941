/**
 * Ten thousand generations of all modalities through the whole product against the simulators, with clients that leave,
 * providers that fail, cut, fall silent and lose answers after the work, callbacks that come twice, late, out of order,
 * forged or never, requests sent twice, and the process killed. Then: what was charged against what the simulators counted
 * as used, work by work. `--generations=N` changes the number, `--only=TEXT`
 * takes the causes that hold it.
 *
 * What is told apart, and what the house bears by rule: docs/decisions/ledger-money-error.md.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { openPools, type Pools } from '#server/database/connections.ts';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { creditTopUp } from '#server/ledger/flows/top-up.ts';
import { type Caller, createCaller, type SandboxFile } from './money-error/caller.ts';
import { compare, control } from './money-error/compare.ts';
import { callBackLate } from './money-error/late.ts';
import { aStory } from './money-error/stories.ts';

const CALLERS = 40;
const KILLS_MOST = 5;

interface Product {
  url: string;
  pid(): number;
  kill(): void;
  stop(): Promise<void>;
}

export async function bench(args: string[]): Promise<Record<string, unknown>> {
  const wanted = Number(args.find((arg) => arg.startsWith('--generations='))?.split('=')[1] ?? 10_000);
  const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
  const dataDir = mkdtempSync(join(tmpdir(), 'mluen-money-'));
  const port = await freePort();
  let product = await startProduct(dataDir, port);
  const file = JSON.parse(readFileSync(join(dataDir, 'sandbox.json'), 'utf8')) as SandboxFile;
  const simulators = file.simulators;
  const postgres = await startEmbeddedPostgres(join(dataDir, 'postgres'));
  const address = {
    admin: { ...postgres.admin, database: 'mluen' },
    base: { host: postgres.host, database: 'mluen' },
  };
  const pools = openPools(address, readFileSync(join(dataDir, 'app.secret'), 'utf8').trim(), () => undefined);
  try {
    await payIn(pools);
    await Promise.all(
      Object.values(simulators).map((url) => control(url, 'POST', 'pace', { paceMs: 0 }).catch(() => null)),
    );
    const caller = await createCaller(file, product.url);
    const kills = Math.min(KILLS_MOST, Math.floor(wanted / 200));
    const asked = await runStories({ wanted, kills, only }, caller, async () => {
      product.kill();
      product = await startProduct(dataDir, port);
    });
    const holds = await untilNoHolds(pools, address.admin);
    const markOf = async (id: string) => asked.marks.get(id) ?? (await caller.markOf(id));
    const secret = readFileSync(join(dataDir, 'app.secret'), 'utf8').trim();
    const called = await callBackLate(pools, { url: product.url, secret }, simulators, markOf);
    const verdict = await compare(pools, simulators, markOf, asked.causes);
    console.table(verdict.byCause);
    for (const fault of verdict.faults.slice(0, 20)) console.log(fault);
    const audit = await auditLedger(pools, 'start');
    if (!audit.ok) throw new Error(`the ledger is not sound: ${JSON.stringify(audit.findings.slice(0, 3))}`);
    console.log(`${asked.causes.size} asked, ${kills} kills; the ledger is sound`);
    return {
      generations: verdict.generations,
      money_error: Number(verdict.errorMicro),
      open_holds: holds.open,
      house_borne: Number(verdict.houseMicro),
      house_borne_by_ending: verdict.houseBy,
      charged: Number(verdict.chargedMicro),
      unknown_outcomes: holds.unknown,
      called_back_late: called,
      came_late: verdict.late,
      not_explained: verdict.faults.length,
      by_cause: verdict.byCause,
      kills,
    };
  } finally {
    await pools.end();
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startProduct(dataDir: string, port: number): Promise<Product> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../server/main.ts')], {
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
      PROVIDER_IDLE_SECONDS: '5',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => text.includes('is ready') && resolve());
    child.once('exit', () => reject(new Error('the product did not start')));
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    pid: () => child.pid!,
    kill: () => void child.kill('SIGKILL'),
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** More money than the run can spend, for the one member of the sandbox. */
async function payIn(pools: Pools) {
  await asService(pools, async (tx) => {
    const { userId } = await tx
      .selectFrom('ledger.account')
      .select('userId')
      .where('code', '=', 2100)
      .where('creditsPosted', '>', 0n)
      .executeTakeFirstOrThrow();
    await creditTopUp(tx, {
      topUpId: newId(),
      memberId: userId,
      amountMicro: 1_000_000_000_000n,
      source: { code: 1100, label: 'stripe' },
    });
  });
}

/** Asks until so many were taken; the others were refused, or met by a kill. */
async function runStories(
  { wanted, kills, only }: { wanted: number; kills: number; only?: string },
  caller: Caller,
  kill: () => Promise<void>,
) {
  const marks = new Map<string, number>();
  const causes = new Map<number, string>();
  const faults = new Map<string, number>();
  let taken = 0;
  let killed = 0;
  let restarting: Promise<void> | null = null;
  const work = async () => {
    while (taken < wanted) {
      if (taken > ((killed + 1) * wanted) / (kills + 1) && killed < kills) {
        killed++;
        restarting = kill().finally(() => {
          restarting = null;
        });
      }
      if (restarting !== null) await restarting;
      const story = aStory(only);
      const mark = causes.size + 1;
      causes.set(mark, story.cause);
      try {
        const id = await caller.ask(story, mark);
        if (id !== null) marks.set(id, mark);
        if (++taken % 500 === 0) console.log(`${taken} of ${wanted}`);
      } catch (error) {
        // Refused by a closed route, or met by a kill: whether there is a generation, the books say.
        const told = `${story.cause}: ${error instanceof Error ? error.message.slice(0, 160) : 'unknown'}`;
        faults.set(told, (faults.get(told) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, work));
  for (const [told, count] of faults) console.log(`${count} × ${told}`);
  return { marks, causes };
}

/**
 * The reaper ends what the killed processes left. Where it cannot be known whether the provider did the work, the sum
 * stays held for hours; once nothing else is open, that time is pushed to its end.
 */
async function untilNoHolds(
  pools: Pools,
  admin: pg.ClientConfig,
): Promise<{ open: number; unknown: number }> {
  let unknown = 0;
  for (const until = Date.now() + 240_000; ; await delay(1_000)) {
    const { rows } = await pools.worker.query<{ open: bigint; unknown: bigint }>(
      `select count(*) as open, count(*) filter (where g.state = 'unknown' and g.task is null and g.held_until > now()) as unknown
      from ledger.hold h left join generations.generation g on g.user_id = h.user_id and g.id = h.group_id`,
    );
    const { open, unknown: waiting } = rows[0]!;
    if (open === 0n || Date.now() > until) return { open: Number(open), unknown };
    if (waiting < open) continue;
    const client = new pg.Client(admin);
    await client.connect();
    const pushed = await client.query(
      "update generations.generation set held_until = now() where state = 'unknown' and held_until > now()",
    );
    unknown += pushed.rowCount ?? 0;
    await client.end();
  }
}
