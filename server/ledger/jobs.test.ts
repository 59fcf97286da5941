import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Log } from '#server/log.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aWallet } from '#tests/support/money.ts';
import type { ArchivePlace } from './archive-file.ts';
import { ledgerJobs } from './jobs.ts';
import { signingKey } from './signing.ts';

const database = testDatabase();
/** Nothing is old enough to be written or read. */
const noPlace: ArchivePlace = {
  write: () => Promise.reject(new Error('nothing is archived here')),
  read: () => {
    throw new Error('nothing is archived here');
  },
};

test('the ledger’s own jobs seal, audit, anchor and make months; they shout only when something is wrong', async () => {
  const { pools } = database();
  const anchorDir = mkdtempSync(join(tmpdir(), 'mluen-anchors-'));
  const errors: unknown[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields: unknown) => void errors.push(fields),
  } as unknown as Log;
  try {
    const { handlers, schedule } = ledgerJobs({
      pools,
      archives: { key: signingKey('a secret'), place: noPlace },
      archiveMonths: 132,
      anchorDir,
      log,
    });
    expect(schedule!.map((line) => line.split(' ').at(-1)).sort()).toEqual(Object.keys(handlers).sort());
    const run = async () => {
      for (const handler of Object.values(handlers)) await handler({}, { number: 1, last: false });
    };
    await aWallet(pools);
    await run();
    await run();
    expect(errors).toEqual([]);
    expect(readdirSync(anchorDir)).toHaveLength(1);
    const { rows } = await pools.worker.query<{ months: bigint }>(
      `select count(*) as months from pg_inherits where inhparent = 'ledger.transfer'::regclass`,
    );
    expect(rows[0]!.months).toBeGreaterThanOrEqual(5n);
    await asSuperuser(database(), async (client) => {
      await client.query('set session_replication_role = replica');
      await client.query('update ledger.account set credits_posted = credits_posted + 1 where code = 2100');
    });
    await run();
    expect(errors).toContainEqual({ name: 'I1', transferId: null });
  } finally {
    rmSync(anchorDir, { recursive: true, force: true });
  }
});
