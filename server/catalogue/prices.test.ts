import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Unit, Units } from '#server/providers/provider.ts';
import { captured, type PriceRow, upperBound, withMarkup } from './prices.ts';
import { costMicroOf } from './shipped.ts';

const row = (unit: Unit, priceMicro: bigint, when: PriceRow['when'] = null): PriceRow => ({
  unit,
  costMicro: priceMicro,
  priceMicro,
  when,
});

const quantity = fc.bigInt({ min: 0n, max: 10_000_000n });
const cost = fc.bigInt({ min: 0n, max: 10n ** 13n });
const listPrices = fc
  .record({
    base: fc.tuple(cost, cost, cost, cost),
    long: fc.tuple(cost, cost, cost, cost),
    tokens: fc.nat(5_000_000),
  })
  .map(({ base, long, tokens }) => {
    const units: Unit[] = ['input_token', 'cached_input_token', 'cache_write_token', 'output_token'];
    return units.flatMap((unit, index) => [
      row(unit, base[index]!),
      row(unit, long[index]!, { 'input_tokens>': tokens }),
    ]);
  });

test('a capture never exceeds its bound, however the prompt was cached and however short it turned out', () => {
  fc.assert(
    fc.property(
      listPrices,
      quantity,
      quantity,
      quantity,
      quantity,
      quantity,
      (rows, fresh, cached, written, spare, out) => {
        const bound: Units = { input_token: fresh + cached + written + spare, output_token: out + spare };
        const used: Units = {
          input_token: fresh,
          cached_input_token: cached,
          cache_write_token: written,
          output_token: out,
        };
        expect(captured(rows, used, {}).amountMicro).toBeLessThanOrEqual(
          upperBound(rows, bound, {}).amountMicro,
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('lines add up to the amount, and none is negative', () => {
  fc.assert(
    fc.property(listPrices, quantity, quantity, quantity, (rows, fresh, cached, out) => {
      const units: Units = { input_token: fresh, cached_input_token: cached, output_token: out };
      for (const priced of [captured(rows, units, {}), upperBound(rows, units, {})]) {
        expect(priced.lines.reduce((sum, line) => sum + line.amountMicro, 0n)).toBe(priced.amountMicro);
        expect(priced.lines.every((line) => line.amountMicro >= 0n)).toBe(true);
      }
    }),
  );
});

test('an amount is exact to half a micro-unit, a bound less than one above', () => {
  fc.assert(
    fc.property(quantity, cost, (units, price) => {
      const exact = units * price;
      const amount =
        captured([row('output_token', price)], { output_token: units }, {}).amountMicro * 1_000_000n;
      const bound =
        upperBound([row('output_token', price)], { output_token: units }, {}).amountMicro * 1_000_000n;
      expect(2n * (amount > exact ? amount - exact : exact - amount)).toBeLessThanOrEqual(1_000_000n);
      expect(bound - exact).toBeGreaterThanOrEqual(0n);
      expect(bound - exact).toBeLessThan(1_000_000n);
    }),
  );
});

test('a half goes to the even neighbour', () => {
  const half = [row('image', 500_000n)];
  const amounts = [1n, 2n, 3n, 5n, 7n].map((image) => captured(half, { image }, {}).amountMicro);
  expect(amounts).toEqual([0n, 1n, 2n, 2n, 4n]); // 0.5, 1, 1.5, 2.5, 3.5
});

test('a call is rounded once, not line by line', () => {
  const rows = [row('input_token', 400_000n), row('output_token', 400_000n)];
  expect(captured(rows, { input_token: 1n, output_token: 1n }, {}).amountMicro).toBe(1n); // 0.4 + 0.4
});

test('a long prompt pays its tier for the whole call', () => {
  const rows = [
    row('input_token', 1_000_000n),
    row('input_token', 2_000_000n, { 'input_tokens>': 32_000 }),
    row('input_token', 3_000_000n, { 'input_tokens>': 128_000 }),
  ];
  const pays = (tokens: bigint) => captured(rows, { input_token: tokens }, {}).amountMicro / tokens;
  expect([32_000n, 32_001n, 128_000n, 128_001n].map(pays)).toEqual([1n, 2n, 2n, 3n]);
  const mixed = captured(rows, { input_token: 1n, cached_input_token: 32_000n }, {});
  expect(mixed.amountMicro).toBe(64_002n); // cached tokens count as prompt, and cost as input where they have no price
});

test('the price with most conditions wins', () => {
  const rows = [
    row('second', 1n * 1_000_000n),
    row('second', 2n * 1_000_000n, { resolution: '1080p' }),
    row('second', 3n * 1_000_000n, { resolution: '1080p', audio: true }),
    row('second', 4n * 1_000_000n, { resolution: '1080p', 'videos?': true }),
    row('image', 5n * 1_000_000n),
    row('image', 9n * 1_000_000n, { 'pixels>': 2_360_000 }),
  ];
  const one = (unit: Unit, params: Record<string, unknown>) =>
    captured(rows, { [unit]: 1n }, params).amountMicro;
  expect(one('second', { resolution: '720p', audio: true })).toBe(1n);
  expect(one('second', { resolution: '1080p', audio: false, videos: [] })).toBe(2n);
  expect(one('second', { resolution: '1080p', audio: true })).toBe(3n);
  expect(one('second', { resolution: '1080p', videos: ['file:1'] })).toBe(4n);
  expect(one('image', { size: '1024*1024' })).toBe(5n);
  expect(one('image', { size: '2K' })).toBe(9n);
  expect(one('image', { width: 2048, height: 1024 })).toBe(5n);
});

test('a unit without a price charges nothing and is named; a call whose bound has one does not start', () => {
  const rows = [row('input_token', 1_000_000n)];
  expect(captured(rows, { input_token: 2n, credit: 5n }, {})).toMatchObject({
    amountMicro: 2n,
    unpriced: ['credit'],
  });
  expect(() => upperBound(rows, { credit: 5n }, {})).toThrow('no price for credit');
  expect(() => captured(rows, { input_token: -1n }, {})).toThrow('below nought');
});

test('a markup is counted up to a whole micro-unit per million units, and is never below cost', () => {
  expect(withMarkup(100_000n, 1000)).toBe(110_000n);
  expect(withMarkup(1n, 1000)).toBe(2n);
  expect(withMarkup(0n, 1000)).toBe(0n);
  fc.assert(
    fc.property(cost, fc.nat(100_000), (costMicro, basisPoints) => {
      const price = withMarkup(costMicro, basisPoints);
      expect(price).toBeGreaterThanOrEqual(costMicro);
      const excess = price * 10_000n - costMicro * BigInt(10_000 + basisPoints);
      expect(excess >= 0n && excess < 10_000n).toBe(true);
    }),
  );
});

test('a printed price becomes whole micro-units, or is refused', () => {
  expect(costMicroOf({ usd: '0.10', per: 1_000_000 })).toBe(100_000n);
  expect(costMicroOf({ usd: '0.028', per: 1 })).toBe(28_000_000_000n);
  expect(costMicroOf({ usd: '0.27', per: 3600 })).toBe(75_000_000n);
  expect(() => costMicroOf({ usd: '1e-3', per: 1 })).toThrow('not a decimal');
  expect(costMicroOf({ usd: '0.22', per: 3600 })).toBe(61_111_112n); // 61,111,111.1…
});
