import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService, asStaff } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { creditTopUp } from '#server/ledger/flows/top-up.ts';
import { openWallet } from '#server/ledger/ledger.ts';
import { openLedger } from '#server/ledger/posting.ts';
import { liftStop, standingStops } from '#server/ledger/stops.ts';
import { captureIdOf, holdIdOf, LedgerRefusal } from '#server/ledger/transfer.ts';
import { booksState } from '#server/ledger/waiting.ts';
import { asSuperuser, freshDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';

test('a broken invariant stops posting in its currency alone, until a person lifts it and says why', async () => {
  const database = await freshDatabase();
  const { pools } = database;
  await using dollars = await openLedger(pools);
  await using euros = await openLedger(pools, { currency: 'EUR' });
  const member = newId();
  const walletIn = (currency: string) => asService(pools, (tx) => openWallet(tx, member, currency));
  const topUpIn = (currency: string) =>
    asService(pools, (tx) =>
      creditTopUp(tx, {
        topUpId: newId(),
        memberId: member,
        amountMicro: usd('5'),
        currency,
        source: { code: 1100, label: 'stripe' },
      }),
    );
  const aHold = (walletId: bigint, generationId = newId()) => ({
    id: holdIdOf(generationId),
    walletId,
    amountMicro: usd('1'),
    generationId,
    leaseSeconds: 60,
    deadline: null,
  });
  const [inUsd, inEur] = [await walletIn('USD'), await walletIn('EUR')];
  await topUpIn('USD');
  await topUpIn('EUR');
  const open = aHold(inUsd);
  await dollars.hold(open);
  expect(await auditLedger(pools, 'start')).toMatchObject({ ok: true, stopped: [] });

  const change = (by: string) =>
    asSuperuser(database, async (client) => {
      await client.query('set session_replication_role = replica');
      await client.query(`update ledger.account set credits_posted = credits_posted ${by} where id = $1`, [
        inUsd,
      ]);
    });
  await change('+ 1');
  const audit = await auditLedger(pools, 'last');
  expect(audit).toMatchObject({ ok: false, stopped: ['USD'] });
  expect(audit.findings.map(({ invariant }) => invariant)).toContain('I4');
  // Found again, it is stopped already.
  expect(await auditLedger(pools, 'last')).toMatchObject({ ok: false, stopped: [] });
  expect(await asService(pools, booksState)).toMatchObject({ stopped: ['USD'] });

  // Alone and in a batch, held or captured, moved by a flow, by a process that starts now: nothing is posted.
  const refused = { status: 'stopped' };
  expect(await dollars.hold(aHold(inUsd))).toMatchObject(refused);
  const settlement = {
    holdId: open.id,
    id: captureIdOf(open.generationId),
    amountMicro: usd('0.5'),
  };
  expect(
    await Promise.all([dollars.hold(aHold(inUsd)), dollars.capture(settlement), dollars.release(open.id)]),
  ).toMatchObject([refused, refused, refused]);
  await expect(topUpIn('USD')).rejects.toThrow(LedgerRefusal);
  await expect(topUpIn('USD')).rejects.toMatchObject({ status: 'stopped', problem: 'posting-paused' });
  await using late = await openLedger(pools);
  expect(await late.hold(aHold(inUsd))).toMatchObject(refused);
  // A repeat of what was posted before is no posting.
  expect(await dollars.hold(open)).toMatchObject({ status: 'replay' });

  // Other currencies go on.
  const other = aHold(inEur);
  expect(await euros.hold(other)).toMatchObject({ status: 'ok' });
  expect(
    await euros.capture({
      holdId: other.id,
      id: captureIdOf(other.generationId),
      amountMicro: usd('0.5'),
    }),
  ).toMatchObject({ status: 'ok' });
  await topUpIn('EUR');

  await change('- 1');
  const staffId = newId();
  const lift = { currency: 'USD', staffId, reason: 'a disk was repaired, see the report' };
  await expect(
    asStaff(pools, 'support', staffId, (tx) => liftStop(tx as never, lift)),
    'support may not',
  ).rejects.toThrow(/permission denied/);
  expect(await asStaff(pools, 'finance', staffId, (tx) => liftStop(tx, lift))).toBe(true);
  expect(await asStaff(pools, 'finance', staffId, (tx) => liftStop(tx, lift))).toBe(false);
  expect(await asService(pools, standingStops)).toEqual([]);
  expect(await dollars.capture(settlement)).toEqual({ status: 'ok', capturedMicro: usd('0.5') });
  await topUpIn('USD');
  expect(await auditLedger(pools, 'start')).toMatchObject({ ok: true, findings: [] });
  await late[Symbol.asyncDispose]();
  await euros[Symbol.asyncDispose]();
  await dollars[Symbol.asyncDispose]();
  await database.drop();
}, 60_000);
