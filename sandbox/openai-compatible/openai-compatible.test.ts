import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { startOpenAiCompatible } from './openai-compatible.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startOpenAiCompatible({ paceMs: 0 });
  client = new OpenAI({ apiKey: 'unused', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const ask = (content: string) => [{ role: 'user' as const, content }];

test('a model of one’s own answers without a key, whole and streamed alike', async () => {
  const reply = await fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'llama4:8b', messages: ask('Hello there') }),
  });
  const whole = (await reply.json()) as OpenAI.ChatCompletion;
  const chunks = await Array.fromAsync(
    await client.chat.completions.create({
      model: 'llama4:8b',
      messages: ask('Hello there'),
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
    whole.choices[0]?.message.content,
  );
  expect(chunks.at(-1)?.usage).toEqual(whole.usage);
});

test('a thinking model shows its thoughts apart', async () => {
  const { choices, usage } = await client.chat.completions.create({
    model: 'qwen3.5:4b',
    messages: ask('Hello'),
  });
  expect(choices[0]?.message).toMatchObject({ reasoning: expect.any(String) });
  expect(usage?.completion_tokens).toBeGreaterThan(40);
});

test('tools are called, and a model that was not pulled is not found', async () => {
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'clock', parameters: { type: 'object', properties: { zone: { type: 'string' } } } },
    },
  ];
  const streamed = await client.chat.completions
    .stream({ model: 'llama4:8b', messages: ask('read the clock'), tools })
    .finalChatCompletion();
  expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'clock' } });
  await expect(client.chat.completions.create({ model: 'gpt-4o', messages: ask('x') })).rejects.toMatchObject(
    { status: 404 },
  );
  expect((await client.models.list()).data.map(({ id }) => id)).toContain('llama4:8b');
});

test('faults are the same as everywhere', async () => {
  await expect(
    client.chat.completions.create({ model: 'llama4:8b', messages: ask('[sandbox:503]') }),
  ).rejects.toMatchObject({ status: 503 });
  const stream = await client.chat.completions.create({
    model: 'llama4:8b',
    messages: ask('[sandbox:cut]'),
    stream: true,
  });
  await expect(Array.fromAsync(stream)).rejects.toThrow();
});
