import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { testDatabase } from '#tests/support/database.ts';
import { openBodies } from './bodies.ts';
import { type ContentKey, open, seal } from './seal.ts';
import { openStore } from './store.ts';
import { KeyDestroyed, localKeyManagement, openVault } from './vault.ts';

const database = testDatabase();
const dir = mkdtempSync(join(tmpdir(), 'mluen-artifacts-'));
afterAll(() => rmSync(dir, { recursive: true }));

const aKey = (): ContentKey => ({ version: 1, key: createSecretKey(randomBytes(32)) });
const place = { column: 'generations.generation.ask', memberId: newId(), rowId: newId() };

test('a sealed value opens at its own place only', () => {
  const key = aKey();
  const sealed = seal(key, place, 'a prompt');
  expect(open(key, place, sealed).toString()).toBe('a prompt');
  expect(sealed.includes('a prompt')).toBe(false);
  expect(() => open(key, { ...place, rowId: newId() }, sealed)).toThrow();
  expect(() => open(key, { ...place, memberId: newId() }, sealed)).toThrow();
  expect(() => open(aKey(), place, sealed)).toThrow();
  sealed[sealed.length - 20]! ^= 1;
  expect(() => open(key, place, sealed)).toThrow();
});

test('bodies come back as they were appended, and a wiped one is gone from the disk', async () => {
  const folder = join(dir, 'bodies');
  const bodies = openBodies(folder);
  const values = Array.from({ length: 40 }, (_, i) => randomBytes(100 + i));
  const addresses = (await Promise.all(values.map((value) => bodies.append([value])))).flat();
  for (const [i, address] of addresses.entries()) expect(await bodies.read(address)).toEqual(values[i]);
  await bodies.wipe([addresses[7]!]);
  expect((await bodies.read(addresses[7]!)).every((byte) => byte === 0)).toBe(true);
  expect(await bodies.read(addresses[8]!)).toEqual(values[8]);
  await bodies.close();
  const onDisk = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  expect(onDisk.includes(values[7]!)).toBe(false);
  expect(onDisk.includes(values[8]!)).toBe(true);
});

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])(
  'a file of %i bytes comes back whole and by range',
  async (size) => {
    const store = openStore(join(dir, 'store'));
    const key = aKey();
    const id = newId();
    const bytes = randomBytes(size);
    expect(await store.put(key, id, [bytes])).toEqual({ bytes: size });
    expect(await buffer(store.read(key, id, size))).toEqual(bytes);
    if (size > 10)
      expect(await buffer(store.read(key, id, size, { start: size - 9, end: size - 2 }))).toEqual(
        bytes.subarray(size - 9, size - 1),
      );
  },
);

test('a file that was cut, exchanged or altered does not open', async () => {
  const folder = join(dir, 'tampered');
  const store = openStore(folder);
  const key = aKey();
  const [a, b] = [newId(), newId()];
  const bytes = randomBytes(150_000);
  await store.put(key, a, [bytes]);
  await store.put(key, b, [bytes]);
  const pathOf = (id: string) => join(folder, id.slice(-2), id);
  const original = readFileSync(pathOf(a));
  writeFileSync(pathOf(a), readFileSync(pathOf(b)));
  await expect(buffer(store.read(key, a, bytes.length))).rejects.toThrow();
  const altered = Buffer.from(original);
  altered[70_000]! ^= 1;
  writeFileSync(pathOf(a), altered);
  await expect(buffer(store.read(key, a, bytes.length))).rejects.toThrow();
  writeFileSync(pathOf(a), original);
  truncateSync(pathOf(a), original.length - 1);
  await expect(buffer(store.read(key, a, bytes.length))).rejects.toThrow(/cut short/);
  await expect(buffer(store.read(key, a, 131_072))).rejects.toThrow();
});

test('a destroyed key opens nothing, and another master key is refused', async () => {
  const { pools } = database();
  const master = randomBytes(32);
  const vault = await openVault(pools, localKeyManagement(master));
  const memberId = newId();
  await asService(pools, (tx) => vault.createKey(tx, memberId));
  const before = await vault.keyOf(memberId);
  await asService(pools, (tx) => vault.createKey(tx, memberId));
  vault.forget(memberId);
  expect((await vault.keyOf(memberId)).key.export()).toEqual(before.key.export());
  const elsewhere = await openVault(pools, localKeyManagement(master)); // another process, with a copy in memory
  await elsewhere.keyOf(memberId);
  await asService(pools, (tx) => vault.destroyKey(tx, memberId));
  await expect(vault.keyOf(memberId)).rejects.toThrow(KeyDestroyed);
  elsewhere.forget('*'); // it has missed which keys were destroyed
  await expect(elsewhere.keyOf(memberId)).rejects.toThrow(KeyDestroyed);
  await expect(openVault(pools, localKeyManagement(randomBytes(32)))).rejects.toThrow(/MASTER_KEY/);
});
