import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type DatabaseAddress, openPools, type Pools } from '#server/database/connections.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/database/embedded.ts';
import { migrate } from '#server/database/migrate.ts';
import { moduleSqlFiles } from '#server/database/module-sql.ts';
import { asService } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { expiredHolds } from '#server/ledger/ledger.ts';
import { openLedger } from '#server/ledger/posting.ts';
import { testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import type { Told } from './bank-teller.ts';
import { startTeller } from './teller.ts';

const database = testDatabase();
const long = process.env.MLUEN_LONG !== undefined;
const points = ['before send', 'after send', 'after commit'] as const;

test('a process killed at any point loses nothing acknowledged, charges nothing twice, and its holds end', async () => {
  const { pools } = database();
  const members = await Promise.all([1, 2, 3].map(() => aWallet(pools, { cash: usd('50') })));
  let unheard = 0;
  for (let round = 0; round < (long ? 51 : 3); round++) {
    const teller = await startTeller(database(), {
      members,
      callers: 8,
      dieAt: { point: points[round % points.length]!, after: 5 + round },
    });
    await teller.gone;
    expect(teller.process.signalCode).toBe('SIGKILL');
    unheard += await afterwards(pools, teller.told);
  }
  // The fault was truly met: at least one hold had been committed and its caller never heard of it.
  expect(unheard).toBeGreaterThan(0);
}, 300_000);

test(
  'PostgreSQL stopped at once under load keeps every acknowledged transfer and stays in balance',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mluen-crash-'));
    const secret = 'a secret of this test, thirty-two characters';
    const settings = { shared_buffers: '64MB', max_connections: '60' };
    let postgres: EmbeddedPostgres = await startEmbeddedPostgres(dir, settings);
    try {
      const address: DatabaseAddress = {
        admin: { ...postgres.admin, database: 'crash' },
        base: { host: postgres.host, database: 'crash' },
      };
      await migrate(address, secret, moduleSqlFiles());
      let pools = openPools(address, secret, () => undefined);
      const members = await Promise.all([1, 2, 3].map(() => aWallet(pools, { cash: usd('500') })));
      for (let round = 0; round < (long ? 50 : 2); round++) {
        const tellers = await Promise.all(
          [1, 2].map(() => startTeller({ address, secret }, { members, callers: 16 })),
        );
        while (tellers.some(({ told }) => told.length < 300))
          await new Promise((resolve) => setImmediate(resolve));
        await postgres.stop('immediate');
        for (const teller of tellers) teller.process.kill('SIGKILL');
        await Promise.all(tellers.map(({ gone }) => gone));
        await pools.end();
        postgres = await startEmbeddedPostgres(dir, settings);
        pools = openPools(address, secret, () => undefined);
        await afterwards(
          pools,
          tellers.flatMap(({ told }) => told),
        );
      }
      await pools.end();
    } finally {
      await postgres.stop('immediate');
      rmSync(dir, { recursive: true, force: true });
    }
  },
  long ? 3_600_000 : 600_000,
);

/**
 * What must be true after a crash, whatever was cut. Sends the holds again whose answer was never heard, ends all open
 * ones as the reaper does, and answers how many had been committed unheard.
 */
async function afterwards(pools: Pools, told: Told[]): Promise<number> {
  const one = async <T>(sql: string, values: unknown[]) =>
    (await pools.worker.query<{ value: T }>(sql, values)).rows[0]!.value;

  const held = told.flatMap((word) => (word.kind === 'held' ? [word.holdId] : []));
  expect(
    await one<bigint>(
      "select count(*) as value from ledger.transfer where id = any($1) and kind = 'pending'",
      [held],
    ),
  ).toBe(BigInt(held.length));
  const charged = told.flatMap((word) => (word.kind === 'charged' && word.amount !== '0' ? [word] : []));
  expect(
    await one<bigint>(
      "select coalesce(sum(amount), 0)::bigint as value from ledger.transfer where id = any($1) and kind = 'post'",
      [charged.map(({ captureId }) => captureId)],
    ),
  ).toBe(charged.reduce((sum, { amount }) => sum + BigInt(amount), 0n));
  const toppedUp = told.flatMap((word) => (word.kind === 'topped up' ? [word.topUpId] : []));
  expect(
    await one<bigint>(
      "select count(*) as value from ledger.transfer where group_id = any($1) and code = 'top_up'",
      [toppedUp],
    ),
  ).toBe(BigInt(toppedUp.length));

  await using ledger = await openLedger(pools);
  const heard = new Set(held);
  const asked = told.flatMap((word) => (word.kind === 'asked' && !heard.has(word.holdId) ? [word] : []));
  let unheard = 0;
  for (const { holdId, generationId, walletId, amount } of asked) {
    const again = {
      id: holdId,
      walletId: BigInt(walletId),
      amountMicro: BigInt(amount),
      generationId,
      leaseSeconds: 60,
      deadline: null,
    };
    const first = await ledger.hold(again);
    expect(['ok', 'replay', 'insufficient']).toContain(first.status);
    if (first.status === 'replay') unheard++;
    if (first.status !== 'insufficient') expect((await ledger.hold(again)).status).toBe('replay');
  }

  // Each generation is charged once at the most.
  expect(
    await one<bigint>(
      "select count(*) as value from (select 1 from ledger.transfer where code = 'capture' group by group_id having count(*) > 1) twice",
      [],
    ),
  ).toBe(0n);
  // As after the lease: nothing renews what a dead process held.
  await pools.worker.query('select ledger.renew_leases(array(select hold_id from ledger.hold), -1)');
  const expired = await asService(pools, (tx) => expiredHolds(tx, 10_000, 60));
  for (const { status } of await Promise.all(expired.map(({ id }) => ledger.release(id))))
    expect(status).toBe('ok');
  expect(await one<bigint>('select count(*) as value from ledger.hold', [])).toBe(0n);
  expect(await auditLedger(pools, 'start')).toMatchObject({ ok: true, findings: [] });
  return unheard;
}
