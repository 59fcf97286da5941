import { expect, test } from 'vitest';
import { dataOf } from '../kit/sse.ts';
import { startCommercialHost } from './commercial.ts';

interface Chat {
  choices: {
    message: Record<string, unknown>;
    delta: Record<string, unknown>;
    finish_reason: string | null;
  }[];
  usage: Record<string, number> & { completion_tokens_details: { reasoning_tokens: number } };
  x_groq?: { usage: Record<string, number> };
}

const hosts = {
  deepseek: { path: '/chat/completions', key: 'sk-sandbox', model: 'deepseek-flash' },
  mistral: { path: '/v1/chat/completions', key: 'sandbox-key', model: 'mistral-medium-3.5' },
  groq: { path: '/openai/v1/chat/completions', key: 'gsk_sandbox', model: 'openai/gpt-oss-120b' },
  together: { path: '/v1/chat/completions', key: 'sandbox-key', model: 'moonshotai/Kimi-K3' },
  xai: { path: '/v1/chat/completions', key: 'xai-sandbox', model: 'grok-4.7' },
};

async function at(id: keyof typeof hosts) {
  const simulator = await startCommercialHost(id, { paceMs: 0 });
  const { path, key, model } = hosts[id];
  const send = (body: object, withKey = key) =>
    fetch(simulator.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${withKey}` },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Tell of tides' }], ...body }),
    });
  const ask = async (body: object = {}) => (await (await send(body)).json()) as Chat;
  const stream = async (body: object = {}) =>
    dataOf(await (await send({ ...body, stream: true })).text())
      .slice(0, -1)
      .map((data) => JSON.parse(data) as Chat);
  const tally = async () =>
    (await (await fetch(`${simulator.url}/_control/tally`)).json()) as {
      uses: { units: Record<string, number> }[];
    };
  return { send, ask, stream, tally, [Symbol.asyncDispose]: () => simulator.close() };
}

test.each(Object.keys(hosts) as (keyof typeof hosts)[])(
  '%s answers, and refuses other keys and models',
  async (id) => {
    await using host = await at(id);
    const { choices, usage } = await host.ask();
    expect(JSON.stringify(choices[0]?.message.content)).toContain('Tell of tides');
    expect(usage.prompt_tokens).toBeGreaterThan(0);
    expect((await host.send({}, 'no')).ok).toBe(false);
    expect((await host.send({ model: 'none' })).status).toBe(404);
  },
);

test('deepseek wants its thoughts back and no forced tool while it thinks', async () => {
  await using host = await at('deepseek');
  expect((await host.ask()).choices[0]?.message.reasoning_content).toEqual(expect.any(String));
  const history = [
    { role: 'user', content: 'x' },
    { role: 'assistant', content: 'y' },
    { role: 'user', content: 'z' },
  ];
  expect((await host.send({ messages: history })).status).toBe(400);
  expect((await host.send({ messages: history, thinking: { type: 'disabled' } })).status).toBe(200);
  expect(
    (await host.send({ tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'required' }))
      .status,
  ).toBe(400);
});

test('mistral refuses what it does not know, thinks inside its content, and tells usage unasked', async () => {
  await using host = await at('mistral');
  const reply = await host.send({ seed: 4 });
  expect([reply.status, await reply.json()]).toMatchObject([422, { detail: [{ loc: ['body', 'seed'] }] }]);
  expect((await host.ask({ reasoning_effort: 'high' })).choices[0]?.message.content).toMatchObject([
    { type: 'thinking' },
    { type: 'text' },
  ]);
  const chunks = await host.stream();
  expect(chunks.at(-1)?.usage.completion_tokens).toBeGreaterThan(10);
  const tools = [
    {
      type: 'function',
      function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ];
  const called = await host.stream({ tools, tool_choice: 'any' });
  expect(called.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toMatchObject([
    { function: { name: 'weather', arguments: expect.stringContaining('city') } },
  ]);
});

test('groq hides its usage, and refuses names', async () => {
  await using host = await at('groq');
  const chunks = await host.stream();
  expect(chunks.at(-1)?.x_groq?.usage.completion_tokens).toBeGreaterThan(10);
  expect((await host.send({ messages: [{ role: 'user', name: 'ann', content: 'x' }] })).status).toBe(400);
});

test('together ends with its own word', async () => {
  await using host = await at('together');
  expect((await host.ask()).choices[0]?.finish_reason).toBe('eos');
});

test('xai counts its thinking apart, and bills both', async () => {
  await using host = await at('xai');
  const { usage } = await host.ask();
  const { uses } = await host.tally();
  expect(uses[0]?.units.output_token).toBe(
    (usage.completion_tokens ?? 0) + usage.completion_tokens_details.reasoning_tokens,
  );
  expect((await host.send({ stop: ['x'] })).status).toBe(400);
});

test('a long prompt is read from the cache the second time, and counted so', async () => {
  await using host = await at('deepseek');
  const messages = [{ role: 'user', content: 'The river runs. '.repeat(500) }];
  await host.ask({ messages });
  const { usage } = await host.ask({ messages });
  const { uses } = await host.tally();
  expect(usage.prompt_cache_hit_tokens).toBeGreaterThan(1024);
  expect(uses[1]?.units).toMatchObject({
    cached_input_token: usage.prompt_cache_hit_tokens,
    input_token: usage.prompt_cache_miss_tokens,
  });
});
