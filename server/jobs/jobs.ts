import { Logger, parseCronItems, run } from 'graphile-worker';
import pg from 'pg';
import type { Pools } from '#server/database/connections.ts';
import type { Log } from '#server/log.ts';
import { openLiveness } from './liveness.ts';

/** One job's work. Payloads hold ids only. Throwing means: again later. It may run twice, so it must be harmless twice. */
export type JobHandler = (payload: unknown, attempt: { number: number; last: boolean }) => Promise<void>;

export interface ModuleJobs {
  handlers: Record<string, JobHandler>;
  /** Lines of crontab, such as `0 3 * * * ledger.seal`. */
  schedule?: string[];
}

export interface JobRunner {
  stop(): Promise<void>;
}

/** Runs the modules' jobs from the queue in PostgreSQL. */
export async function startJobs(
  pools: Pools,
  modules: ModuleJobs[],
  log: Log,
  concurrency = 6,
): Promise<JobRunner> {
  const handlers = Object.assign({}, ...modules.map((module) => module.handlers)) as Record<
    string,
    JobHandler
  >;
  const pool = queuePool(pools.worker, concurrency, log);
  const alive = await openLiveness({ ...pool.options, password: pool.options.password }, log);
  await alive.freeDead();
  const runner = await run({
    pgPool: pool,
    events: alive.events,
    schema: 'jobs',
    concurrency,
    pollInterval: 1000,
    noHandleSignals: true,
    noPreparedStatements: false,
    parsedCronItems: parseCronItems(modules.flatMap((module) => module.schedule ?? []).map(cronItem)),
    taskList: Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [
        name,
        async (payload, helpers) => {
          const { attempts, max_attempts } = helpers.job;
          try {
            await handler(payload, { number: attempts, last: attempts >= max_attempts });
          } catch (error) {
            log.warn({ job: name, attempt: attempts, err: error }, 'job failed');
            throw error;
          }
        },
      ]),
    ),
    logger: quiet,
  });
  return {
    async stop() {
      await runner.stop();
      await runner.promise;
      await alive.close();
      await pool.end();
    },
  };
}

/** `0 3 * * * ledger.seal`: five fields of time, then the job. A file of crontab would refuse the point in the name. */
function cronItem(line: string): { task: string; match: string } {
  const at = line.lastIndexOf(' ');
  return { match: line.slice(0, at), task: line.slice(at + 1) };
}

/**
 * The queue's own connections, so that jobs and what they do never wait for each other. The queue writes the ids of
 * failed jobs as JSON, which knows no bigint: here int8 stays text.
 */
function queuePool(worker: pg.Pool, concurrency: number, log: Log): pg.Pool {
  const { getTypeParser } = pg.types;
  const pool = new pg.Pool({
    ...worker.options,
    password: worker.options.password, // hidden from the spread, as it is from logs
    max: concurrency + 1,
    application_name: 'mluen-jobs',
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === pg.types.builtins.INT8 && format !== 'binary'
          ? String
          : getTypeParser(oid, format as 'text')) as typeof getTypeParser,
    },
  });
  pool.on('error', (error) => log.warn({ err: error }, 'a connection of the queue was cut'));
  pool.on('connect', (client) => client.on('error', () => undefined)); // the queue tells it by the failed query
  return pool;
}

/** The queue's own log quotes payloads; failures are logged above. */
const quiet = new Logger(() => () => undefined);
