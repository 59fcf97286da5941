import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asMember } from '#server/database/transaction.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { aWallet, usd } from '#tests/support/money.ts';
import { anchorNewestSeal, compareAnchors } from './anchor.ts';
import { openLedger } from './posting.ts';
import { sealLedger } from './seal.ts';
import { signingKey } from './signing.ts';
import { statementOf } from './statement.ts';
import { faultsOf } from './statement-faults.ts';
import { type SignedStatement, statementCsv, statementJson, unitsOf } from './statement-files.ts';
import { statementPdf } from './statement-pdf.ts';
import { captureIdOf, holdIdOf } from './transfer.ts';

const database = testDatabase();
const key = signingKey('the secret of an application');

async function aStatement() {
  const { pools } = database();
  await using ledger = await openLedger(pools);
  const { memberId, walletId } = await aWallet(pools, { cash: usd('5') });
  await aWallet(pools);
  for (const cost of ['1.25', '0.000001', '0']) {
    const generationId = newId();
    const id = holdIdOf(generationId);
    const hold = { id, walletId, amountMicro: usd('2'), generationId, leaseSeconds: 60, deadline: null };
    await ledger.hold(hold);
    await ledger.capture({ holdId: id, id: captureIdOf(generationId), amountMicro: usd(cost) });
    await sealLedger(pools);
  }
  const period = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 60_000) };
  const statement = await asMember(pools, memberId, (tx) => statementOf(tx, { memberId, ...period }));
  return statement!;
}

test('a statement adds up, proves each line by its seal, and is found whole without a connection', async () => {
  const statement = await aStatement();
  expect(statement).toMatchObject({ openingMicro: '0', closingMicro: usd('3.749999').toString() });
  expect(statement.lines).toHaveLength(7);
  expect(statement.lines.every(({ proof }) => proof !== null)).toBe(true);
  expect(new Set(statement.lines.map(({ proof }) => proof!.seal)).size).toBe(3);
  const json = statementJson(statement, key);
  expect(faultsOf(json)).toEqual([]);
  expect(faultsOf(json, key.publicKey)).toEqual([]);
  expect(faultsOf(json, signingKey('another secret').publicKey)).toEqual([
    expect.stringMatching(/^The signature does not fit/),
  ]);
  expect(faultsOf('{}')).toEqual(['This is not the JSON of a statement.']);
});

test('whatever is changed in a statement is found, even when it is signed again by someone else', async () => {
  const statement = await aStatement();
  const forger = signingKey('a forger’s secret');
  const forged = (change: (statement: SignedStatement['statement']) => void) => {
    const copy = structuredClone(statement);
    change(copy);
    return faultsOf(statementJson(copy, forger));
  };
  const last = statement.lines.length - 1;
  expect(forged((copy) => (copy.closingMicro = '1'))).toEqual([
    'The closing balance is not the sum of the lines.',
  ]);
  expect(forged((copy) => (copy.lines[last]!.amountMicro = '1'))).toContainEqual(
    expect.stringMatching(/says something else than its row/),
  );
  expect(
    forged((copy) => {
      copy.lines[0]!.row = copy.lines[0]!.row.replace('|5000000|', '|9000000|');
      copy.lines[0]!.amountMicro = '9000000';
    }),
  ).toContainEqual(expect.stringMatching(/does not lead to its seal/));
  expect(forged((copy) => (copy.seals[0]!.root = '00'.repeat(32)))).toContain(
    'Seal 4 does not have the hash that it names.',
  );
});

test('a statement opens as CSV and as PDF', async () => {
  const statement = await aStatement();
  const csv = statementCsv(statement).split('\r\n');
  expect(csv[0]).toBe('time,what,kind,reference,amount USD,change USD,balance USD');
  expect(csv[1]).toMatch(/,top_up,single,[0-9a-f-]{36},5\.00,5\.00,5\.00$/);
  expect(csv).toHaveLength(statement.lines.length + 2);
  const pdf = await statementPdf(statement);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.length).toBeGreaterThan(1_500);
});

test('micro-units become units without losing any', () => {
  expect(['0', '1', '-1', '10000', '1250000', '-12345678', '100000000'].map(unitsOf)).toEqual([
    '0.00',
    '0.000001',
    '-0.000001',
    '0.01',
    '1.25',
    '-12.345678',
    '100.00',
  ]);
});

test('an anchor outside tells when the seals were made anew', async () => {
  const { pools } = database();
  const dir = mkdtempSync(join(tmpdir(), 'mluen-anchors-'));
  try {
    await aStatement();
    const number = await anchorNewestSeal(pools, key, dir);
    expect(number).not.toBeNull();
    expect(await anchorNewestSeal(pools, key, dir)).toBeNull();
    expect(await compareAnchors(pools, key, dir)).toEqual([]);
    expect(await compareAnchors(pools, signingKey('another secret'), dir)).toEqual([
      expect.stringMatching(/is not signed by this ledger’s key|is not signed by this ledger's key/),
    ]);
    await asSuperuser(database(), async (client) => {
      await client.query('set session_replication_role = replica');
      await client.query("update ledger.seal set hash = sha256('made anew') where number = $1", [number]);
    });
    expect(await compareAnchors(pools, key, dir)).toEqual([
      `seal ${number} is not the one that was anchored`,
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
