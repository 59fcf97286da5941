import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { setCap } from '#server/ledger/flows/cap.ts';
import { accountOf, post } from '#server/ledger/ledger.ts';
import { type LedgerItem, settleAndHold } from '#server/ledger/posting.ts';
import { stopFor } from '#server/ledger/stops.ts';
import { captureIdOf, derivedId, holdIdOf } from '#server/ledger/transfer.ts';
import { asSuperuser, freshDatabase, type TestDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';

// Each guard of the ledger is taken away alone, and the check that is named after it must then fail. A check that
// passes without its guard would be no check.

type Check = (database: TestDatabase) => Promise<void>;

const aHold = (walletId: bigint, amountMicro: bigint, generationId = newId()) => ({
  id: holdIdOf(generationId),
  walletId,
  amountMicro,
  generationId,
  leaseSeconds: 60,
  deadline: null,
});

const revenueOf = ({ pools }: TestDatabase, shard: number) =>
  asService(pools, (tx) => accountOf(tx, { code: 3100, shard }));

/** Sends batches on as many connections at once, each on its own revenue shard, as processes do. */
async function together(database: TestDatabase, batches: LedgerItem[][]) {
  const shards: bigint[] = [];
  for (const [n] of batches.entries()) shards.push(await revenueOf(database, n));
  // All are awaited before one's failure is told, so that no connection is still at work.
  const settled = await Promise.allSettled(
    batches.map((items, n) => settleAndHold(database.pools, items, shards[n]!)),
  );
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** Sends batches while a wallet is locked by someone else, and lets it go once all of them wait. */
async function meeting(database: TestDatabase, locked: bigint, batches: LedgerItem[][]) {
  return asSuperuser(database, async (client) => {
    await client.query('begin');
    await client.query('select 1 from ledger.account where id = $1 for no key update', [locked]);
    const all = together(database, batches);
    all.catch(() => undefined); // the caller looks at it
    for (let waiting = 0n; waiting < BigInt(batches.length); ) {
      const { rows } = await client.query<{ waiting: bigint }>(
        `select count(distinct w.pid) as waiting from pg_locks w where not w.granted and exists (select 1 from pg_locks m
          where m.pid = w.pid and m.database = (select oid from pg_database where datname = current_database()))`,
      );
      waiting = rows[0]!.waiting;
    }
    await client.query('commit');
    return all;
  });
}

const noOverspending: Check = async (database) => {
  const { walletId } = await aWallet(database.pools, { cash: usd('1') });
  // Two in a batch: a lone hold takes the short way, whose one statement locks and decides.
  const all = () => [{ hold: aHold(walletId, usd('1')) }, { hold: aHold(walletId, 0n) }];
  const results = await meeting(database, walletId, [all(), all()]);
  expect(
    results
      .flat()
      .map(({ status }) => status)
      .sort(),
  ).toEqual(['insufficient', 'ok', 'ok', 'ok']);
};

const noDeadlock: Check = async (database) => {
  const wallets: bigint[] = [];
  for (let n = 0; n < 3; n++) wallets.push((await aWallet(database.pools)).walletId);
  const [first, second, third] = wallets as [bigint, bigint, bigint];
  const over = (ids: bigint[]) => ids.map((id) => ({ hold: aHold(id, 1n) }));
  const results = await meeting(database, third, [
    over([first, third, second]),
    over([second, third, first]),
  ]);
  expect(new Set(results.flat().map(({ status }) => status))).toEqual(new Set(['ok']));
};

const otherContentIsRefused: Check = async (database) => {
  const { walletId } = await aWallet(database.pools);
  const revenue = await revenueOf(database, 0);
  const hold = aHold(walletId, usd('1'));
  await settleAndHold(database.pools, [{ hold }], revenue);
  const [again] = await settleAndHold(
    database.pools,
    [{ hold: { ...hold, amountMicro: usd('2') } }],
    revenue,
  );
  expect(again!.status).toBe('mismatch');
};

const resolvedOnce: Check = async (database) => {
  // What the function would do with a fault in it: two resolutions of one pending transfer.
  const { walletId } = await aWallet(database.pools);
  const hold = aHold(walletId, usd('1'));
  await settleAndHold(database.pools, [{ hold }], await revenueOf(database, 0));
  const twice = asSuperuser(database, (client) =>
    client.query(
      `insert into ledger.transfer select (jsonb_populate_record(t, jsonb_build_object('id', n, 'kind', 'void', 'pending_id', t.id,
        'seq', nextval('ledger.transfer_seq')))).* from ledger.transfer t, unnest($2::uuid[]) n where t.id = $1`,
      [hold.id, [derivedId(hold.id, 'one'), derivedId(hold.id, 'two')]],
    ),
  );
  await expect(twice).rejects.toThrow(/resolved_once/);
};

const oneCurrency: Check = async (database) => {
  const statuses = await asService(database.pools, async (tx) =>
    post(tx, [
      {
        id: newId(),
        kind: 'single',
        code: 'top_up',
        debit: await accountOf(tx, { code: 1100, label: 'stripe', currency: 'KES' }),
        credit: await accountOf(tx, { ownerId: newId(), code: 2100 }),
        amountMicro: 1n,
        currency: 'USD',
        groupId: newId(),
      },
    ]),
  );
  expect(statuses).toEqual(['currency']);
};

const neverAboveTheHold: Check = async (database) => {
  const { pools } = database;
  const { walletId } = await aWallet(pools);
  const revenue = await revenueOf(database, 0);
  const hold = aHold(walletId, usd('1'));
  await settleAndHold(pools, [{ hold }], revenue);
  const [result] = await settleAndHold(
    pools,
    [{ settlement: { holdId: hold.id, id: captureIdOf(hold.generationId), amountMicro: usd('2') } }],
    revenue,
  );
  expect(result).toEqual({ status: 'exceeds', capturedMicro: usd('1') });
};

const neverBelowZero: Check = async (database) => {
  const { walletId } = await aWallet(database.pools, { cash: usd('1') });
  const overdraw = asSuperuser(database, (client) =>
    client.query('update ledger.account set debits_posted = credits_posted + 1 where id = $1', [walletId]),
  );
  await expect(overdraw).rejects.toThrow(/no_overdraft/);
};

const rowsStay: Check = async (database) => {
  await aWallet(database.pools);
  const change = asSuperuser(database, async (client) => {
    await client.query('set role mluen_owner');
    await client.query('update ledger.transfer set amount = amount + 1');
  });
  await expect(change).rejects.toThrow(/only appends/);
};

const arrivalOrder: Check = async (database) => {
  const { walletId } = await aWallet(database.pools, { cash: usd('1') });
  const results = await settleAndHold(
    database.pools,
    ['5', '1'].map((amount) => ({ hold: aHold(walletId, usd(amount)) })),
    await revenueOf(database, 0),
  );
  expect(results.map(({ status }) => status)).toEqual(['insufficient', 'ok']);
};

const neverAboveTheCap: Check = async (database) => {
  const { pools } = database;
  const { memberId, walletId } = await aWallet(pools);
  await asService(pools, (tx) =>
    setCap(tx, memberId, { apiKeyId: null, period: 'month', limitMicro: usd('1') }),
  );
  const revenue = await revenueOf(database, 0);
  const first = aHold(walletId, usd('0.6'));
  const [ok] = await settleAndHold(pools, [{ hold: first }], revenue);
  const [refused] = await settleAndHold(pools, [{ hold: aHold(walletId, usd('0.6')) }], revenue);
  expect([ok!.status, refused]).toEqual(['ok', { status: 'capped', availableMicro: usd('0.4') }]);
};

const capsSeeEveryHold: Check = async (database) => {
  const { pools } = database;
  const { memberId, walletId } = await aWallet(pools);
  await asService(pools, (tx) =>
    setCap(tx, memberId, { apiKeyId: null, period: 'month', limitMicro: usd('1') }),
  );
  const [refused] = await settleAndHold(
    pools,
    [{ hold: aHold(walletId, usd('2')) }],
    await revenueOf(database, 0),
  );
  expect(refused!.status).toBe('capped');
};

const stoppedIsStopped: Check = async (database) => {
  const { pools } = database;
  const { walletId } = await aWallet(pools);
  const revenue = await revenueOf(database, 0);
  const before = aHold(walletId, 1n);
  await settleAndHold(pools, [{ hold: before }], revenue);
  await stopFor(pools, [
    { invariant: 'I1', account: null, transfer: null, currency: 'USD', message: 'as if' },
  ]);
  const [alone] = await settleAndHold(pools, [{ hold: aHold(walletId, 1n) }], revenue);
  const [capture, hold] = await settleAndHold(
    pools,
    [
      { settlement: { holdId: before.id, id: captureIdOf(before.generationId), amountMicro: 1n } },
      { hold: aHold(walletId, 1n) },
    ],
    revenue,
  );
  expect([alone!.status, capture!.status, hold!.status]).toEqual(['stopped', 'stopped', 'stopped']);
};

const source = readFileSync(join(import.meta.dirname, '../../server/ledger/ledger.sql'), 'utf8');
const LOCK = 'perform 1 from ledger.account a where a.id = any (accounts) order by a.id for no key update;';

/** A part of the functions is replaced; it must be there. */
const inSource = (from: string | RegExp, to: string) => (): string => {
  const changed = source.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
  if (changed === source) throw new Error(`the ledger's functions do not contain: ${from}`);
  return changed;
};

const guards: { guard: string; remove: () => string; check: Check }[] = [
  { guard: 'the lock', remove: inSource(LOCK, ''), check: noOverspending },
  {
    guard: 'the order of the locks',
    remove: inSource(
      LOCK,
      'for n in 1 .. coalesce(cardinality(accounts), 0) loop perform 1 from ledger.account a where a.id = accounts[n] for no key update; end loop;',
    ),
    check: noDeadlock,
  },
  {
    guard: 'the hash of the request',
    remove: inSource(/ and known\.request_hash = hash/, ''),
    check: otherContentIsRefused,
  },
  {
    guard: 'the unique index on what is resolved',
    remove: () =>
      `do $$ declare i record; begin for i in select indexrelid::regclass as name from pg_index where indexrelid::regclass::text like '%resolved_once' loop
        execute 'drop index ' || i.name; end loop; end $$`,
    check: resolvedOnce,
  },
  {
    guard: 'the comparison of currencies',
    remove: inSource(/if debit\.currency <> .* then return 8; end if;/, ''),
    check: oneCurrency,
  },
  {
    guard: 'the bound of a capture',
    remove: inSource('greatest(0, least(g.amount, g.asked', '(greatest(0, g.asked'),
    check: neverAboveTheHold,
  },
  {
    guard: 'the constraint against overdrafts',
    remove: () => 'alter table ledger.account drop constraint no_overdraft',
    check: neverBelowZero,
  },
  {
    guard: 'the trigger that keeps posted rows',
    remove: () => 'drop trigger only_append on ledger.transfer',
    check: rowsStay,
  },
  {
    guard: 'the comparison with the caps',
    remove: inSource('if wanted > allowed then status := 13', 'if false then status := 13'),
    check: neverAboveTheCap,
  },
  {
    guard: 'the look at caps by a lone hold',
    remove: inSource('and not a.promo and not a.capped and', 'and not a.promo and'),
    check: capsSeeEveryHold,
  },
  {
    guard: 'the look at stops by a lone hold',
    remove: inSource('and r.code = 3100 and not r.frozen)', 'and r.code = 3100)'),
    check: stoppedIsStopped,
  },
  {
    guard: 'the look at stops by settlements',
    remove: inSource('if stopped or settles > 1', 'if settles > 1'),
    check: stoppedIsStopped,
  },
  {
    guard: 'the decision one by one',
    remove: inSource('case when j.plain then 0 else -1 end', 'case when j.plain then 0 else 3 end'),
    check: arrivalOrder,
  },
];

describe.each(guards)('$guard', ({ remove, check }) => {
  test('with it, its check passes', async () => {
    const database = await freshDatabase();
    try {
      await check(database);
    } finally {
      await database.drop();
    }
  });

  test('without it, its check fails', async () => {
    const database = await freshDatabase();
    try {
      await asSuperuser(database, async (client) => {
        await client.query('set role mluen_owner');
        await client.query(remove());
      });
      await expect(check(database)).rejects.toThrow();
    } finally {
      await database.drop();
    }
  });
});
