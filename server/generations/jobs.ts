import { sql } from 'kysely';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';

const MONTHS_AHEAD = 3;

/** Makes the partitions of the months to come. Harmless twice. */
export function generationJobs(pools: Pools): ModuleJobs {
  return {
    handlers: {
      'generations.months': () =>
        asService(pools, async (tx) => {
          await sql`select generations.make_partition(now() + n * interval '1 month') from generate_series(0, ${MONTHS_AHEAD}::int) n`.execute(
            tx,
          );
        }),
    },
    schedule: ['25 1 * * * generations.months'],
  };
}
