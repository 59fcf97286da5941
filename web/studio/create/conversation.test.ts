import { expect, test } from 'vitest';
import type { Generation } from '#contract/generations.ts';
import {
  answersOf,
  fileIdsOf,
  leafBelow,
  nextMessages,
  pathTo,
  revisedMessages,
  turnsOf,
  versionsOf,
} from './conversation.ts';

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

test('the thread shows the words and files of both, and names what is neither', () => {
  const parts = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: 'file:x' } },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
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
  expect(turns).toEqual([{ role: 'user', text: 'What is this?\n[input audio]', files: ['x'] }]);
});

test('parameters of another shape show an empty thread', () => {
  expect(turnsOf(generation('no', null))).toEqual([]);
});

const picture = { id: 'p', mediaType: 'image/png' };
const paper = { id: 'd', mediaType: 'application/pdf' };

test('files go as parts of the message, each of its kind, with or without words', () => {
  const [message] = nextMessages(undefined, 'What is this?', [picture, paper]);
  expect(message!.content).toEqual([
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: 'file:p' } },
    { type: 'file', file: { file_id: 'file:d' } },
  ]);
  expect(fileIdsOf([message!])).toEqual(['p', 'd']);
  expect(nextMessages(undefined, ' ', [paper])[0]!.content).toHaveLength(1);
});

test('files of earlier messages go along, and of one that was deleted only that it was', () => {
  const messages = nextMessages(undefined, 'Look', [picture, paper]);
  const before = { ...generation(messages, 'I see.'), files: [{ id: 'd' }] } as unknown as Generation;
  const next = nextMessages(before, 'And now?');
  expect(fileIdsOf(next)).toEqual(['d']);
  expect(next[0]!.content).toContainEqual({ type: 'text', text: '(A file that was deleted)' });
});

const said = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'One' },
  { role: 'assistant', content: 'Uno', generation_id: 'a' },
  { role: 'user', content: 'Two' },
];

test('another version of a turn goes with what was said before it, and with nothing after', () => {
  const run = generation(said, 'Due');
  expect(revisedMessages(run, 0, 'Eins', [])).toEqual([said[0], { role: 'user', content: 'Eins' }]);
  expect(revisedMessages(run, 2, 'Zwei', [])).toEqual([
    ...said.slice(0, 3),
    { role: 'user', content: 'Zwei' },
  ]);
});

/** a was asked twice (b); a goes on to c and d, d to e. */
const thread = [
  { id: 'a', parentId: null },
  { id: 'b', parentId: null },
  { id: 'c', parentId: 'a' },
  { id: 'd', parentId: 'a' },
  { id: 'e', parentId: 'd' },
];

test('a branch is the way from the beginning to an answer; a step leads to the newest below a version', () => {
  expect(pathTo(thread, 'e').map(({ id }) => id)).toEqual(['a', 'd', 'e']);
  expect(versionsOf(thread, 'd')).toEqual(['c', 'd']);
  expect(versionsOf(thread, 'a')).toEqual(['a', 'b']);
  expect(versionsOf(thread, 'nobody')).toEqual([]);
  expect(leafBelow(thread, 'a')).toBe('e');
  expect(leafBelow(thread, 'c')).toBe('c');
  // Whatever is noted, it comes to an end.
  expect(pathTo([{ id: 'x', parentId: 'x' }], 'x')).toHaveLength(1);
});

test('each question knows its answer: by the branches, else by the messages, unless it never came', () => {
  const run = { ...generation(said, 'Due'), id: 'd' };
  const turns = turnsOf(run);
  expect([...answersOf(run, turns, thread)]).toEqual([
    [0, 'a'],
    [2, 'd'],
  ]);
  expect([...answersOf(run, turns, [])]).toEqual([
    [0, 'a'],
    [2, 'd'],
  ]);
  const failed = { ...generation([said[1], said[3]], 'Due'), id: 'x' };
  expect([...answersOf(failed, turnsOf(failed), [])]).toEqual([[1, 'x']]);
});
