import { expect, test } from 'vitest';
import { inventoryOfModules } from '#server/modules.ts';
import { gapsOf } from '#server/privacy/inventory.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { catalogueColumns, declaredInventory } from '#tests/support/inventory.ts';

const database = testDatabase();

test('2.7 every column of every table is classified, and every classified column exists', async () => {
  expect(gapsOf(await declaredInventory(), await catalogueColumns(database()))).toEqual([]);
});

test('2.7 the program works by every module’s list: none is left out where they are put together', async () => {
  const tables = (lists: { personal: readonly { table: string }[]; without: readonly { table: string }[] }) =>
    [...lists.personal, ...lists.without].map(({ table }) => table).sort();
  expect(tables(inventoryOfModules())).toEqual(tables(await declaredInventory()));
});

test('2.7 a new column that nobody classified is named, in a listed table and in a new one', async () => {
  await asSuperuser(database(), (client) =>
    client.query(
      'alter table payments.top_up add column shoe_size text; create table payments.habit (user_id uuid, note text)',
    ),
  );
  const gaps = gapsOf(await declaredInventory(), await catalogueColumns(database()));
  expect(gaps).toEqual(
    expect.arrayContaining([
      'payments.top_up.shoe_size is not classified',
      'payments.habit.note is not classified',
    ]),
  );
});
