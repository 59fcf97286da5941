import { expect, test } from 'vitest';
import { type Entry, matching } from './entries.ts';

const entry = (label: string, also?: string): Entry => ({ id: label, label, also, choose: () => undefined });
const found = (entries: Entry[], words: string, most = 9) =>
  matching(entries, words, most).map(({ label }) => label);

test('an entry is found by any of its words, in any order and case, with or without accents', () => {
  const entries = [entry('GPT-6 Luna', 'OpenAI openai/gpt-6-luna'), entry('Réglages')];
  expect(found(entries, 'luna gpt')).toEqual(['GPT-6 Luna']);
  expect(found(entries, 'OPENAI')).toEqual(['GPT-6 Luna']);
  expect(found(entries, 'reglages')).toEqual(['Réglages']);
  expect(found(entries, 'luna claude')).toEqual([]);
});

test('what begins with the words stands first, and the rest keeps its order', () => {
  const entries = [entry('Use Wallet'), entry('My wallet'), entry('Wallet')];
  expect(found(entries, 'wal')).toEqual(['Wallet', 'Use Wallet', 'My wallet']);
  expect(found(entries, 'wal', 1)).toEqual(['Wallet']);
  expect(found(entries, ' ')).toHaveLength(3);
});
