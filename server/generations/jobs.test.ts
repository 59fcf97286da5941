import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { generationJobs } from './jobs.ts';
import type { Parts } from './parts.ts';

const database = testDatabase();

test('8.2 idempotency keys are forgotten after their day', async () => {
  const { pools } = database();
  const userId = await aPerson(database());
  const key = (hoursOld: number) => ({
    userId,
    keyHash: randomBytes(32),
    requestHash: randomBytes(32),
    generationId: newId(),
    madeAt: new Date(Date.now() - hoursOld * 3_600_000),
  });
  const young = key(23);
  await asService(pools, (tx) =>
    tx
      .insertInto('generations.idempotencyKey')
      .values([young, key(25), key(200)])
      .execute(),
  );
  const { handlers, schedule } = generationJobs({ pools } as Parts);
  await handlers['generations.forget-keys']!({} as never, {} as never);
  const left = await asService(pools, (tx) =>
    tx.selectFrom('generations.idempotencyKey').select('generationId').where('userId', '=', userId).execute(),
  );
  expect(left).toEqual([{ generationId: young.generationId }]);
  expect(schedule!.some((line) => line.includes('generations.forget-keys'))).toBe(true);
});
