import { expect, test } from 'vitest';
import { addFragment, type ToolCall } from './tool-calls.ts';

test('fragments join the call of their place: the first id and name count, arguments grow', () => {
  const calls: ToolCall[] = [];
  addFragment(calls, { index: 0, id: 'a', name: 'f', arguments: '' });
  addFragment(calls, { index: 1, id: 'b', name: 'g' });
  addFragment(calls, { index: 0, id: null, name: undefined, arguments: '{"x"' });
  addFragment(calls, { index: 0, id: 'other', arguments: ':1}' });
  expect(calls).toEqual([
    { id: 'a', name: 'f', arguments: '{"x":1}' },
    { id: 'b', name: 'g', arguments: '' },
  ]);
});

test('a place that was skipped leaves no hole, and one beyond all reason is passed over', () => {
  const calls: ToolCall[] = [];
  addFragment(calls, { index: 2, id: 'c', arguments: '{}' });
  expect(JSON.parse(JSON.stringify(calls))).toHaveLength(3);
  addFragment(calls, { index: 1e9, id: 'd', arguments: '{}' });
  addFragment(calls, { index: -1, id: 'e', arguments: '{}' });
  expect(calls).toHaveLength(3);
});
