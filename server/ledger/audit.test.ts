import { expect, test } from 'vitest';
import { testDatabase } from '#tests/support/database.ts';
import { aWallet } from '#tests/support/money.ts';
import { auditLedger } from './audit.ts';

const database = testDatabase();

test('audits at once go one after the other, as when one of the staff asks while the job of the minute is at it', async () => {
  const { pools } = database();
  for (const round of [1, 2, 3]) {
    // Both would note the same accounts.
    await aWallet(pools);
    const audits = await Promise.all([
      auditLedger(pools, 'last'),
      auditLedger(pools, 'start'),
      auditLedger(pools, 'last'),
    ]);
    expect(
      audits.map(({ findings }) => findings),
      `round ${round}`,
    ).toEqual([[], [], []]);
  }
});
