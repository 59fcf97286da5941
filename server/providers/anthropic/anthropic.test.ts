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

const longWords = 'All that is known of lighthouses, told at length. '.repeat(400);
const unitsOfLast = async () => (await bench.lastUse('claude-sonnet-5-5'))!.units;

test.each([
  ['5m', 'cache_write_token'],
  ['1h', 'cache_write_hour_token'],
] as const)(
  'a prompt is written to the cache for %s and read from it, each at its own unit',
  async (ttl, written) => {
    const words = `${ttl} ${longWords}`;
    const asked = aCall(
      { ...call, params: { ...call.params, cache_control: { type: 'ephemeral', ttl } } },
      words,
    );
    const usageOf = async () => {
      const end = (await collect(adapter, bench, asked)).at(-1);
      return (end as { usage: Record<string, bigint> }).usage;
    };
    const first = await usageOf();
    expect(Number(first[written])).toBeGreaterThan(1000);
    expect(Number(first[written])).toBe((await unitsOfLast())[written]);
    const second = await usageOf();
    expect(second[written]).toBeUndefined();
    expect(second.cached_input_token).toBe(first[written]);
    // The hour costs most of all tokens in, so that is what is held.
    const held = adapter.bound(asked, { maxOutputTokens: 100 }) as Record<string, bigint>;
    expect(held[ttl === '1h' ? written : 'input_token']! > first[written]!).toBe(true);
  },
);

test('a part’s own mark travels along, and a long conversation that goes on is cached by itself', () => {
  const marked = [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }];
  const one = messageBody(aCall({ ...call, params: { messages: [{ role: 'user', content: marked }] } }));
  expect(one).not.toHaveProperty('cache_control');
  expect(JSON.stringify(one)).toContain('"cache_control":{"type":"ephemeral","ttl":"1h"}');
  const said = [
    { role: 'user', content: longWords },
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: 'Go on.' },
  ];
  expect(messageBody(aCall({ ...call, params: { messages: said } }))).toMatchObject({
    cache_control: { type: 'ephemeral' },
  });
  expect(messageBody(aCall({ ...call, params: { messages: said.slice(2) } }))).not.toHaveProperty(
    'cache_control',
  );
});

test('a choice that narrows the tools sends those alone', () => {
  const other = { ...tool, function: { ...tool.function, name: 'time' } };
  const choice = (mode: string) => ({
    type: 'allowed_tools',
    allowed_tools: { mode, tools: [{ type: 'function', function: { name: 'time' } }] },
  });
  const body = (mode: string) =>
    messageBody(aCall({ ...call, params: { tools: [tool, other], tool_choice: choice(mode) } })) as {
      tools: { name: string }[];
      tool_choice?: unknown;
    };
  expect(body('auto').tools.map(({ name }) => name)).toEqual(['time']);
  expect(body('auto').tool_choice).toBeUndefined();
  expect(body('required').tool_choice).toEqual({ type: 'any' });
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
