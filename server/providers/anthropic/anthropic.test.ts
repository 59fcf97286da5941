import { expect, test } from 'vitest';
import { startAnthropic } from '#sandbox/anthropic/anthropic.ts';
import { aCall, type ContractCall, collect, openBench } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import type { TextAdapter } from '../provider.ts';
import { aPicture } from '../test-files.ts';
import { anthropic } from './anthropic.ts';
import { messageBody } from './request.ts';
import { schemaForAnthropic } from './schema.ts';

const call: ContractCall = {
  operation: 'text',
  model: 'claude-sonnet-5-5',
  fits: ['anthropic-types', 'MessageCreateParamsStreaming'],
  params: { max_completion_tokens: 8192 },
};
contractTests(anthropic, {
  start: startAnthropic,
  calls: [
    call,
    {
      operation: 'text',
      model: 'claude-opus-4-6',
      params: {
        max_completion_tokens: 8192,
        temperature: 0.5,
        reasoning_effort: 'low',
        thinking: 'adaptive',
      },
    },
  ],
});

const tool = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const bench = openBench(anthropic, startAnthropic);
const adapter = anthropic.operations.text as TextAdapter;

test('a tool is called, its result sent back, and a picture looked at', async () => {
  const asked = aCall(
    { ...call, params: { ...call.params, tools: [tool] } },
    'Call the weather tool for Oslo',
  );
  const events = await collect(adapter, bench, asked);
  const end = events.at(-1);
  expect(end).toMatchObject({ type: 'end' });
  const picture = await aPicture();
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Weather?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'functions.f:0', type: 'function', function: { name: 'weather', arguments: '{"city":' } },
      ],
    },
    { role: 'tool', tool_call_id: 'functions.f:0', content: 'rain' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'And this?' },
        {
          type: 'image_url',
          image_url: { url: `data:image/png;base64,${picture.bytes.toString('base64')}` },
        },
      ],
    },
  ];
  const again = aCall({ ...call, params: { ...call.params, tools: [tool], messages } });
  expect((await collect(adapter, bench, again)).at(-1)).toMatchObject({ type: 'end', finish: 'stop' });
  const body = messageBody(again) as {
    system: string;
    messages: { role: string; content: { type: string }[] }[];
  };
  expect(body.system).toBe('Be brief.');
  expect(body.messages.map(({ role, content }) => [role, ...content.map(({ type }) => type)])).toEqual([
    ['user', 'text'],
    ['assistant', 'tool_use'],
    ['user', 'tool_result', 'text', 'image'],
  ]);
});

test('a call without its result gets one that says so', () => {
  const body = messageBody(
    aCall({
      ...call,
      params: {
        messages: [
          { role: 'user', content: 'x' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '' } }],
          },
          { role: 'user', content: 'never mind' },
        ],
      },
    }),
  ) as { messages: { content: unknown[] }[] };
  expect(body.messages[2]!.content[0]).toMatchObject({
    type: 'tool_result',
    tool_use_id: 'a',
    is_error: true,
  });
});

test('keywords that structured output refuses move into the description', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer', minimum: 1, description: 'How many.' } },
  };
  expect(schemaForAnthropic(schema)).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: { n: { type: 'integer', description: 'How many. {minimum: 1}' } },
  });
});
