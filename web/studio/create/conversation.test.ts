import { expect, test } from 'vitest';
import type { Generation } from '#contract/generations.ts';
import { fileIdsOf, nextMessages, turnsOf } from './conversation.ts';

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
