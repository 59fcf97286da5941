import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { Log } from '#server/log.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';
import type { ArchivePlace } from './archive-file.ts';
import { auditLedger } from './audit.ts';
import { receiptMatched, receiptUnmatched } from './flows/receipt.ts';
import { creditTopUp, payout } from './flows/top-up.ts';
import { ledgerJobs } from './jobs.ts';
import { signingKey } from './signing.ts';
import { booksState, DAYS_MOST, waitingMoney } from './waiting.ts';

const database = testDatabase();
/** Nothing is old enough to be written or read. */
const noPlace: ArchivePlace = {
  write: () => Promise.reject(new Error('nothing is archived here')),
  read: () => {
    throw new Error('nothing is archived here');
  },
};
const run = <T>(work: (tx: Tx<'service'>) => Promise<T>) => asService(database().pools, work);

const topUp = (amountMicro: bigint, topUpId = newId()) =>
  run((tx) =>
    creditTopUp(tx, { topUpId, memberId: newId(), amountMicro, source: { code: 1100, label: 'stripe' } }),
  ).then(() => topUpId);

/** As if it had been posted so many days ago. */
async function aged(groupId: string, days: number) {
  await asSuperuser(database(), async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(
      `update ledger.transfer set created_at = now() - $2 * interval '1 day' where group_id = $1`,
      [groupId, days],
    );
  });
}

test('a processor’s account that is emptied says nothing; what is left has the age of its oldest part', async () => {
  const old = await topUp(usd('10'));
  await topUp(usd('5'));
  await aged(old, DAYS_MOST[1100] + 2);
  expect(await run((tx) => waitingMoney(tx))).toMatchObject([
    { code: 1100, label: 'stripe', balanceMicro: usd('15'), days: DAYS_MOST[1100] + 2, isLate: true },
  ]);
  // The payout takes what came first; a part of the newer one stays.
  await run((tx) =>
    payout(tx, { payoutId: newId(), amountMicro: usd('12'), processor: 'stripe', bank: 'main' }),
  );
  expect(await run((tx) => waitingMoney(tx))).toMatchObject([
    { balanceMicro: usd('3'), days: 0, isLate: false },
  ]);
  await run((tx) =>
    payout(tx, { payoutId: newId(), amountMicro: usd('3'), processor: 'stripe', bank: 'main' }),
  );
  expect(await run((tx) => waitingMoney(tx))).toEqual([]);
});

test('a receipt without an owner ages until it is matched; audit and job say that it is late', async () => {
  const line = { lineId: newId(), account: 'till 174379', amountMicro: usd('9') };
  await run((tx) => receiptUnmatched(tx, line));
  await aged(line.lineId, DAYS_MOST[2200]);
  expect(await run((tx) => waitingMoney(tx))).toMatchObject([
    { code: 2200, label: 'till 174379', balanceMicro: usd('9'), days: DAYS_MOST[2200], isLate: false },
  ]);
  await aged(line.lineId, DAYS_MOST[2200] + 1);
  const { pools } = database();
  const errors: unknown[] = [];
  const quiet = () => undefined;
  const log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (fields: unknown) => void errors.push(fields),
  };
  const { handlers } = ledgerJobs({
    pools,
    archives: { key: signingKey('a secret'), place: noPlace },
    archiveMonths: 132,
    anchorDir: '/nowhere',
    log: log as unknown as Log,
  });
  await handlers['ledger.waiting']!({}, { number: 1, last: false });
  expect(errors).toEqual([{ name: '2200 till 174379', count: DAYS_MOST[2200] + 1, amountMicro: usd('9') }]);
  expect(await run(booksState)).toMatchObject({ late: 1 });
  const { ok, waiting } = await auditLedger(pools, 'start');
  // Late money is no broken invariant of the books: they add up.
  expect(ok).toBe(true);
  expect(waiting).toMatchObject([{ code: 2200, isLate: true }]);

  await run((tx) => receiptMatched(tx, { ...line, memberId: newId(), actorId: newId() }));
  expect((await auditLedger(pools, 'last')).waiting).toEqual([]);
});
