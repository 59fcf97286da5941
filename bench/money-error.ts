/**
 * Ten thousand generations of all kinds through the whole product against the simulators, with clients that leave,
 * providers that fail, cut, fall silent, repeat and reorder their callbacks, requests sent twice, and the process killed.
 * Then: what was charged against what the simulators counted as used. `--generations=N` changes the number.
 *
 * A charge is right when the simulator counted the same units for one piece of work that no other charge names. What a
 * simulator counted and nobody was charged for is borne by the house, by rule, where the person got nothing or only a
 * part: then there is a released generation for it. Everything else is money error, in either direction.
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
import { compare, control } from './money-error/compare.ts';
import { type Story, stories } from './money-error/stories.ts';

const CALLERS = 40;
const KILLS = 5;

interface Product {
  url: string;
  pid(): number;
  kill(): void;
  stop(): Promise<void>;
}

export async function bench(args: string[]): Promise<Record<string, unknown>> {
  const wanted = Number(args.find((arg) => arg.startsWith('--generations='))?.split('=')[1] ?? 10_000);
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
    const done = await runStories(wanted, caller, async () => {
      product.kill();
      product = await startProduct(dataDir, port);
    });
    const holds = await untilNoHolds(pools, address.admin);
    const verdict = await compare(pools, simulators);
    const audit = await auditLedger(pools, 'start');
    if (!audit.ok) throw new Error(`the ledger is not sound: ${JSON.stringify(audit.findings.slice(0, 3))}`);
    console.log(`${done} generations asked, ${KILLS} kills; the ledger is sound`);
    return {
      generations: verdict.generations,
      money_error: Number(verdict.errorMicro),
      open_holds: holds.open,
      unknown_outcomes: holds.unknown,
      charged_micro: Number(verdict.chargedMicro),
      borne_by_house_micro: Number(verdict.houseMicro),
      by_cause: verdict.byCause,
      kills: KILLS,
    };
  } finally {
    await pools.end();
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface SandboxFile {
  member: { email: string; password: string; apiKey: string };
  simulators: Record<string, string>;
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

type Caller = (story: Story) => Promise<void>;

async function createCaller({ member }: SandboxFile, url: string): Promise<Caller> {
  const signedIn = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email: member.email, password: member.password }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const api = async (method: string, path: string, body?: object) => {
    const reply = await fetch(url + path, {
      method,
      headers: { cookie, origin: url, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`);
    // biome-ignore lint/suspicious/noExplicitAny: the bench reads a few fields of its own product's answers
    return (await reply.json()) as any;
  };
  return async (story) => {
    if (story.way === 'api' || story.way === 'stream' || story.way === 'leave')
      return callApi(url, member.apiKey, story);
    const text = !/flux|kling|seedance|tts/.test(story.model);
    const ask = {
      modelId: story.model,
      params: text ? { messages: [{ role: 'user', content: story.prompt }] } : { prompt: story.prompt },
      fileIds: [],
    };
    const { quote } = await api('POST', '/api/quotes', ask);
    const id = newId();
    const start = () => api('POST', '/api/generations', { id, quote, ask });
    if (story.way === 'twice') await Promise.all([start(), start()]);
    else await start();
    for (let looks = 0; looks < 400; looks++) {
      const { finishedAt } = await api('GET', `/api/generations/${id}`);
      if (finishedAt !== null) return;
      await delay(100);
    }
  };
}

async function callApi(url: string, apiKey: string, story: Story) {
  const leave = new AbortController();
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: story.model,
      messages: [{ role: 'user', content: story.prompt }],
      stream: story.way !== 'api',
      max_completion_tokens: 1_000,
    }),
    signal: leave.signal,
  });
  if (!reply.ok) throw new Error(`/v1 answered ${reply.status}: ${await reply.text()}`);
  let chunks = 0;
  for await (const _ of reply.body!) if (story.way === 'leave' && ++chunks === 3) leave.abort();
}

async function runStories(wanted: number, caller: Caller, kill: () => Promise<void>): Promise<number> {
  const deck = stories.flatMap((story) => Array.from({ length: story.weight }, () => story));
  let done = 0;
  let killed = 0;
  let restarting: Promise<void> | null = null;
  const faults = new Map<string, number>();
  const work = async () => {
    while (done < wanted) {
      if (done > ((killed + 1) * wanted) / (KILLS + 1) && killed < KILLS) {
        killed++;
        restarting = kill().finally(() => {
          restarting = null;
        });
      }
      if (restarting !== null) await restarting;
      const story = deck[Math.floor(Math.random() * deck.length)]!;
      let asked = true;
      try {
        await caller(story);
      } catch (error) {
        // Refused by a closed route or met by a kill: perhaps no generation. One that the client left is one.
        asked = error instanceof DOMException;
        const told = `${story.cause}: ${error instanceof Error ? error.message.slice(0, 90) : 'unknown'}`;
        faults.set(told, (faults.get(told) ?? 0) + 1);
      }
      if (!asked) continue;
      done++;
      if (done % 1_000 === 0) console.log(`${done} of ${wanted}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, work));
  for (const [told, count] of faults) console.log(`${count} × ${told}`);
  return done;
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
