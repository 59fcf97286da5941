import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '#server/artifacts/store.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { anchorNewestSeal } from '#server/ledger/anchor.ts';
import { type Archives, archiveMonth, monthToArchive } from '#server/ledger/archive.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { setCap } from '#server/ledger/flows/cap.ts';
import { creditTopUp } from '#server/ledger/flows/top-up.ts';
import { openWallet } from '#server/ledger/ledger.ts';
import { type Ledger, openLedger } from '#server/ledger/posting.ts';
import { sealLedger } from '#server/ledger/seal.ts';
import { signingKey } from '#server/ledger/signing.ts';
import { statementOf } from '#server/ledger/statement.ts';
import { faultsOf } from '#server/ledger/statement-faults.ts';
import { statementJson } from '#server/ledger/statement-files.ts';
import { captureIdOf, holdIdOf, releaseIdOf } from '#server/ledger/transfer.ts';
import { asSuperuser, freshDatabase, type TestDatabase } from '#tests/support/database.ts';
import { usd } from '#tests/support/money.ts';

let database: TestDatabase;
let ledger: Ledger;
let dir: string;
let archives: Archives;
beforeEach(async () => {
  database = await freshDatabase();
  ledger = await openLedger(database.pools);
  dir = mkdtempSync(join(tmpdir(), 'mluen-archive-'));
  const store = openStore(join(dir, 'files'));
  const content = { version: 0, key: createSecretKey(randomBytes(32)) };
  archives = {
    key: signingKey('a secret of the test'),
    place: {
      write: (id, bytes) => store.put(content, id, bytes),
      read: (id, bytes) => store.read(content, id, bytes),
    },
  };
  for (const month of ['2021-01-15', '2021-02-15'])
    await asService(database.pools, (tx) =>
      tx.selectNoFrom(({ fn, val }) => fn('ledger.make_partition', [val(month)]).as('made')).execute(),
    );
});
afterEach(async () => {
  await ledger[Symbol.asyncDispose]();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

/** An id as it was made in a month of old. */
let made = 0;
function idOf(month: string): string {
  return newId(Date.parse(`${month}-10T00:00:00Z`) + ++made);
}

const [JANUARY, FEBRUARY] = ['2021-01', '2021-02'];

/** Members whose money moved in January, February and now, in turns: versions of the months lie between each other. */
async function threeMonths() {
  const members = [idOf(JANUARY!), idOf(JANUARY!)];
  // One has a spend limit: what it counts moves to the archive too.
  const cap = { apiKeyId: null, period: 'month', limitMicro: usd('100') } as const;
  await asService(database.pools, (tx) => setCap(tx, members[0]!, cap));
  let old: string | null = null;
  for (const month of [JANUARY!, FEBRUARY!, JANUARY!, '2026-11'])
    for (const memberId of members) {
      const walletId = await asService(database.pools, async (tx) => {
        await creditTopUp(tx, {
          topUpId: idOf(month),
          memberId,
          amountMicro: usd('5'),
          source: { code: 1100, label: 'stripe' },
        });
        return openWallet(tx, memberId);
      });
      for (const share of ['0', '0.3', '0.4']) {
        const generationId = idOf(month);
        if (share === '0.3') old ??= generationId;
        const id = holdIdOf(generationId);
        await ledger.hold({
          id,
          walletId,
          amountMicro: usd('0.4'),
          generationId,
          leaseSeconds: 60,
          deadline: null,
        });
        if (share === '0') await ledger.release(id);
        else await ledger.capture({ holdId: id, id: captureIdOf(generationId), amountMicro: usd(share) });
      }
      await sealLedger(database.pools);
    }
  return { members, old: old! };
}

/** What must be true before a month may leave. */
async function provedBooks() {
  await sealLedger(database.pools);
  await anchorNewestSeal(database.pools, archives.key, join(dir, 'anchors'));
  expect(await auditLedger(database.pools, 'start')).toMatchObject({ ok: true, findings: [] });
}

async function archived(month = '2021-01-01') {
  expect(await archiveMonth(database.pools, archives, month)).toEqual({
    ok: true,
    transfers: expect.any(BigInt),
  });
}

const balances = (members: string[]) =>
  Promise.all(members.map((id) => asService(database.pools, (tx) => balanceOf(tx, id))));
const audit = () => auditLedger(database.pools, 'start', archives);
const tamper = (statement: string) =>
  asSuperuser(database, async (client) => {
    await client.query('set session_replication_role = replica');
    expect((await client.query(statement)).rowCount).toBeGreaterThan(0);
  });

test('two months leave, oldest first; every balance is as before and proved from its opening balance on', async () => {
  const { members } = await threeMonths();
  await provedBooks();
  const before = await balances(members);
  expect(await monthToArchive(database.pools, 24)).toBe('2021-01-01');
  expect(await archiveMonth(database.pools, archives, '2021-02-01')).toEqual({
    ok: false,
    why: 'not_the_oldest',
  });
  await archived('2021-01-01');
  expect(await monthToArchive(database.pools, 24)).toBe('2021-02-01');
  await archived('2021-02-01');
  expect(await monthToArchive(database.pools, 24)).toBeNull();
  expect(await balances(members)).toEqual(before);
  expect(await audit()).toMatchObject({ ok: true, findings: [] });
  expect(await archiveMonth(database.pools, archives, '2021-01-01')).toEqual({
    ok: false,
    why: 'dropped_before',
  });
  // Life goes on, and each further round is sound.
  const walletId = await asService(database.pools, (tx) => openWallet(tx, members[0]!));
  const generationId = idOf('2026-11');
  await ledger.hold({
    id: holdIdOf(generationId),
    walletId,
    amountMicro: usd('1'),
    generationId,
    leaseSeconds: 60,
    deadline: null,
  });
  await sealLedger(database.pools);
  expect(await auditLedger(database.pools, 'last')).toMatchObject({ ok: true, findings: [] });
  expect(await audit()).toMatchObject({ ok: true, findings: [] });
});

test('a month stays while anything of it is open, not anchored, not audited or too young', async () => {
  const { members } = await threeMonths();
  const stays = (month = '2021-01-01') => archiveMonth(database.pools, archives, month);
  expect(await stays()).toEqual({ ok: false, why: 'not_anchored' });
  await sealLedger(database.pools);
  await anchorNewestSeal(database.pools, archives.key, join(dir, 'anchors'));
  expect(await stays()).toEqual({ ok: false, why: 'not_audited' });
  await provedBooks();
  const generationId = idOf(JANUARY!);
  const walletId = await asService(database.pools, (tx) => openWallet(tx, members[0]!));
  await ledger.hold({
    id: holdIdOf(generationId),
    walletId,
    amountMicro: usd('1'),
    generationId,
    leaseSeconds: 60,
    deadline: null,
  });
  expect(await stays()).toEqual({ ok: false, why: 'held' });
  await ledger.release(holdIdOf(generationId));
  await provedBooks();
  await asService(database.pools, (tx) =>
    creditTopUp(tx, {
      topUpId: idOf(JANUARY!),
      memberId: members[0]!,
      amountMicro: usd('1'),
      source: { code: 1100, label: 'stripe' },
    }),
  );
  expect(await stays()).toEqual({ ok: false, why: 'not_anchored' });
  expect(await archiveMonth(database.pools, archives, '2026-10-01')).toEqual({ ok: false, why: 'too_young' });
});

test('an old id is refused after its month has left, and no partition of that month is made again', async () => {
  const { members, old } = await threeMonths();
  await provedBooks();
  const walletId = await asService(database.pools, (tx) => openWallet(tx, members[0]!));
  const again = {
    id: holdIdOf(old),
    walletId,
    amountMicro: usd('0.4'),
    generationId: old,
    leaseSeconds: 60,
    deadline: null,
  };
  expect((await ledger.hold(again)).status).toBe('replay');
  await archived();
  await expect(ledger.hold(again)).rejects.toThrow(/archived: it was posted or refused then/);
  expect(
    (await ledger.capture({ holdId: again.id, id: captureIdOf(old), amountMicro: usd('0.3') })).status,
  ).toBe('not_found');
  expect(
    (await ledger.capture({ holdId: again.id, id: releaseIdOf(again.id), amountMicro: 0n })).status,
  ).toBe('not_found');
  const [{ made: isMade } = { made: true }] = await asService(database.pools, (tx) =>
    tx
      .selectNoFrom(({ fn, val }) => fn<boolean>('ledger.make_partition', [val('2021-01-20')]).as('made'))
      .execute(),
  );
  expect(isMade).toBe(false);
  expect(await audit()).toMatchObject({ ok: true, findings: [] });
});

test('a file of an earlier try that is not whole is written again', async () => {
  await threeMonths();
  await provedBooks();
  const broken = { ...archives.place, read: () => Readable.from([Buffer.from('nothing')]) };
  expect(await archiveMonth(database.pools, { ...archives, place: broken }, '2021-01-01')).toEqual({
    ok: false,
    why: 'file_not_whole',
  });
  await archived();
  expect(await audit()).toMatchObject({ ok: true, findings: [] });
});

test('an altered archive file is named', async () => {
  await threeMonths();
  await provedBooks();
  await archived();
  const files = readdirSync(join(dir, 'files'), { recursive: true, encoding: 'utf8' });
  const file = join(dir, 'files', files.find((name) => name.length > 10)!);
  const bytes = readFileSync(file);
  bytes[bytes.length - 40]! ^= 1;
  writeFileSync(file, bytes);
  const { ok, findings } = await audit();
  expect(ok).toBe(false);
  expect(findings).toContainEqual(
    expect.objectContaining({
      invariant: 'archive',
      message: expect.stringMatching(/^archive of 2021-01-01: its file cannot be read/),
    }),
  );
});

test.each([
  [
    'an opening balance',
    'update ledger.archived_run set after = after + 1, credits_posted = credits_posted + 1 where from_version = 1',
    /^I4: /,
    /^archive: .*the opening balances of account \d+ are not those of its file/,
  ],
  [
    'an opening balance that is gone',
    'delete from ledger.archived_run where from_version = 1',
    /^I5: account \d+ goes from version 0/,
    /^archive: .*the opening balances of account/,
  ],
  [
    'the leaves of a seal',
    `update ledger.seal set leaves = overlay(leaves placing '\\x00'::bytea from 5) where number = 1`,
    /^seal: the leaves of seal 1 were changed/,
    /^archive: .*is not what seal 1 says/,
  ],
  [
    'the list of what a seal lost',
    `update ledger.archived_leaf set positions = '{[0,1)}' where seal_number = 1`,
    /^seal: seal 1.*transfers are gone/,
    /^archive: .*which rows of seal 1 it holds is told differently/,
  ],
  [
    'the record of the file',
    `update ledger.archive set digest = sha256('other')`,
    /^archive: .*not signed by this ledger/,
    /^archive: .*not the one that was signed/,
  ],
] as const)('tampering with %s is named', async (_, statement, first, second) => {
  await threeMonths();
  await provedBooks();
  await archived();
  await tamper(statement);
  const said = (await audit()).findings.map(({ invariant, message }) => `${invariant}: ${message}`);
  expect(said).toContainEqual(expect.stringMatching(first));
  expect(said).toContainEqual(expect.stringMatching(second));
});

test('no role of the running application may drop, detach or change what was archived', async () => {
  await threeMonths();
  await provedBooks();
  const tried = (statement: string) => database.pools.worker.query(statement);
  await expect(tried('drop table ledger.transfer_2021_01')).rejects.toThrow(/must be owner/);
  await expect(tried('alter table ledger.transfer detach partition ledger.transfer_2021_01')).rejects.toThrow(
    /must be owner/,
  );
  await archived();
  await expect(tried('update ledger.archived_run set after = 0')).rejects.toThrow(/permission denied/);
  await expect(tried('delete from ledger.archive')).rejects.toThrow(/permission denied/);
});

test('a statement over archived time begins with the balance after it and says so; later ones are whole and prove themselves', async () => {
  const { members } = await threeMonths();
  await provedBooks();
  const memberId = members[0]!;
  const read = (from: string) =>
    asMember(database.pools, memberId, (tx) =>
      statementOf(tx, { memberId, from: new Date(from), to: new Date('2027-01-01') }),
    );
  const whole = (await read('2020-01-01'))!;
  await archived();
  const rest = (await read('2020-01-01'))!;
  expect(whole.archivedUntil).toBeNull();
  expect(rest.archivedUntil).not.toBeNull();
  expect(rest.closingMicro).toBe(whole.closingMicro);
  expect(rest.lines.length).toBeGreaterThan(0);
  const begins = whole.lines.find(({ at }) => at > rest.archivedUntil!)!;
  expect(rest.lines.map(({ row }) => row)).toEqual(
    whole.lines.slice(whole.lines.indexOf(begins)).map(({ row }) => row),
  );
  expect(BigInt(rest.openingMicro)).toBe(BigInt(begins.balanceMicro) - BigInt(begins.changeMicro));
  expect(faultsOf(statementJson(rest, archives.key), archives.key.publicKey)).toEqual([]);
});
