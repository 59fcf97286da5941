import { expect, test } from 'vitest';
import { inventoryOf } from '#server/privacy/inventory.ts';
import type { PersonalData } from '#server/privacy/personal-data-kinds.ts';
import { declaredInventory } from '#tests/support/inventory.ts';

const entry: PersonalData = {
  table: 'a.b',
  columns: ['c'],
  purpose: 'A purpose.',
  basis: 'contract',
  readers: ['service'],
  keep: 'account',
  onErasure: 'delete',
  export: true,
};

test('4.1 every column has one legal basis and a purpose in words', async () => {
  const { personal } = await declaredInventory(); // refuses a column that is declared twice
  for (const { table, columns, purpose, basis } of personal) {
    expect([table, columns, purpose]).toEqual([table, columns, expect.stringMatching(/^[A-Z].*\.$/s)]);
    expect(['contract', 'legal', 'legitimate', 'consent']).toContain(basis);
  }
});

test('4.1 a second basis for the same column, or a table in both lists, is refused', () => {
  const second: PersonalData = { ...entry, basis: 'consent' };
  expect(() => inventoryOf([{ personalData: [entry] }, { personalData: [second] }])).toThrow(
    'a.b.c is classified twice',
  );
  const without = [{ table: 'a.b', why: 'Nothing.' }];
  expect(() => inventoryOf([{ personalData: [entry], withoutPersonalData: without }])).toThrow(
    'a.b is listed',
  );
});
