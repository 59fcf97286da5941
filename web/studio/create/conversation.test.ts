import { expect, test } from 'vitest';
import type { Generation } from '#contract/generations.ts';
import { nextMessages, turnsOf } from './conversation.ts';

const generation = (messages: unknown, text: string | null) =>
  ({ id: 'g1', params: { messages }, text }) as unknown as Generation;

test('a first message stands alone', () => {
  expect(nextMessages(undefined, 'Hello')).toEqual([{ role: 'user', content: 'Hello' }]);
});

test('what follows takes the whole conversation along, with the answer in its place and by its name', () => {
  const before = generation([{ role: 'user', content: 'Hello' }], 'Hi there.');
  expect(nextMessages(before, 'How are you?')).toEqual([
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi there.', generation_id: 'g1' },
    { role: 'user', content: 'How are you?' },
  ]);
});

test('a conversation goes on after an answer that never came', () => {
  const before = generation([{ role: 'user', content: 'Hello' }], null);
  expect(nextMessages(before, 'Again')).toHaveLength(2);
});

test('the thread shows the words of both, and names what is no text', () => {
  const parts = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: 'file:x' } },
  ];
  const turns = turnsOf(
    generation(
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: parts },
      ],
      null,
    ),
  );
  expect(turns).toEqual([{ role: 'user', text: 'What is this?\n[image url]' }]);
});

test('parameters of another shape show an empty thread', () => {
  expect(turnsOf(generation('no', null))).toEqual([]);
});
