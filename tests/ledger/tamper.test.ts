import type pg from 'pg';
import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { grantPromotion } from '#server/ledger/flows/promotion.ts';
import { openLedger } from '#server/ledger/posting.ts';
import { sealLedger } from '#server/ledger/seal.ts';
import { captureIdOf, holdIdOf } from '#server/ledger/transfer.ts';
import { asSuperuser, freshDatabase, type TestDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';

/** A ledger with some of everything in it, sealed and audited. */
async function aLedger(): Promise<TestDatabase> {
  const database = await freshDatabase();
  const { pools } = database;
  await using ledger = await openLedger(pools);
  for (let n = 0; n < 5; n++) {
    const { memberId, walletId } = await aWallet(pools, { cash: usd('5') });
    if (n === 0)
      await asService(pools, (tx) =>
        grantPromotion(tx, { grantId: newId(), memberId, amountMicro: usd('1') }),
      );
    for (let k = 0; k < 4; k++) {
      const generationId = newId();
      const id = holdIdOf(generationId);
      await ledger.hold({
        id,
        walletId,
        amountMicro: usd('0.4'),
        generationId,
        leaseSeconds: 60,
        deadline: null,
      });
      if (k === 0) await ledger.release(id);
      if (k > 1) await ledger.capture({ holdId: id, id: captureIdOf(generationId), amountMicro: usd('0.3') });
    }
    await sealLedger(pools);
  }
  expect(await auditLedger(pools, 'start')).toMatchObject({ ok: true, findings: [] });
  return database;
}

/** Triggers, policies and checks do not stop a superuser: what they did must come to light. */
async function tampered(change: (client: pg.Client) => Promise<unknown>): Promise<string[]> {
  const database = await aLedger();
  try {
    await asSuperuser(database, async (client) => {
      await client.query('set session_replication_role = replica');
      await change(client);
    });
    const { ok, findings } = await auditLedger(database.pools, 'start');
    expect(ok).toBe(false);
    return findings.map(({ invariant, message }) => `${invariant}: ${message}`);
  } finally {
    await database.drop();
  }
}

const aTransfer = async (client: pg.Client, where = "code = 'capture'") =>
  (
    await client.query<{ id: string; seq: bigint; debit_account: bigint }>(
      `select id, seq, debit_account from ledger.transfer where ${where} order by seq offset 2 limit 1`,
    )
  ).rows[0]!;

test('a changed amount is found, and the transfer is named', async () => {
  let id = '';
  const findings = await tampered(async (client) => {
    ({ id } = await aTransfer(client));
    await client.query('update ledger.transfer set amount = amount - 1 where id = $1', [id]);
  });
  expect(findings).toContainEqual(expect.stringMatching(new RegExp(`^I4: .*after transfer ${id}`)));
  expect(findings).toContainEqual(
    expect.stringMatching(new RegExp(`^seal: .*transfer ${id} .*not what was sealed`)),
  );
});

test('a reason written in afterwards is found by the seal alone', async () => {
  let id = '';
  const findings = await tampered(async (client) => {
    ({ id } = await aTransfer(client));
    await client.query("update ledger.transfer set reason = 'as agreed' where id = $1", [id]);
  });
  expect(findings).toEqual([expect.stringMatching(new RegExp(`^seal: .*transfer ${id} `))]);
});

test('a deleted transfer leaves a gap at its place', async () => {
  let seq = 0n;
  const findings = await tampered(async (client) => {
    const found = await aTransfer(client);
    ({ seq } = found);
    await client.query('delete from ledger.transfer where id = $1', [found.id]);
  });
  expect(findings).toContainEqual(expect.stringMatching(/^I5: account \d+ goes from version/));
  expect(findings).toContainEqual(
    expect.stringMatching(new RegExp(`^seal: .*1 of \\d+ transfers are gone.*(number ${seq + 1n}|its end)`)),
  );
});

test('a truncated ledger is found', async () => {
  const findings = await tampered((client) => client.query('truncate ledger.transfer'));
  expect(findings).toContainEqual(expect.stringMatching(/^I4: the totals of account/));
  expect(findings).toContainEqual(expect.stringMatching(/^seal: .*transfers are gone/));
});

test('two transfers that changed places are found', async () => {
  const findings = await tampered(async (client) => {
    const { rows } = await client.query<{ id: string; seq: bigint }>(
      "select id, seq from ledger.transfer where code = 'capture' order by seq limit 2",
    );
    await client.query(
      'update ledger.transfer set seq = case id when $1::uuid then $4::bigint else $3::bigint end where id in ($1, $2)',
      [rows[0]!.id, rows[1]!.id, rows[0]!.seq, rows[1]!.seq],
    );
  });
  expect(findings).toContainEqual(expect.stringMatching(/^seal: .*not what was sealed/));
});

test('a balance raised by hand is found', async () => {
  const findings = await tampered((client) =>
    client.query(
      'update ledger.account set credits_posted = credits_posted + 1000000 where code = 2100 and id = (select min(id) from ledger.account where code = 2100)',
    ),
  );
  expect(findings).toContainEqual(expect.stringMatching(/^I1: debits and credits of USD differ/));
  expect(findings).toContainEqual(expect.stringMatching(/^I4: the totals of account \d+ \(code 2100\)/));
});

test('a hold that vanished is found', async () => {
  const findings = await tampered((client) => client.query('delete from ledger.hold where leg = 0'));
  expect(findings).toContainEqual(
    expect.stringMatching(/^I6: pending transfer .* is neither resolved nor held/),
  );
});

test('a seal made anew over changed rows does not fit the next one', async () => {
  const findings = await tampered((client) =>
    client.query("update ledger.seal set root = sha256('x'), hash = sha256('y') where number = 2"),
  );
  expect(findings).toContainEqual('seal: seal 2 was changed after it was made');
  expect(findings).toContainEqual('seal: seal 3 does not follow from seal 2');
});

test('the incremental round sees what came since, and a change of totals at once', async () => {
  const database = await aLedger();
  try {
    const { pools } = database;
    expect(await auditLedger(pools, 'last')).toMatchObject({ ok: true, checkedTransfers: 0 });
    await aWallet(pools);
    expect(await auditLedger(pools, 'last')).toMatchObject({ ok: true, checkedTransfers: 1 });
    await asSuperuser(database, (client) =>
      client.query('update ledger.account set debits_posted = debits_posted + 1 where code = 1100'),
    );
    expect(await auditLedger(pools, 'last')).toMatchObject({ ok: false });
  } finally {
    await database.drop();
  }
});

test('nobody changes posted rows, not even the owner', async () => {
  const database = await aLedger();
  try {
    for (const statement of [
      'update ledger.transfer set amount = 1',
      'delete from ledger.transfer',
      'truncate ledger.transfer',
      'truncate ledger.transfer_default',
      'delete from ledger.account',
      'update ledger.account set debits_posted = 0 where debits_posted > 0',
      'update ledger.seal set number = number + 100',
    ]) {
      const asOwner = asSuperuser(database, async (client) => {
        await client.query('set role mluen_owner');
        await client.query(statement);
      });
      await expect(asOwner, statement).rejects.toThrow(/the ledger only appends|referenced in a foreign key/);
      const asServant = asService(database.pools, (tx) =>
        tx.executeQuery({ sql: statement, parameters: [] } as never),
      );
      await expect(asServant, statement).rejects.toThrow(/permission denied/);
    }
  } finally {
    await database.drop();
  }
});
