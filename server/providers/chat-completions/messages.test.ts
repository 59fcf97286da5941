import { expect, test } from 'vitest';
import type { TextMessage } from '../text-params.ts';
import { Gathered, messagesFor } from './messages.ts';

const said: TextMessage = {
  role: 'assistant',
  content: 'Hi.',
  reasoning_content: 'Hm.',
  tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
};

test('what only an answer has is not sent back, and what was given is not changed', () => {
  const given = {
    ...said,
    annotations: [],
    audio: null,
    refusal: null,
    reasoning: 'Hm.',
    generation_id: 'x',
    reasoning_details: [],
    tool_calls: [{ ...said.tool_calls![0]!, index: 0, extra_content: {} }],
  };
  const before = structuredClone(given);
  expect(messagesFor([given], 'm', {})).toEqual([
    { role: 'assistant', content: 'Hi.', tool_calls: said.tool_calls },
  ]);
  expect(given).toEqual(before);
});

test('a refusal in words stays, and messages of others are left as they are', () => {
  const refused: TextMessage & { refusal: string } = { role: 'assistant', content: null, refusal: 'No.' };
  expect(messagesFor([refused], 'm', {})).toEqual([refused]);
  const asked: TextMessage = { role: 'user', content: 'Hello', name: 'ann' };
  expect(messagesFor([asked], 'm', {})[0]).toBe(asked);
});

test('a part keeps the one mark that its host knows', () => {
  const text = {
    type: 'text',
    text: 'x',
    cache_control: { type: 'ephemeral' },
    prompt_cache_breakpoint: { mode: 'explicit' },
  };
  const marks = (cacheMark?: 'cache_control' | 'prompt_cache_breakpoint') =>
    Object.keys(
      messagesFor([{ role: 'user', content: [text] } as TextMessage], 'm', { cacheMark })[0]!
        .content![0] as object,
    );
  expect(marks()).toEqual(['type', 'text']);
  expect(marks('cache_control')).toEqual(['type', 'text', 'cache_control']);
  expect(marks('prompt_cache_breakpoint')).toEqual(['type', 'text', 'prompt_cache_breakpoint']);
});

test('details that come in pieces are joined by their place, with the seal that came last', () => {
  const gathered = new Gathered('m', 'details');
  const piece = (index: number, more: object) => ({ type: 'reasoning.text', format: 'f', index, ...more });
  gathered.take({ reasoning_details: [piece(0, { text: 'One, ' })] }, null);
  gathered.take({ reasoning_details: [piece(0, { text: 'two.' }), piece(1, { text: 'Three.' })] }, null);
  gathered.take({ reasoning_details: [piece(0, { signature: 'S' })] }, null);
  expect(gathered.details()).toEqual([
    { type: 'reasoning.text', format: 'f', model: 'm', index: 0, text: 'One, two.', signature: 'S' },
    { type: 'reasoning.text', format: 'f', model: 'm', index: 1, text: 'Three.' },
  ]);
});
