import { expect, test } from 'vitest';
import { keptAfter, keptUntil } from '#server/privacy/erasure/kept.ts';
import type { Inventory } from '#server/privacy/inventory.ts';
import { declaredInventory } from '#tests/support/inventory.ts';

const erasedAt = new Date('2026-11-24T10:00:00Z');
const untilOf = (inventory: Inventory, table: string, country: string | null) =>
  keptAfter(inventory, country, erasedAt).find(({ what }) => what === table)?.until;

test('8.1 8.3 what stays of a payment is named with its reason and its end, by the country’s law', async () => {
  const inventory = await declaredInventory();
  expect(untilOf(inventory, 'payments.money_in', 'KE')).toBe('2033-12-31');
  expect(untilOf(inventory, 'payments.money_in', 'GB')).toBe('2032-12-31');
  expect(untilOf(inventory, 'payments.money_in', 'FR')).toBe('2036-12-31');
  // Where the country is not known the longest term is taken: the record may be needed there.
  expect(untilOf(inventory, 'payments.money_in', null)).toBe('2036-12-31');
  for (const { why } of keptAfter(inventory, 'KE', erasedAt)) expect(why.length).toBeGreaterThan(10);
});

test('8.1 what stays only proves consent or misuse ends by its own term', async () => {
  const inventory = await declaredInventory();
  expect(untilOf(inventory, 'privacy.acceptance', 'KE')).toBe('2029-11-23');
  expect(untilOf(inventory, 'audit.event', 'KE')).toBe('2028-11-23');
});

test('8.2 prompts, files and outputs never stay', async () => {
  const kept = keptAfter(await declaredInventory(), 'DE', erasedAt).map(({ what }) => what);
  expect(kept.filter((table) => /^(generations|artifacts|vault|mail)\./.test(table))).toEqual([]);
});

test('8.1 the tombstone ends when the last record ends', async () => {
  const inventory = await declaredInventory();
  const last = keptAfter(inventory, 'DE', erasedAt)
    .map(({ until }) => until)
    .sort()
    .at(-1);
  expect(keptUntil(inventory, 'DE', erasedAt).toISOString().slice(0, 10)).toBe(last);
});
