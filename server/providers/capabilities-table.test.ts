import { expect, test } from 'vitest';
import { capabilitiesTable } from './capabilities-table.ts';
import { flux } from './flux/flux.ts';

const COUNTED = 'reports exactly what the provider counted, within the bound that was held';

function cellsOf(passed: Parameters<typeof capabilitiesTable>[1]): Record<string, string> {
  const lines = capabilitiesTable([flux], passed).split('\n');
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  const names = cells(lines.find((line) => line.startsWith('| provider'))!);
  const row = cells(lines.find((line) => line.startsWith('| flux | image'))!);
  return Object.fromEntries(names.map((name, at) => [name, row[at] ?? '']));
}

test('a cell stands in the table only where its test passed, and names it', () => {
  expect(cellsOf([])).toMatchObject({ answer: '', unit: '', webhook: '', cancel: '' });
  expect(cellsOf([{ suite: 'flux image: flux-2-pro', title: COUNTED }])).toMatchObject({
    answer: 'a job, polled (1)',
    unit: 'first_megapixel, extra_megapixel (1)',
    // There is one, and it was not proven; there is none.
    webhook: '',
    cancel: '–',
  });
});

test('where models differ, each way stands there', () => {
  const title = 'settles on what was asked for, as the provider tells no number';
  const other = 'settles on the number that the provider tells, whatever was expected';
  const cells = cellsOf([
    { suite: 'flux image: flux-2-pro', title },
    { suite: 'flux image: flux-3-image', title: other },
  ]);
  expect(cells['usage source']).toMatch(/the provider’s number \(\d\); what was asked for \(\d\)/);
});
