import { expect, test } from 'vitest';
import type { Quote } from '#contract/generations.ts';
import { sumOf } from './sum.ts';

const quote = (boundMicro: bigint, usualMicro = boundMicro): Quote => ({
  quote: 'q',
  boundMicro,
  usualMicro,
  exact: boundMicro === usualMicro,
  lines: [],
  changes: [],
  missingMicro: 0n,
  availableMicro: 100n,
  heldMicro: 5n,
  expiresAt: '2026-11-24T00:00:00Z',
});

test('several cost what they cost together, and what is missing is missing of the sum', () => {
  expect(sumOf([quote(60n), quote(40n)])).toMatchObject({ boundMicro: 100n, exact: true, missingMicro: 0n });
  expect(sumOf([quote(60n), quote(40n, 10n), quote(7n)])).toMatchObject({
    boundMicro: 107n,
    usualMicro: 77n,
    exact: false,
    missingMicro: 7n,
  });
});

test('there is no sum before each has its price', () => {
  expect(sumOf([quote(60n), undefined])).toBeUndefined();
  expect(sumOf([])).toBeUndefined();
});
