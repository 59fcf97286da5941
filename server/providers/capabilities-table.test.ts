import { expect, test } from 'vitest';
import { capabilitiesTable } from './capabilities-table.ts';
import { flux } from './flux/flux.ts';

test('a cell stands in the table only where its test passed', () => {
  const rowOf = (passed: Parameters<typeof capabilitiesTable>[1]) =>
    capabilitiesTable([flux], passed)
      .split('\n')
      .find((line) => line.startsWith('| flux | image'));
  expect(rowOf([])).not.toContain('polled');
  const title = 'reports exactly what the provider counted, within the bound that was held';
  expect(rowOf([{ suite: 'flux image: flux-2-pro', title }])).toContain('polled');
});
