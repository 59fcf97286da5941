import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditLedger } from '#server/ledger/audit.ts';
import { type Status, statuses } from '#server/ledger/transfer.ts';
import { testDatabase } from '#tests/support/database.ts';
import {
  type Batch,
  type Command,
  commands,
  createUniverse,
  holdsOrSettles,
  inDatabase,
  inModel,
  liftAll,
  run,
  totalsOf,
  totalsOfModel,
} from './universe.ts';

const database = testDatabase();
const long = process.env.MLUEN_LONG !== undefined;

test(
  'whatever is asked of it, the database answers and counts as the model does',
  async () => {
    const met = new Set<Status>();
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const universe = await createUniverse(database().pools);
        for (const command of sequence) {
          const answered = await inDatabase(universe, command);
          expect(answered).toEqual(inModel(universe, command));
          expect(await totalsOf(universe)).toEqual(totalsOfModel(universe));
          for (const { status } of answered) met.add(status);
        }
      }),
      { numRuns: long ? 2_000 : 100, endOnFailure: !long },
    );
    await liftAll(database().pools);
    // A property that never met a refusal would prove little.
    expect([...met].sort()).toEqual([...statuses].sort());
    expect(await auditLedger(database().pools, 'start')).toMatchObject({ ok: true, findings: [] });
  },
  long ? 3_600_000 : 600_000,
);

test(
  'one by one, in one batch or cut anywhere: the same answers and the same balances',
  async () => {
    const funds: Command = {
      groups: [
        [
          { kind: 'single', id: 0, debit: 'stripe', credit: 'ada cash', amount: 150n, currency: 'USD' },
          { kind: 'single', id: 1, debit: 'stripe', credit: 'ben cash', amount: 90n, currency: 'USD' },
          { kind: 'single', id: 2, debit: 'stripe', credit: 'ada promo soon', amount: 25n, currency: 'USD' },
        ],
      ],
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(holdsOrSettles, { minLength: 1, maxLength: 30, size: 'max' }),
        fc.array(fc.nat(), { maxLength: 4 }),
        async (items, cuts) => {
          const ways = [
            items.map((item) => [item]),
            [items],
            cutAt(
              items,
              cuts.map((cut) => cut % items.length),
            ),
          ];
          const outcomes = [];
          for (const way of ways) {
            const universe = await createUniverse(database().pools);
            await inDatabase(universe, funds);
            await inDatabase(universe, { cap: 'wallet', limit: 120n });
            await inDatabase(universe, { cap: 'key', limit: 50n });
            const answers = [];
            // Within a batch settlements go first: a part is cut where the kind changes.
            for (const part of way)
              for (const batch of batchesOf(part)) answers.push(...(await run(universe, batch)));
            outcomes.push({ answers, totals: await totalsOf(universe) });
          }
          expect(outcomes[1]).toEqual(outcomes[0]);
          expect(outcomes[2]).toEqual(outcomes[0]);
        },
      ),
      { numRuns: long ? 500 : 25, endOnFailure: !long },
    );
  },
  long ? 3_600_000 : 600_000,
);

function cutAt<T>(items: T[], cuts: number[]): T[][] {
  const at = [0, ...cuts.sort((a, b) => a - b), items.length];
  return at.slice(1).map((end, n) => items.slice(at[n], end));
}

type Item = { hold: Batch['holds'][number] } | { settle: Batch['settles'][number] };

function batchesOf(items: Item[]): Batch[] {
  const batches: Batch[] = [];
  for (const item of items) {
    const last = batches.at(-1);
    if ('hold' in item) {
      if (last === undefined) batches.push({ settles: [], holds: [item.hold] });
      else last.holds.push(item.hold);
    } else if (last === undefined || last.holds.length > 0)
      batches.push({ settles: [item.settle], holds: [] });
    else last.settles.push(item.settle);
  }
  return batches;
}
