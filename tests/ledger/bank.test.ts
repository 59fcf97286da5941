import { expect, test } from 'vitest';
import { auditLedger } from '#server/ledger/audit.ts';
import { sealLedger } from '#server/ledger/seal.ts';
import { testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { startTeller } from './teller.ts';

const database = testDatabase();
const long = process.env.MLUEN_LONG !== undefined;

test('several processes move money over the same five wallets while a reader finds no moment at which it does not add up', async () => {
  const { pools } = database();
  const members = await Promise.all([1, 2, 3, 4, 5].map(() => aWallet(pools, { cash: usd('20') })));
  const tellers = await Promise.all(
    Array.from({ length: long ? 4 : 3 }, () => startTeller(database(), { members, callers: 12 })),
  );
  const wanted = long ? 40_000 : 3_000;
  let looks = 0;
  while (tellers.reduce((sum, teller) => sum + teller.told.length, 0) < wanted) {
    const { rows } = await pools.worker.query<{ wrong: bigint; short: bigint; open: bigint }>(`
      select (select count(*) from (select 1 from ledger.account group by currency
          having sum(debits_posted::numeric - credits_posted) <> 0 or sum(debits_pending::numeric - credits_pending)
            <> coalesce((select sum(h.amount) from ledger.hold h where h.currency = account.currency and h.code in ('hold', 'cap_hold')), 0)) x) as wrong,
        (select count(*) from ledger.account where code = 2100 and debits_pending + debits_posted > credits_posted) as short,
        (select coalesce(sum(debits_pending), 0) from ledger.account where code = 2100)::bigint
          - (select coalesce(sum(amount), 0) from ledger.hold)::bigint as open`);
    expect(rows).toEqual([{ wrong: 0n, short: 0n, open: 0n }]);
    looks++;
    if (looks % 10 === 0) {
      expect(await auditLedger(pools, 'last')).toMatchObject({ ok: true, findings: [] });
      await sealLedger(pools);
    }
  }
  await Promise.all(tellers.map((teller) => teller.stop()));
  expect(looks).toBeGreaterThan(10);
  for (const { told } of tellers) {
    expect(told.filter(({ kind }) => kind === 'failed')).toEqual([]);
    expect(new Set(told.map(({ kind }) => kind))).toContain('refused');
  }
  await sealLedger(pools);
  expect(await auditLedger(pools, 'last')).toMatchObject({ ok: true, findings: [] });
  expect(await auditLedger(pools, 'start')).toMatchObject({ ok: true, findings: [] });
}, 300_000);

test('the history by versions, replayed in order, gives the balances; and per account that order is the order of time', async () => {
  const { pools } = database();
  const { rows } = await pools.worker.query<{
    kind: string;
    amount: bigint;
    pending: bigint | null;
    debit_account: bigint;
    credit_account: bigint;
    debit_version: bigint;
    credit_version: bigint;
    created_at: Date;
  }>(`select t.kind, t.amount, p.amount as pending, t.debit_account, t.credit_account, t.debit_version, t.credit_version, t.created_at
    from ledger.transfer t left join ledger.transfer p on p.id = t.pending_id order by t.seq`);
  expect(rows.length).toBeGreaterThan(1_000);
  const accounts = new Map<bigint, { version: bigint; at: Date; available: bigint; posted: bigint }>();
  const of = (id: bigint) => {
    const known = accounts.get(id) ?? { version: 0n, at: new Date(0), available: 0n, posted: 0n };
    accounts.set(id, known);
    return known;
  };
  const wallets = new Set(
    (await pools.worker.query<{ id: bigint }>('select id from ledger.account where code = 2100')).rows.map(
      ({ id }) => id,
    ),
  );
  for (const row of rows) {
    const moved = row.kind === 'single' || row.kind === 'post' ? row.amount : 0n;
    const held = row.kind === 'pending' ? row.amount : -(row.pending ?? 0n);
    for (const [id, version, sign] of [
      [row.debit_account, row.debit_version, -1n],
      [row.credit_account, row.credit_version, 1n],
    ] as const) {
      // What a hold of a generation is earned on changes at its capture.
      if (version === 0n && sign === 1n && moved === 0n) continue;
      const account = of(id);
      expect(version).toBe(account.version + 1n);
      expect(row.created_at.getTime()).toBeGreaterThanOrEqual(account.at.getTime());
      account.version = version;
      account.at = row.created_at;
      account.posted += sign * moved;
      account.available += sign * moved - (sign === -1n ? held : 0n);
      if (wallets.has(id)) expect(account.available).toBeGreaterThanOrEqual(0n);
    }
  }
  const { rows: now } = await pools.worker.query<{
    id: bigint;
    version: bigint;
    posted: bigint;
    available: bigint;
  }>(
    `select id, version, credits_posted - debits_posted as posted, credits_posted - debits_posted - debits_pending as available
    from ledger.account where version > 0`,
  );
  expect(now.map(({ id }) => id).sort()).toEqual([...accounts.keys()].sort());
  for (const { id, ...totals } of now) expect(of(id)).toMatchObject(totals);
});
