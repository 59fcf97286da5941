import { Logger, parseCrontab, run } from 'graphile-worker';
import type { Pools } from '#server/database/connections.ts';
import type { Log } from '#server/log.ts';

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
  const runner = await run({
    pgPool: pools.worker,
    schema: 'jobs',
    concurrency,
    pollInterval: 1000,
    noHandleSignals: true,
    noPreparedStatements: false,
    parsedCronItems: parseCrontab(modules.flatMap((module) => module.schedule ?? []).join('\n')),
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
  return { stop: () => runner.stop() };
}

/** The queue's own log quotes payloads; failures are logged above. */
const quiet = new Logger(() => () => undefined);
