import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tablesOf } from '#server/privacy/inventory.ts';
import { aPerson } from '#tests/support/app.ts';
import { testDatabase } from '#tests/support/database.ts';
import { FILE_MARKER, type PrivacyWorld, plantEverywhere, privacyWorld } from '#tests/support/privacy.ts';
import { unzipped } from '#tests/support/zip.ts';

const database = testDatabase();
let world: PrivacyWorld;
let person: string;
let markers: Map<string, string>;
let entries: Map<string, Buffer>;

beforeAll(async () => {
  world = await privacyWorld(database(), { withoutRules: true });
  ({ person, markers } = await plantEverywhere(database(), world));
  const asked = await world.app.call(person, 'POST', '/api/privacy/exports', {});
  expect(asked.status).toBe(200);
  entries = unzipped(await download(person, asked.json.id));
});
afterAll(() => world.close());

const list = async (member: string) =>
  (await world.app.call(member, 'GET', '/api/privacy/exports')).json.items;

async function download(member: string, id: string): Promise<Buffer> {
  const ready = await vi.waitFor(
    async () => {
      const [one] = await list(member);
      expect(one.state).toBe('ready');
      return one;
    },
    { timeout: 15_000 },
  );
  const whole = await get(member, id);
  expect(whole.length).toBe(ready.bytes);
  return whole;
}

async function get(member: string, id: string, range?: string): Promise<Buffer> {
  const reply = await fetch(`${world.app.url}/api/privacy/exports/${id}/file`, {
    headers: { 'x-test-member': member, ...(range === undefined ? {} : { range }) },
  });
  if (!reply.ok) throw new Error(`${reply.status}`);
  return Buffer.from(await reply.arrayBuffer());
}

const json = (path: string) => JSON.parse(entries.get(path)!.toString());

test('9.4 the export holds every marker that was planted, sealed or not, and the file itself', () => {
  const text = [...entries.values()].map((bytes) => bytes.toString()).join('\n');
  const missing = [...markers].filter(([column, marker]) => isExported(column) && !text.includes(marker));
  expect(markers.size).toBeGreaterThan(50);
  expect(missing).toEqual([]);
  const file = [...entries.keys()].find((path) => path.startsWith('files/') && !/\.(json|csv)$/.test(path))!;
  expect(entries.get(file)!.toString()).toBe(FILE_MARKER.repeat(5000));
});

function isExported(column: string): boolean {
  return world.parts.inventory.personal.some(
    (entry) => entry.export === true && entry.columns.some((name) => `${entry.table}.${name}` === column),
  );
}

test('9.4 the exported columns are those of the inventory, table by table', () => {
  const { tables } = json('manifest.json');
  for (const { table, path, rows } of tables) {
    const content = json(`${path}.json`);
    expect(content).toHaveLength(rows);
    const declared = tablesOf(world.parts.inventory)
      .find((one) => one.table === table)!
      .entries.flatMap((entry) => (entry.export === true ? entry.columns : []));
    if (rows > 0) expect(Object.keys(content[0]).sort()).toEqual([...declared].sort());
  }
  const expected = tablesOf(world.parts.inventory)
    .filter(({ entries: all }) => all.some((entry) => entry.export === true))
    .map(({ table }) => table);
  expect(tables.map(({ table }: { table: string }) => table).sort()).toEqual(expected.sort());
});

test('9.4 what is left out is named with its reason, and is not inside', () => {
  const { omitted } = json('manifest.json');
  const columns = omitted.flatMap(({ table, columns: names }: { table: string; columns: string[] }) =>
    names.map((name) => `${table}.${name}`),
  );
  expect(columns).toEqual(
    expect.arrayContaining([
      'identity.sign_in.password_hash',
      'identity.session.token_hash',
      'identity.api_key.secret_hash',
      'vault.member_key.wrapped',
    ]),
  );
  const text = [...entries.values()].map((bytes) => bytes.toString()).join('\n');
  const leaked = [...markers].filter(([column, marker]) => !isExported(column) && text.includes(marker));
  expect(leaked).toEqual([]);
});

test('9.4 the manifest’s checksums and lengths are those of the files', () => {
  const { files } = json('manifest.json');
  expect(files.length).toBe(entries.size - 1);
  for (const { path, bytes, sha256 } of files) {
    const content = entries.get(path)!;
    expect([path, content.length]).toEqual([path, bytes]);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
  }
});

test('9.1 the pages say who answers for the data, why it is held, and run no script', () => {
  const pages = ['index.html', 'about.html'].map((path) => entries.get(path)!.toString());
  for (const page of pages) {
    expect(page).toContain('Operator of the tests');
    expect(page).not.toMatch(/<script|javascript:|https?:\/\//i);
  }
  for (const { purpose } of world.parts.inventory.personal)
    expect(pages[1]).toContain(purpose.replaceAll("'", '&#39;'));
});

test('9.4 a broken download goes on where it stopped', async () => {
  const [{ id, bytes }] = await list(person);
  const half = Math.floor(bytes / 2);
  const parts = [await get(person, id, `bytes=0-${half - 1}`), await get(person, id, `bytes=${half}-`)];
  expect(Buffer.concat(parts).equals(await get(person, id))).toBe(true);
  await expect(get(person, id, `bytes=${bytes}-`)).rejects.toThrow('416');
});

test('9.4 one a day, behind a fresh sign-in, and nobody else’s', async () => {
  const again = await world.app.call(person, 'POST', '/api/privacy/exports', {});
  expect([again.status, again.json.type]).toEqual([429, '/problems/too-many-requests']);
  expect(again.json.retryAfterSeconds).toBeGreaterThan(80_000);
  const stale = await world.app.call(`${person};stale`, 'POST', '/api/privacy/exports', {});
  expect([stale.status, stale.json.type]).toEqual([403, '/problems/fresh-sign-in-required']);
  const [{ id }] = await list(person);
  const other = await aPerson(database());
  await expect(get(other, id)).rejects.toThrow('404');
  expect(await list(other)).toEqual([]);
});

test('9.4 in a spreadsheet no cell becomes a formula', async () => {
  const { csvLine } = await import('#server/privacy/export/csv.ts');
  expect(csvLine(['=1+1', '+x', '-x', '@x', 'a "b", c', -5n, null])).toBe(
    `'=1+1,'+x,'-x,'@x,"a ""b"", c",-5,\r\n`,
  );
});
