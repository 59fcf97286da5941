import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

interface Item {
  lane: number;
  n: number;
}

/** A batcher over three lanes that notes its batches and how many were under way. */
function watched(run: (items: Item[], lane: number) => Promise<number[]>) {
  const batches: { lane: number; items: Item[] }[] = [];
  const underWay: { lanes: Set<number>; items: Item[] }[] = [];
  let most = 0;
  const batcher = createBatcher<Item, number>({
    lanes: 3,
    laneOf: ({ lane }) => lane,
    async run(items, lane) {
      const mine = { lanes: new Set(items.map((item) => item.lane)), items };
      const shared = underWay.some(({ lanes }) => !lanes.isDisjointFrom(mine.lanes));
      if (shared) throw new Error('two batches of one lane are under way');
      underWay.push(mine);
      most = Math.max(most, underWay.length);
      batches.push({ lane, items });
      try {
        return await run(items, lane);
      } finally {
        underWay.splice(underWay.indexOf(mine), 1);
      }
    },
  });
  return { batcher, batches, most: () => most };
}

const answer = async (items: Item[]) => items.map(({ n }) => n * 2);

test('a few items of all lanes go as one batch, each with its own answer', async () => {
  const { batcher, batches } = watched(answer);
  const got = await Promise.all([0, 1, 2, 1].map((lane, n) => batcher.add({ lane, n })));
  expect(got).toEqual([0, 2, 4, 6]);
  expect(batches).toHaveLength(1);
});

test('many items of two lanes are under way side by side, few beside many wait', async () => {
  const { batcher, batches, most } = watched(async (items) => {
    await delay(5);
    return answer(items);
  });
  const many = Array.from({ length: 400 }, (_, n) => batcher.add({ lane: n % 2, n }));
  await delay(1);
  const few = batcher.add({ lane: 2, n: 7 });
  expect(await few).toBe(14);
  expect(await Promise.all(many)).toEqual(Array.from({ length: 400 }, (_, n) => n * 2));
  expect(most()).toBe(2);
  expect(batches.map(({ items }) => items.length)).toEqual([200, 200, 1]);
});

test('whatever comes when, no two batches of one lane are under way, a lane keeps its order, and each gets its answer', async () => {
  const arrivals = fc.array(
    fc.record({ lane: fc.nat(2), after: fc.nat(2), times: fc.integer({ min: 1, max: 90 }) }),
    {
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(arrivals, async (plan) => {
      const { batcher, batches } = watched(async (items) => {
        await delay(items.length % 3);
        return answer(items);
      });
      const wanted: number[] = [];
      const got: Promise<number>[] = [];
      for (const { lane, after, times } of plan) {
        for (let k = 0; k < times; k++) {
          wanted.push(wanted.length * 2);
          got.push(batcher.add({ lane, n: got.length }));
        }
        if (after > 0) await delay(after);
      }
      expect(await Promise.all(got)).toEqual(wanted);
      for (const lane of [0, 1, 2]) {
        const order = batches.flatMap(({ items }) =>
          items.filter((item) => item.lane === lane).map(({ n }) => n),
        );
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
      expect(batcher.size).toBe(0);
      await batcher[Symbol.asyncDispose]();
    }),
    { numRuns: 60 },
  );
});

test('only the item at fault gets the error, and its lane goes on', async () => {
  const { batcher } = watched(async (items) => {
    if (items.some(({ n }) => n === 3)) throw new Error('three is refused');
    return answer(items);
  });
  const got = await Promise.allSettled([0, 1, 2, 3, 4].map((n) => batcher.add({ lane: 1, n })));
  expect(got.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(await batcher.add({ lane: 1, n: 5 })).toBe(10);
});

test('it ends when all that was given to it is answered, and takes nothing more', async () => {
  const { batcher } = watched(async (items) => {
    await delay(2);
    return answer(items);
  });
  const given = Array.from({ length: 300 }, (_, n) => batcher.add({ lane: n % 3, n }));
  await batcher[Symbol.asyncDispose]();
  expect(batcher.size).toBe(0);
  expect(await Promise.all(given)).toHaveLength(300);
  await expect(batcher.add({ lane: 0, n: 0 })).rejects.toThrow('closed');
});
