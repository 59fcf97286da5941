import { sql } from 'kysely';
import { asService } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';
import { accrueCosts } from './costs.ts';
import type { Parts } from './parts.ts';
import { removeUnused } from './unused-files.ts';

const MONTHS_AHEAD = 3;

/** Makes the partitions of the months to come, books what providers cost, and removes uploads that were never sent. Harmless twice. */
export function generationJobs({ pools, store }: Pick<Parts, 'pools' | 'store'>): ModuleJobs {
  return {
    handlers: {
      'generations.months': () =>
        asService(pools, async (tx) => {
          await sql`select generations.make_partition(now() + n * interval '1 month') from generate_series(0, ${MONTHS_AHEAD}::int) n`.execute(
            tx,
          );
        }),
      // Idempotency keys hold for a day.
      'generations.forget-keys': () =>
        asService(pools, async (tx) => {
          await tx
            .deleteFrom('generations.idempotencyKey')
            .where('madeAt', '<', sql<Date>`now() - interval '1 day'`)
            .execute();
        }),
      'generations.costs': () => accrueCosts(pools),
      'generations.unused-files': async () => void (await removeUnused({ pools, store })),
    },
    schedule: [
      '25 1 * * * generations.months',
      '35 0 * * * generations.costs',
      '40 * * * * generations.unused-files',
      '50 * * * * generations.forget-keys',
    ],
  };
}
