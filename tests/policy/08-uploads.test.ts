import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aPdf } from '#server/artifacts/incoming/test-pdf.ts';
import { aHugePng, aPhotograph } from '#server/artifacts/incoming/test-pictures.ts';
import { openStore, type Store } from '#server/artifacts/store.ts';
import { localKeyManagement, openVault, type Vault } from '#server/artifacts/vault.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { sealAddress } from '#server/generations/file-address.ts';
import { takeUpload } from '#server/generations/files.ts';
import { publicFileRoutes } from '#server/generations/public-files.ts';
import { removeUnused, removeUpload } from '#server/generations/unused-files.ts';
import { createLog } from '#server/log.ts';
import { aPerson, type TestApp, testApp } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';

const database = testDatabase();
const secret = 'a secret of thirty-two letters or more';
const lines: string[] = [];
const log = createLog('debug', { write: (line) => void lines.push(line) });
let dir: string;
let vault: Vault;
let store: Store;
let app: TestApp;

const parts = () => ({ pools: database().pools, vault, store, log, config: configWith(secret) });
const configWith = (app: string) =>
  ({
    secrets: { app, masterKey: Buffer.alloc(32) },
    PUBLIC_URL: 'http://127.0.0.1:9',
    PROVIDER_IDLE_SECONDS: 5,
  }) as Parameters<typeof publicFileRoutes>[1]['config'];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mluen-uploads-'));
  vault = await openVault(database().pools, localKeyManagement(Buffer.alloc(32, 3)));
  store = openStore(dir);
  app = await testApp(log, (routes) => publicFileRoutes(routes, parts()));
});
afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

async function aMember(): Promise<string> {
  const id = await aPerson(database());
  await asService(database().pools, (tx) => vault.createKey(tx, id));
  return id;
}

const isStored = (id: string): boolean => existsSync(join(dir, id.slice(-2), id));
const storedCount = (): number =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;

async function aRun(memberId: string, fileIds: string[], providerId = 'kling'): Promise<string> {
  const id = newId();
  await asService(database().pools, (tx) =>
    tx
      .insertInto('generations.generation')
      .values({
        userId: memberId,
        id,
        source: 'studio',
        modelId: 'kling/kling-3.0-omni',
        kind: 'video',
        providerId,
        routeId: `${providerId}-sandbox`,
        priceVersion: 'v1',
        state: 'running',
        heldMicro: 1n,
        requestHash: Buffer.alloc(32),
        fileIds,
      })
      .execute(),
  );
  return id;
}

const day = (count: number) => new Date(Date.now() + count * 86_400_000);
const text = Buffer.from('a thought that nobody else should read');

test('8.2 an upload that was never sent goes by itself after two days, and what a run used stays', async () => {
  const member = await aMember();
  const unsent = await takeUpload(parts(), member, 'draft.txt', text);
  const sent = await takeUpload(parts(), member, 'sent.txt', text);
  await aRun(member, [sent.id]);
  await removeUnused(parts(), day(1));
  expect([isStored(unsent.id), isStored(sent.id)]).toEqual([true, true]);
  await removeUnused(parts(), day(3));
  expect([isStored(unsent.id), isStored(sent.id)]).toEqual([false, true]);
  const left = await asMember(database().pools, member, (tx) =>
    tx.selectFrom('artifacts.file').select('id').execute(),
  );
  expect(left).toEqual([{ id: sent.id }]);
});

test('8.2 nobody hoards what was never sent', async () => {
  const member = await aMember();
  const { id } = await takeUpload(parts(), member, 'first.txt', text);
  await asService(database().pools, (tx) =>
    sql`insert into artifacts.file (user_id, id, role, media_type, bytes, name_sealed)
      select user_id, gen_random_uuid(), role, media_type, bytes, name_sealed
      from artifacts.file, generate_series(2, 1000) where id = ${id}`.execute(tx),
  );
  await expect(takeUpload(parts(), member, 'one more.txt', text)).rejects.toMatchObject({
    slug: 'too-large',
  });
});

