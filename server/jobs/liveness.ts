import { EventEmitter } from 'node:events';
import type { WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { Log } from '#server/log.ts';

/** A job that was begun this recently is left alone: its process may not have its lock yet. */
const GRACE_SECONDS = 5;
const LOOK_EVERY_MS = 5_000;
/** The first half of our advisory locks' keys. */
const LOCK_SPACE = 7_254_002;

export interface Liveness {
  /** Hears from the queue under which name it takes jobs. */
  events: WorkerEvents;
  /** Gives the jobs of dead processes back to the queue. */
  freeDead(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Tells dead processes from slow ones. The queue alone gives a job of a killed process back after four hours. Here each
 * process holds an advisory lock for as long as it is connected, named as the pool under which it takes jobs: a job of
 * a pool whose lock is free is free. A process that loses this connection takes another; in between its running jobs
 * may run twice, as all jobs may.
 */
export async function openLiveness(options: pg.ClientConfig, log: Log): Promise<Liveness> {
  let mine: string | null = null;
  let closed = false;
  let client = await connect();

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ ...options, application_name: 'mluen-jobs-alive', keepAlive: true });
    fresh.on('error', () => undefined); // the next look finds it out and connects again
    await fresh.connect();
    if (mine !== null) await hold(fresh, mine);
    return fresh;
  }

  async function freeDead(): Promise<void> {
    const { rows } = await client.query<{ pool: string }>(
      `select distinct locked_by as pool from jobs._private_jobs
       where locked_by is not null and locked_at < now() - make_interval(secs => $1) limit 1000`,
      [GRACE_SECONDS],
    );
    for (const { pool } of rows) {
      if (pool === mine || !(await isFree(client, pool))) continue;
      await client.query('select jobs.force_unlock_workers(array[$1])', [pool]);
      log.warn({}, 'jobs of a process that died are free again');
    }
  }

  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => {
    mine = workerPool.id;
    hold(client, mine).catch((error) =>
      log.warn({ err: error }, 'the lock of this process could not be taken'),
    );
  });

  const timer = setInterval(async () => {
    try {
      await freeDead();
    } catch (error) {
      if (closed) return;
      log.warn({ err: error }, 'dead processes could not be looked for');
      await client.end().catch(() => undefined);
      client = await connect().catch(() => client); // else at the next look
    }
  }, LOOK_EVERY_MS);

  return {
    events,
    freeDead,
    async close() {
      closed = true;
      clearInterval(timer);
      await client.end();
    },
  };
}

function hold(client: pg.Client, pool: string) {
  return client.query('select pg_advisory_lock_shared($1, hashtext($2))', [LOCK_SPACE, pool]);
}

/** Whether nobody holds the lock of that pool. Tried within one statement's transaction, so nothing stays locked. */
async function isFree(client: pg.Client, pool: string): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>(
    'select pg_try_advisory_xact_lock($1, hashtext($2)) as free',
    [LOCK_SPACE, pool],
  );
  return rows[0]!.free;
}
