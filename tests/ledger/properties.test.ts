import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testDatabase } from '#tests/support/database.ts';
import { commands, createUniverse, inDatabase, inModel, totalsOf, totalsOfModel } from './universe.ts';

const database = testDatabase();
const RUNS = process.env.MLUEN_LONG === undefined ? 60 : 2_000;

test('whatever is asked of it, the database answers and counts as the model does', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const universe = await createUniverse(database().pools);
      for (const command of sequence) {
        const answered = await inDatabase(universe, command);
        expect(answered).toEqual(inModel(universe, command));
        expect(await totalsOf(universe)).toEqual(totalsOfModel(universe));
      }
    }),
    { numRuns: RUNS, endOnFailure: process.env.MLUEN_LONG === undefined },
  );
}, 600_000);