test('8.2 a person takes back what was not sent, and nobody else’s', async () => {
  const [member, other] = [await aMember(), await aMember()];
  const { id } = await takeUpload(parts(), member, 'draft.txt', text);
  await expect(removeUpload(parts(), other, id)).rejects.toMatchObject({ slug: 'not-found' });
  expect(isStored(id)).toBe(true);
  await removeUpload(parts(), member, id);
  expect(isStored(id)).toBe(false);
  const used = await takeUpload(parts(), member, 'sent.txt', text);
  await aRun(member, [used.id]);
  await expect(removeUpload(parts(), member, used.id)).rejects.toMatchObject({ slug: 'not-possible-now' });
});

test.each<[string, string, string, () => Buffer]>([
  ['a picture of 900 million pixels', 'big.png', 'too-large', () => aHugePng(30_000)],
  [
    'a document with a script',
    'form.pdf',
    'unsafe-file',
    () => aPdf({ catalogue: '/OpenAction << /JS (x) >>' }),
  ],
  ['an SVG', 'logo.svg', 'unsafe-file', () => Buffer.from('<svg onload="x()"/>')],
  ['an archive', 'all.zip', 'unsupported-file', () => Buffer.from('PK\u0003\u0004')],
  ['half a document', 'half.pdf', 'damaged-file', () => aPdf().subarray(0, 100)],
])('8.2 of %s that is refused nothing is stored', async (_, name, slug, make) => {
  const member = await aMember();
  const before = storedCount();
  await expect(takeUpload(parts(), member, name, make())).rejects.toMatchObject({ slug });
  expect(storedCount()).toBe(before);
  expect(
    await asMember(database().pools, member, (tx) => tx.selectFrom('artifacts.file').select('id').execute()),
  ).toEqual([]);
});

test('2.4 the place in a photograph is not kept unless its owner asks for it', async () => {
  const member = await aMember();
  const key = await vault.keyOf(member);
  const photo = await aPhotograph('jpeg');
  const words = async ({ id, bytes }: { id: string; bytes: number }) =>
    Buffer.concat(await store.read(key, id, bytes).toArray()).toString('latin1');
  expect(await words(await takeUpload(parts(), member, 'a.jpg', photo))).not.toMatch(/Lochkamera/);
  expect(await words(await takeUpload(parts(), member, 'b.jpg', photo, true))).toMatch(/Lochkamera/);
});

test('5.1 9.3 a provider’s address of a file opens it for that run alone, each fetch is written down, and all of it ends', async () => {
  const member = await aMember();
  const { id: fileId } = await takeUpload(parts(), member, 'voice.txt', text);
  const generationId = await aRun(member, [fileId]);
  const address = { memberId: member, generationId, fileId, providerId: 'kling', until: day(1) };
  const get = (over: Partial<typeof address> = {}, by = secret) =>
    fetch(`${app.url}/files/in/${sealAddress(by, { ...address, ...over })}.txt`);
  const receipts = () =>
    asMember(database().pools, member, (tx) =>
      tx.selectFrom('artifacts.fileFetch').select(['host', 'providerId', 'times', 'bytes']).execute(),
    );

  expect(await (await get()).text()).toBe(text.toString());
  expect(await receipts()).toEqual([
    { host: '127.0.0.1', providerId: 'kling', times: 1, bytes: BigInt(text.length) },
  ]);
  expect((await get({}, 'another secret of thirty-two letters')).status).toBe(404);
  expect((await get({ until: day(-1) })).status).toBe(410);
  expect((await get({ providerId: 'qwen' })).status).toBe(410);
  expect((await get({ memberId: await aMember() })).status).toBe(404);
  expect((await get({ fileId: newId() })).status).toBe(404);
  expect((await receipts())[0]!.times).toBe(1);
  log.flush();
  expect(lines.join('\n')).not.toContain(sealAddress(secret, address));

  // Erasure begins with the key: from then on nothing opens, whatever rows are left.
  await asService(database().pools, (tx) => vault.destroyKey(tx, member));
  expect((await get()).status).toBe(410);
  const erase = (table: 'artifacts.file' | 'generations.generation') =>
    asService(database().pools, (tx) => tx.deleteFrom(table).where('userId', '=', member).execute());
  await erase('artifacts.file');
  expect((await get()).status).toBe(410);
  await erase('generations.generation');
  expect((await get()).status).toBe(404);
});
