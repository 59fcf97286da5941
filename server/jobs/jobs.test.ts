import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { createLog } from '#server/log.ts';
import { testDatabase } from '#tests/support/database.ts';
import { startJobs } from './jobs.ts';

const database = testDatabase();

test('a job added in a transaction runs once it is committed, and again after it fails', async () => {
  const seen: { payload: unknown; attempt: number }[] = [];
  let runner: Awaited<ReturnType<typeof startJobs>> | undefined;
  const done = new Promise<void>((resolve, reject) => {
    const handler = async (payload: unknown, attempt: { number: number }) => {
      seen.push({ payload, attempt: attempt.number });
      if (attempt.number === 1) throw new Error('not yet');
      resolve();
    };
    startJobs(
      database().pools,
      [{ handlers: { 'test.job': handler }, schedule: ['0 3 * * * test.job'] }],
      createLog('silent'),
    ).then((started) => {
      runner = started;
      return asService(database().pools, (tx) =>
        sql`select mluen.add_job('test.job', '{"a":1}'::json)`.execute(tx),
      );
    }, reject);
  });
  await done;
  await runner?.stop();
  expect(seen).toEqual([
    { payload: { a: 1 }, attempt: 1 },
    { payload: { a: 1 }, attempt: 2 },
  ]);
});
