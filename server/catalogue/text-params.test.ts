import { expect, test } from 'vitest';
import { checkMessages } from './text-params.ts';

const call = {
  id: 'call_1',
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Yangon"}' },
};

test('a conversation with pictures, files and tool calls is taken as it is', () => {
  expect(
    checkMessages([
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        name: 'Aye',
        content: [
          { type: 'text', text: 'What is this?', prompt_cache_breakpoint: { mode: 'explicit' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        ],
      },
      { role: 'assistant', content: null, refusal: null, annotations: [], tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'Rain.' },
      { role: 'assistant', content: [{ type: 'text', text: 'It rains.' }] },
      { role: 'user', content: 'Thanks' },
    ]),
  ).toBeNull();
});

test.each<[string, unknown, string, RegExp]>([
  ['nothing at all', [], 'messages', /fewer than 1/],
  ['no list', 'hello', 'messages', /array/],
  ['a role that nobody has', [{ role: 'robot', content: 'x' }], 'messages.0', /role/],
  ['a user who says nothing', [{ role: 'user' }], 'messages.0.content', /needed/],
  ['an unknown field', [{ role: 'user', content: 'x', mood: 'good' }], 'messages.0.mood', /not known/],
  ['a part of an unknown kind', [{ role: 'user', content: [{ type: 'smell' }] }], 'messages.0.content', /./],
  [
    'a picture from an address without encryption',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://10.0.0.1/x' } }] }],
    'messages.0.content',
    /./,
  ],
  [
    'a tool result that answers no call',
    [{ role: 'tool', content: 'x' }],
    'messages.0.tool_call_id',
    /needed/,
  ],
])('refused: %s', (_, messages, path, message) => {
  const errors = checkMessages(messages)!;
  expect(errors[0]!.path.startsWith(path), JSON.stringify(errors)).toBe(true);
  expect(errors[0]!.message).toMatch(message);
});

test('an answer is named by an id and nothing that merely looks like one, and brings its seals along', () => {
  const answer = (more: object) =>
    checkMessages([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'y', ...more },
    ]);
  expect(answer({ generation_id: '01a20d6c-5e72-7a09-ab83-98a51fb2df97' })).toBeNull();
  expect(answer({ generation_id: '-'.repeat(36) })).not.toBeNull();
  const detail = { type: 'reasoning.text', format: 'f', model: 'm', index: 0, text: 'x', signature: 's' };
  expect(answer({ reasoning: 'x', reasoning_details: [detail, { ...detail, id: null }] })).toBeNull();
  expect(answer({ reasoning_details: [{ format: 'f' }] })).not.toBeNull();
  expect(answer({ reasoning_details: [{ ...detail, index: -1 }] })).not.toBeNull();
});
