import { expect, test } from 'vitest';
import { exactAmount, formatBalance, formatPrice, formatRate, parseAmount, upToCent } from './money.ts';

test('a price rounds up and a balance rounds down', () => {
  expect(formatPrice(1_234_567n)).toBe('$1.24');
  expect(formatBalance(1_234_567n)).toBe('$1.23');
  expect(formatPrice(4_567_890n)).toBe('$4.57');
  expect(formatBalance(4_569_999n)).toBe('$4.56');
});

test('below one dollar three significant digits are shown, in two to six decimals', () => {
  expect(formatPrice(350_000n)).toBe('$0.35');
  expect(formatPrice(40_000n)).toBe('$0.04');
  expect(formatPrice(12_345n)).toBe('$0.0124');
  expect(formatBalance(12_345n)).toBe('$0.0123');
  expect(formatPrice(123n)).toBe('$0.000123');
});

test('a rate shows all of its decimals', () => {
  expect([137_500n, 110_000n, 4_000_000n, 1n].map((micro) => formatRate(micro))).toEqual([
    '$0.1375',
    '$0.11',
    '$4.00',
    '$0.000001',
  ]);
});

test('the smallest charge is never shown as nothing', () => {
  expect(formatPrice(1n)).toBe('$0.000001');
  expect(formatPrice(0n)).toBe('$0.00');
});

test('a sum that goes out is rounded to the same size as the sum that came in', () => {
  expect(formatPrice(-1_234_567n)).toBe('-$1.24');
  expect(formatBalance(-1_234_567n)).toBe('-$1.23');
});

test('sums beyond the range of a float stay exact', () => {
  expect(formatBalance(9_007_199_254_740_993_120_000n)).toBe('$9,007,199,254,740,993.12');
  expect(exactAmount(1_234_567n)).toBe('1.234567 USD');
});

test('an Arabic page shows the digits that the bank shows', () => {
  expect(formatPrice(12_340_000n, 'ar-u-nu-latn')).toContain('12.34');
});

test('an amount is read from what a person types, or refused', () => {
  expect(parseAmount('5')).toBe(5_000_000n);
  expect(parseAmount(' 12,5 ')).toBe(12_500_000n);
  expect(parseAmount('12.34')).toBe(12_340_000n);
  expect(parseAmount('12.345')).toBeNull();
  expect(parseAmount('-5')).toBeNull();
  expect(parseAmount('1e3')).toBeNull();
});

test('a missing sum is asked for in whole cents, upwards', () => {
  expect(upToCent(350_001n)).toBe(360_000n);
  expect(upToCent(350_000n)).toBe(350_000n);
});
