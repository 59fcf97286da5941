import { expect, test } from 'vitest';
import { seal } from '#server/artifacts/seal.ts';
import { newId } from '#server/database/ids.ts';
import { asService } from '#server/database/transaction.ts';
import { makeExport } from '#server/privacy/export/make.ts';
import { testDatabase } from '#tests/support/database.ts';
import { privacyWorld } from '#tests/support/privacy.ts';

const database = testDatabase();

const MIB = 1024 * 1024;
const FILES = process.env.MLUEN_LONG === '1' ? 160 : 4;
const FILE_BYTES = 64 * MIB;

test('9.4 a history of gigabytes is exported in constant memory', { timeout: 900_000 }, async () => {
  const world = await privacyWorld(database());
  const { vault, store } = world.parts;
  const person = newId();
  await asService(database().pools, (tx) => vault.createKey(tx, person));
  const key = await vault.keyOf(person);
  for (let n = 0; n < FILES; n++) {
    const id = newId();
    const { bytes } = await store.put(key, id, chunksOf(FILE_BYTES));
    const place = { column: 'artifacts.file.name_sealed', memberId: person, rowId: id };
    await asService(database().pools, (tx) =>
      tx
        .insertInto('artifacts.file')
        .values({
          userId: person,
          id,
          role: 'output',
          mediaType: 'video/mp4',
          bytes: BigInt(bytes),
          nameSealed: seal(key, place, `film ${n}.mp4`),
        })
        .execute(),
    );
  }
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const bytes = await makeExport(world.parts, person, newId());
  clearInterval(watch);
  await world.close();
  expect(bytes).toBeGreaterThan(FILES * FILE_BYTES);
  // Far less than what flows through, whatever that is.
  expect(peak - before).toBeLessThan(120 * MIB);
});

function* chunksOf(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(MIB, 'film');
  for (let at = 0; at < bytes; at += MIB) yield chunk;
}
