import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { dataOf } from '../kit/sse.ts';
import type { Simulator } from '../simulator.ts';
import { startOpenAi } from './openai.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startOpenAi({ paceMs: 0 });
  client = new OpenAI({ apiKey: 'sk-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const ask = (content: string) => [{ role: 'user' as const, content }];
const raw = (body: unknown, key = 'sk-test') =>
  fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== '' && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  });
const control = async (method: string, path: string, body?: unknown) => {
  const reply = await fetch(`${simulator.url}/_control/${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return (await reply.json()) as Record<string, never>;
};

test('an answer mentions the prompt, is the same each time, and counts its tokens', async () => {
  const one = await client.chat.completions.create({
    model: 'gpt-6-luna',
    messages: ask('Why is the sea salt?'),
  });
  const two = await client.chat.completions.create({
    model: 'gpt-6-luna',
    messages: ask('Why is the sea salt?'),
  });
  expect(one.choices[0]?.message.content).toContain('Why is the sea salt?');
  expect(two.choices[0]?.message.content).toBe(one.choices[0]?.message.content);
  const usage = one.usage!;
  expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
  expect(usage.completion_tokens_details?.reasoning_tokens).toBe(64);
});

test('a stream says what the plain answer says, and reports usage only when asked', async () => {
  const body = { model: 'gpt-4o-mini', messages: ask('Tell me of tides') };
  const whole = await client.chat.completions.create(body);
  const chunks = await Array.fromAsync(
    await client.chat.completions.create({ ...body, stream: true, stream_options: { include_usage: true } }),
  );
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
    whole.choices[0]?.message.content,
  );
  expect(chunks.at(-1)?.choices).toEqual([]);
  expect(chunks.at(-1)?.usage).toEqual(whole.usage);
  const without = dataOf(await (await raw({ ...body, stream: true })).text());
  expect(without.at(-1)).toBe('[DONE]');
  expect(without.some((data) => data.includes('"usage"'))).toBe(false);
});

test('max_completion_tokens ends an answer with length, reasoning first', async () => {
  const cut = await client.chat.completions.create({
    model: 'gpt-6-luna',
    messages: ask('Long story'),
    max_completion_tokens: 70,
  });
  expect(cut.choices[0]?.finish_reason).toBe('length');
  expect(cut.usage?.completion_tokens).toBe(70);
  const starved = await client.chat.completions.create({
    model: 'gpt-6-luna',
    messages: ask('Long story'),
    max_completion_tokens: 10,
  });
  expect(starved.choices[0]?.message.content).toBe('');
  expect(starved.usage?.completion_tokens).toBe(10);
});

test('a demanded tool is called with arguments that fit its schema, streamed and not', async () => {
  const body = {
    model: 'gpt-4o',
    messages: ask('Weather in Yangon?'),
    tools: [
      {
        type: 'function' as const,
        function: {
          name: 'weather',
          parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
        },
      },
    ],
    tool_choice: 'required' as const,
  };
  const reply = await client.chat.completions.create(body);
  const call = reply.choices[0]?.message.tool_calls?.[0];
  expect(reply.choices[0]?.finish_reason).toBe('tool_calls');
  const streamed = await client.chat.completions.stream({ ...body, stream: true }).finalChatCompletion();
  const streamedCall = streamed.choices[0]?.message.tool_calls?.[0];
  expect(streamedCall).toMatchObject({ function: (call as { function: object }).function });
  expect(Object.keys(JSON.parse((call as { function: { arguments: string } }).function.arguments))).toEqual([
    'city',
    'days',
  ]);
});

test('structured answers are JSON of the schema', async () => {
  const reply = await client.chat.completions.create({
    model: 'gpt-6-luna',
    messages: ask('A colour'),
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'colour',
        strict: true,
        schema: { type: 'object', properties: { name: { type: 'string' }, warm: { type: 'boolean' } } },
      },
    },
  });
  expect(Object.keys(JSON.parse(reply.choices[0]?.message.content ?? ''))).toEqual(['name', 'warm']);
});

test.each([
  ['no key', { key: '' }, 401, null],
  ['a wrong key', { key: 'nonsense' }, 401, 'invalid_api_key'],
  ['an empty account', { key: 'sk-broke' }, 429, 'credit_balance_exhausted'],
  ['an unknown model', { model: 'gpt-9' }, 404, 'model_not_found'],
  ['max_tokens on a reasoning model', { max_tokens: 5 }, 400, 'unsupported_parameter'],
  ['a temperature on a reasoning model', { temperature: 0.3 }, 400, 'unsupported_value'],
  ['a field that does not exist', { colour: 'red' }, 400, null],
  ['a message without content', { messages: [{ role: 'user' }] }, 400, null],
  ['an unknown role', { messages: [{ role: 'owner', content: 'x' }] }, 400, 'invalid_value'],
  ['stream options without a stream', { stream_options: { include_usage: true } }, 400, null],
  ['an effort that the model lacks', { reasoning_effort: 'minimal' }, 400, 'unsupported_value'],
  ['function tools with reasoning', { tools: [{ type: 'function', function: { name: 'f' } }] }, 400, null],
])('%s is refused in the words of OpenAI', async (_, change, status, code) => {
  const { key, ...fields } = { key: 'sk-test', ...change };
  const reply = await raw({ model: 'gpt-6-luna', messages: ask('x'), ...fields }, key);
  expect(reply.status).toBe(status);
  expect(await reply.json()).toMatchObject({ error: { code, message: expect.any(String) } });
});

test('a phrase in the prompt makes it misbehave', async () => {
  await expect(
    client.chat.completions.create({ model: 'gpt-4o', messages: ask('[sandbox:429]') }),
  ).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  const refused = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: ask('[sandbox:refuse]'),
  });
  expect(refused.choices[0]?.message).toMatchObject({ content: null, refusal: expect.any(String) });
  const filtered = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: ask('[sandbox:moderated]'),
  });
  expect(filtered.choices[0]?.finish_reason).toBe('content_filter');
  const seen: unknown[] = [];
  const cut = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: ask('[sandbox:cut]'),
    stream: true,
  });
  await expect(async () => {
    for await (const chunk of cut) seen.push(chunk);
  }).rejects.toThrow();
  expect(seen).toHaveLength(5);
  await expect(
    client.chat.completions.create({ model: 'gpt-4o', messages: ask('[sandbox:lost]') }),
  ).rejects.toThrow('Connection error');
});

test('queued faults hit the requests they match, as often as asked', async () => {
  await control('POST', 'faults', {
    match: { model: 'gpt-4o', promptIncludes: 'apple' },
    times: 2,
    fault: { status: 503 },
  });
  const status = async (model: string, content: string) =>
    (await raw({ model, messages: ask(content) })).status;
  expect(await status('gpt-4o-mini', 'apple')).toBe(200);
  expect(await status('gpt-4o', 'pear')).toBe(200);
  expect([
    await status('gpt-4o', 'apple'),
    await status('gpt-4o', 'apple'),
    await status('gpt-4o', 'apple'),
  ]).toEqual([503, 503, 200]);
});

test('the tally agrees with the usage that was reported, and counts lost answers', async () => {
  await control('DELETE', 'tally');
  const { usage } = await client.chat.completions.create({ model: 'gpt-4o', messages: ask('Count me') });
  await raw({ model: 'gpt-4o', messages: ask('Count me [sandbox:lost]') }).catch(() => undefined);
  const tally = (await control('GET', 'tally')) as unknown as {
    count: number;
    totals: Record<string, number>;
    uses: { units: object }[];
  };
  expect(tally.count).toBe(2);
  expect(tally.uses[0]?.units).toMatchObject({
    input_token: usage?.prompt_tokens,
    output_token: usage?.completion_tokens,
  });
});

test('requests can be read back byte for byte', async () => {
  await control('DELETE', 'requests');
  await raw({ model: 'gpt-4o', messages: ask('Bytes: é') });
  const { requests } = (await control('GET', 'requests')) as unknown as {
    requests: { body: string; path: string }[];
  };
  expect(requests).toHaveLength(1);
  expect(requests[0]?.body).toBe(JSON.stringify({ model: 'gpt-4o', messages: ask('Bytes: é') }));
});

test('a long prompt is read from the cache the second time', async () => {
  const messages = ask('The river runs. '.repeat(600));
  const first = await client.chat.completions.create({ model: 'gpt-6-luna', messages });
  const second = await client.chat.completions.create({ model: 'gpt-6-luna', messages });
  expect(first.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
  expect(second.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(1024);
});

test('a bench model answers the same bytes, streamed and not', async () => {
  const plain = await client.chat.completions.create({ model: 'bench-fixed', messages: ask('x') });
  expect(plain.usage?.completion_tokens).toBe(160);
  const chunks = await Array.fromAsync(
    await client.chat.completions.create({
      model: 'bench-fixed',
      messages: ask('x'),
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  expect(chunks).toHaveLength(52);
  expect(chunks.at(-1)?.usage?.completion_tokens).toBe(50);
});

test.skipIf(specsMissing)('answers, chunks and refusals fit the public description', async () => {
  const schema = '/components/schemas/';
  for (const model of ['gpt-6-luna', 'gpt-4o', 'bench-fixed']) {
    const body = { model, messages: ask('Fit [sandbox:words=20]') };
    expectToFit(body, 'openai', `${schema}CreateChatCompletionRequest`, true);
    expectToFit(await (await raw(body)).json(), 'openai', `${schema}CreateChatCompletionResponse`);
    const stream = await (
      await raw({ ...body, stream: true, stream_options: { include_usage: true } })
    ).text();
    for (const data of dataOf(stream).slice(0, -1))
      expectToFit(JSON.parse(data), 'openai', `${schema}CreateChatCompletionStreamResponse`);
  }
  expectToFit(await (await raw({ model: 'gpt-9', messages: [] })).json(), 'openai', `${schema}ErrorResponse`);
  expectToFit(
    await client.models.list().then(({ data, object }) => ({ data, object })),
    'openai',
    `${schema}ListModelsResponse`,
  );
});
