import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { dataOf } from '../kit/sse.ts';
import type { Simulator } from '../simulator.ts';
import { startAnthropic } from './anthropic.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startAnthropic({ paceMs: 0 });
  client = new Anthropic({ apiKey: 'sk-ant-test', baseURL: simulator.url, maxRetries: 0 });
});
afterAll(() => simulator.close());

const ask = (content: string) => [{ role: 'user' as const, content }];
const raw = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${simulator.url}/v1/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': 'sk-ant-test',
      'anthropic-version': '2023-06-01',
      ...headers,
    },
    body: JSON.stringify(body),
  });
const tally = async () =>
  (await (await fetch(`${simulator.url}/_control/tally`)).json()) as {
    uses: { units: Record<string, number>; charged: boolean }[];
  };

test('a message thinks, mentions the prompt and counts', async () => {
  const message = await client.messages.create({
    model: 'claude-sonnet-5-5',
    max_tokens: 2000,
    messages: ask('Why do cats purr?'),
  });
  expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
  expect(message.content[1]).toMatchObject({ text: expect.stringContaining('Why do cats purr?') });
  expect(message.usage.output_tokens_details?.thinking_tokens).toBe(160);
  expect((await tally()).uses.at(-1)?.units).toMatchObject({
    input_token: message.usage.input_tokens,
    output_token: message.usage.output_tokens,
  });
});

test('a stream gathers to the same message', async () => {
  const body = {
    model: 'claude-sonnet-5-5',
    max_tokens: 2000,
    messages: ask('Tell me of tides'),
    thinking: { type: 'adaptive' as const, display: 'summarized' as const },
  };
  const plain = await client.messages.create(body);
  const streamed = await client.messages.stream(body).finalMessage();
  expect(streamed.content).toEqual(plain.content);
  expect(streamed.usage.output_tokens).toBe(plain.usage.output_tokens);
});

test('tools are called when demanded, and their answer is used', async () => {
  const tools = [
    { name: 'weather', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } },
  ];
  const body = {
    model: 'claude-sonnet-5',
    max_tokens: 900,
    tools,
    tool_choice: { type: 'any' as const },
    messages: ask('Rain in Yangon?'),
  };
  const called = await client.messages.stream(body).finalMessage();
  const use = called.content.find(({ type }) => type === 'tool_use') as Anthropic.ToolUseBlock;
  expect(called.stop_reason).toBe('tool_use');
  expect(Object.keys(use.input as object)).toEqual(['city']);
  const messages = [
    ...ask('Rain in Yangon?'),
    { role: 'assistant' as const, content: called.content as Anthropic.ContentBlockParam[] },
    {
      role: 'user' as const,
      content: [{ type: 'tool_result' as const, tool_use_id: use.id, content: 'Heavy rain' }],
    },
  ];
  const answered = await client.messages.create({ ...body, tool_choice: { type: 'auto' }, messages });
  expect(answered.content.at(-1)).toMatchObject({ text: expect.stringContaining('Heavy rain') });
});

test.each([
  ['no key', {}, { 'x-api-key': '' }, 401],
  ['no version', {}, { 'anthropic-version': '2020-01-01' }, 400],
  ['no max_tokens', { max_tokens: undefined }, {}, 400],
  ['an unknown model', { model: 'claude-2' }, {}, 404],
  ['a temperature on a new model', { temperature: 0.2 }, {}, 400],
  [
    'a temperature in the new version',
    { model: 'claude-opus-4-6', temperature: 1 },
    { 'anthropic-version': '2026-10-21' },
    400,
  ],
  ['a prefill', { messages: [...ask('x'), { role: 'assistant', content: 'y' }] }, {}, 400],
  ['an empty text', { messages: ask('') }, {}, 400],
  [
    'a forced tool on a 5.5 model',
    { tools: [{ name: 'f', input_schema: { type: 'object' } }], tool_choice: { type: 'any' } },
    {},
    400,
  ],
  ['a thinking budget on a new model', { thinking: { type: 'enabled', budget_tokens: 1024 } }, {}, 400],
  [
    'a tool left without an answer',
    {
      messages: [
        ...ask('x'),
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
        ...ask('y'),
      ],
    },
    {},
    400,
  ],
])('%s is refused', async (_, change, headers, status) => {
  const reply = await raw(
    { model: 'claude-sonnet-5-5', max_tokens: 100, messages: ask('x'), ...change },
    headers as Record<string, string>,
  );
  expect(reply.status).toBe(status);
  expect(await reply.json()).toMatchObject({ type: 'error', error: { message: expect.any(String) } });
});

