import { expect, test } from 'vitest';
import { shippedProviders } from './data/shipped-models.ts';
import { modelsTable } from './models-table.ts';

/** The day for which `docs/models.md` was written: moved on when the shipped prices are read again. */
const AS_OF = new Date('2026-11-24T12:00:00Z');

test('docs/models.md says what is shipped (write it anew with `vitest run server/catalogue -u`)', async () => {
  await expect(modelsTable(AS_OF)).toMatchFileSnapshot('../../docs/models.md');
});

test('every shipped model stands in the table once, with prices, source and coming changes', () => {
  const rows = modelsTable(AS_OF)
    .split('\n')
    .filter((line) => /^\| .*<br>`/.test(line));
  const ids = shippedProviders.flatMap(({ models }) => models.map((model) => model.id));
  expect(rows.map((row) => /`([^`]+)`/.exec(row)![1]).toSorted()).toEqual(ids.toSorted());
  expect(rows.every((row) => row.split(' | ').length === 5)).toBe(true);
  const luna = rows.find((row) => row.includes('`openai/gpt-6-luna`'));
  expect(luna).toContain('1 million tokens in $0.11<br>');
  expect(luna).toContain('A page of text, summarised: $0.000258');
  expect(luna).toContain('[official](https://platform.openai.com/docs/pricing) 2026-11-10');
  expect(rows.find((row) => row.includes('gemini-4-argon'))).toContain('new prices on 2026-12-01');
});
