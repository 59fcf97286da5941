import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { type DatabaseAddress, openPools, type Pools } from '#server/database/connections.ts';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { migrate } from '#server/database/migrate.ts';
import { moduleSqlFiles } from '#server/database/module-sql.ts';

export interface BenchDatabase extends AsyncDisposable {
  address: DatabaseAddress;
  admin: pg.ClientConfig;
  secret: string;
  pools: Pools;
}

/** A PostgreSQL of its own with the product's settings: fsync and synchronous commit are on. */
export async function benchDatabase(settings: Record<string, string> = {}): Promise<BenchDatabase> {
  const dir = mkdtempSync(join(tmpdir(), 'mluen-bench-'));
  const secret = 'a secret of the bench, thirty-two characters';
  const postgres = await startEmbeddedPostgres(dir, {
    shared_buffers: '1GB',
    max_wal_size: '16GB',
    ...settings,
  });
  const address: DatabaseAddress = {
    admin: { ...postgres.admin, database: 'bench' },
    base: { host: postgres.host, database: 'bench' },
  };
  await migrate(address, secret, moduleSqlFiles());
  const pools = openPools(address, secret, () => undefined);
  return {
    address,
    admin: postgres.admin,
    secret,
    pools,
    [Symbol.asyncDispose]: async () => {
      await pools.end();
      await postgres.stop('immediate');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The value below which `share` of the sorted ones lie. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Load {
  perSecond: number;
  /** Milliseconds of the part that `work` timed. */
  p50: number;
  p99: number;
}

/**
 * `callers` that each repeat `work` until the time is over; the first `warmSeconds` do not count. `work` answers the
 * milliseconds that it wants to have counted as its latency.
 */
export async function load(
  callers: number,
  seconds: number,
  work: (caller: number) => Promise<number>,
  warmSeconds = 2,
): Promise<Load> {
  const from = performance.now() + warmSeconds * 1000;
  const until = from + seconds * 1000;
  const latencies: number[] = [];
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (performance.now() < until) {
        const took = await work(caller);
        const now = performance.now();
        if (now >= from && now < until) latencies.push(took);
      }
    }),
  );
  return {
    perSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

/**
 * CPU that the server behind these pools has used so far, over all its processes, in microseconds. What neighbours do to
 * the clock, they hardly do to this.
 */
export async function serverCpuUs(pools: Pools): Promise<number> {
  const { rows } = await pools.worker.query<{ pid: number }>('select pg_backend_pid() as pid');
  const parentOf = (pid: string) => Number(statOf(pid)?.[1]);
  const postmaster = parentOf(String(rows[0]!.pid));
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = statOf(pid);
    if (stat !== null && Number(stat[1]) === postmaster) ticks += Number(stat[11]) + Number(stat[12]);
  }
  return ticks * 10_000; // a tick is 10 ms on Linux
}

/** Fields of /proc/PID/stat after the name: state, parent, … */
function statOf(pid: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null; // it has ended meanwhile
  }
}

export const round = (value: number, digits = 2) => Number(value.toFixed(digits));