test('a refusal is free, a cut stream is not', async () => {
  const refused = await client.messages.create({
    model: 'claude-sonnet-5',
    max_tokens: 500,
    messages: ask('[sandbox:refuse]'),
  });
  expect(refused).toMatchObject({ content: [], stop_reason: 'refusal', stop_details: { type: 'refusal' } });
  expect((await tally()).uses.at(-1)?.charged).toBe(false);
  await expect(
    client.messages
      .stream({ model: 'claude-sonnet-5', max_tokens: 500, messages: ask('[sandbox:cut]') })
      .finalMessage(),
  ).rejects.toThrow();
  await expect.poll(async () => (await tally()).uses.at(-1)?.charged).toBe(true);
});

test('an error in the middle of a stream reaches the client', async () => {
  await expect(
    client.messages
      .stream({ model: 'claude-sonnet-5', max_tokens: 500, messages: ask('[sandbox:error]') })
      .finalMessage(),
  ).rejects.toThrow('Overloaded');
});

test('a marked prompt is written to the cache, then read', async () => {
  const body = {
    model: 'claude-sonnet-5',
    max_tokens: 300,
    cache_control: { type: 'ephemeral' as const },
    messages: ask('The river runs. '.repeat(500)),
  };
  const [first, second] = [await client.messages.create(body), await client.messages.create(body)];
  expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(1024);
  expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
});

test('tokens are counted without an answer', async () => {
  const counted = await client.messages.countTokens({
    model: 'claude-sonnet-5',
    messages: ask('How long is this?'),
  });
  const message = await client.messages.create({
    model: 'claude-sonnet-5',
    max_tokens: 500,
    messages: ask('How long is this?'),
  });
  expect(counted.input_tokens).toBe(message.usage.input_tokens);
});

test.skipIf(specsMissing)('answers of both versions fit the public descriptions', async () => {
  const schema = '/components/schemas/';
  const body = {
    model: 'claude-sonnet-4-6',
    max_tokens: 3000,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    messages: ask('Fit [sandbox:words=20]'),
  };
  expectToFit(body, 'anthropic', `${schema}CreateMessageParams`, true);
  for (const [version, document] of [
    ['2023-06-01', 'anthropic'],
    ['2026-10-21', 'anthropic-types'],
  ] as const) {
    const headers = { 'anthropic-version': version };
    expectToFit(await (await raw(body, headers)).json(), document, `${schema}Message`);
    expectToFit(await (await raw({}, headers)).json(), document, `${schema}ErrorResponse`);
    const events = dataOf(await (await raw({ ...body, stream: true }, headers)).text()).map((data) =>
      JSON.parse(data),
    );
    const union = document === 'anthropic' ? 'MessageStreamEvent' : 'RawMessageStreamEvent';
    for (const event of events.filter(({ type }) => type !== 'ping'))
      expectToFit(event, document, schema + union);
  }
  const model = await (
    await fetch(`${simulator.url}/v1/models/claude-sonnet-5`, {
      headers: { 'x-api-key': 'sk-ant-test', 'anthropic-version': '2026-10-21' },
    })
  ).json();
  expectToFit(model, 'anthropic', `${schema}ModelInfo`);
});
