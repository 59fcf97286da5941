import { expect, test } from 'vitest';
import { microOf } from './amounts.ts';

test('an amount is read to its last decimal, with a point or a comma', () => {
  expect(microOf('12')).toBe(12_000_000n);
  expect(microOf(' 0.000258 ')).toBe(258n);
  expect(microOf('1,5')).toBe(1_500_000n);
});

test('what is no amount above zero is none', () => {
  for (const text of ['', '0', '0.00', '-1', '1.2345678', '1e3', '12345678', 'ten'])
    expect(microOf(text)).toBeNull();
});
