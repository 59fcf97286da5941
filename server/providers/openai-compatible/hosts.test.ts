import { expect, test } from 'vitest';
import { startCommercialHost } from '#sandbox/openai-compatible/commercial.ts';
import { flavours } from '#sandbox/openai-compatible/flavours.ts';
import { startOpenAiCompatible } from '#sandbox/openai-compatible/openai-compatible.ts';
import { openRouterModels } from '#server/catalogue/data/openrouter.ts';
import { captured, upperBound } from '#server/catalogue/prices.ts';
import { costMicroOf } from '#server/catalogue/shipped.ts';
import { aCall, type ContractCall, collect, faultOf, openBench } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import type { TextAdapter, Units } from '../provider.ts';
import { deepseek, groq, local, mistral, together, xai } from './hosts.ts';
import { listLocalModels } from './local-models.ts';
import { openrouter } from './openrouter.ts';
import { listOpenRouterModels } from './openrouter-models.ts';

const hosts = [
  [deepseek, 'deepseek-flash'],
  [mistral, 'mistral-large-4'],
  [groq, 'openai/gpt-oss-120b'],
  [together, 'zai-org/GLM-5.3'],
  [xai, 'grok-4.7'],
] as const;
for (const [host, model] of hosts) {
  contractTests(host, {
    start: () => startCommercialHost(host.id, { paceMs: 1 }),
    calls: [
      {
        operation: 'text',
        model,
        params: { max_completion_tokens: 8192 },
        declinesInWords: true,
        // xAI is held in tokens and charged what each answer says that it cost.
        ...(host === xai && { boundInMoney: true as const }),
      },
    ],
  });
}

contractTests(openrouter, {
  start: () => startCommercialHost('openrouter', { paceMs: 1 }),
  calls: ['anthropic/claude-sonnet-5.5', 'openai/gpt-oss-120b'].map((model) => ({
    operation: 'text',
    model,
    fits: ['openrouter', 'ChatRequest'],
    params: { max_completion_tokens: 8192 },
    // What is held is tokens at their list price, what is charged the cost of the answer.
    boundInMoney: true,
  })),
});

/** Each kind of host that a person may run, under the one name they have with us. */
for (const { name } of flavours) {
  contractTests(local, {
    start: () => startOpenAiCompatible({ flavour: name, paceMs: 1 }),
    calls: ['llama4:8b', 'qwen3.5:4b'].map((model) => ({
      operation: 'text',
      model,
      params: { max_completion_tokens: 8192 },
      declinesInWords: true,
      keyless: true,
    })),
  });
}

const bench = openBench(local, () => startOpenAiCompatible({ flavour: 'vllm', key: 'test-LOCAL_API_KEY' }));

test('the models of a host of the operator’s own are those that it lists', async () => {
  expect(await listLocalModels(bench.context())).toEqual(['gemma4:2b', 'llama4:8b', 'qwen3.5:4b']);
});

test('a host that was started with a key is given it, and another key is the operator’s fault', async () => {
  const call: ContractCall = {
    operation: 'text',
    model: 'llama4:8b',
    params: { max_completion_tokens: 100 },
  };
  const adapter = local.operations.text as TextAdapter;
  expect((await collect(adapter, bench, aCall(call))).at(-1)).toMatchObject({ type: 'end' });
  const context = bench.context();
  const wrong = { ...context, route: { ...context.route, extra: { LOCAL_API_KEY: 'another' } } };
  const fault = await faultOf(collect(adapter, bench, aCall(call), wrong));
  expect(fault).toMatchObject({ kind: 'auth', accepted: 'no' });
});

test('a prompt that leaves no room for the answer is refused where it would be cut without a word', async () => {
  const call: ContractCall = {
    operation: 'text',
    model: 'gemma4:2b',
    params: { max_completion_tokens: 4096 },
  };
  const fault = await faultOf(collect(local.operations.text as TextAdapter, bench, aCall(call)));
  expect(fault).toMatchObject({ kind: 'bad_input', accepted: 'no' });
});

test('the hash of a member goes by the host’s own name, or not at all', () => {
  const route = { id: 'x', baseUrl: 'https://host.example', key: 'k', region: 'EU' };
  const sent = (host: typeof groq) => {
    const { passThrough } = host.operations.text as TextAdapter;
    const { body } = passThrough!.request({ messages: [], safety_identifier: 'hash' }, 'm', route);
    return JSON.parse(String(body));
  };
  expect(sent(groq)).toMatchObject({ user: 'hash' });
  expect(sent(deepseek)).toMatchObject({ user_id: 'hash' });
  expect(JSON.stringify(sent(together))).not.toContain('hash');
});

const grok = openBench(xai, () => startCommercialHost('xai', { paceMs: 1 }));

test('xAI is called by its main API, keeps nothing, and charges what each answer says that it cost', async () => {
  const asked = aCall({ operation: 'text', model: 'grok-4.7', params: { reasoning_effort: 'low' } });
  const end = (await collect(xai.operations.text as TextAdapter, grok, asked)).at(-1) as { usage: Units };
  expect(Number(end.usage.charged_microdollar)).toBe(
    (await grok.lastUse('grok-4.7'))!.units.charged_microdollar,
  );
  expect(await grok.lastBody()).toMatchObject({
    store: false,
    user: 'a3f0c1',
    reasoning: { effort: 'low' },
    include: ['reasoning.encrypted_content'],
  });
  expect(await grok.lastBody()).not.toHaveProperty('safety_identifier');
});

const market = openBench(openrouter, () => startCommercialHost('openrouter', { paceMs: 1 }));

test('the market’s models are those that it lists, at its prices, which bound what its answers cost', async () => {
  const rows = await listOpenRouterModels(market.context());
  const { models } = openRouterModels(rows, '2026-11-24');
  expect(models.map(({ id }) => id)).toContain('openrouter/deepseek/deepseek-v4-pro');
  const model = models.find(({ upstream }) => upstream === 'anthropic/claude-sonnet-5.5')!;
  expect(model.accepts.maxFiles).toBeGreaterThan(0);
  const prices = model.prices.map((row) => {
    const costMicro = costMicroOf(row);
    return { unit: row.unit, costMicro, priceMicro: costMicro, when: row.when ?? null };
  });
  const asked = aCall({ operation: 'text', model: model.upstream, params: { max_completion_tokens: 4096 } });
  const adapter = openrouter.operations.text as TextAdapter;
  const end = (await collect(adapter, market, asked)).at(-1) as { usage: Units };
  const held = upperBound(prices, adapter.bound(asked, { maxOutputTokens: 4096 }), {});
  const charged = captured(prices, end.usage, {});
  // The charge is the cost that the answer told.
  expect(charged.amountMicro).toBe(end.usage.charged_microdollar);
  expect(charged.amountMicro).toBeGreaterThan(0n);
  expect(held.amountMicro >= charged.amountMicro).toBe(true);
});

test('only hosts that keep nothing serve a call, and none in another’s place', async () => {
  const asked = aCall({
    operation: 'text',
    model: 'openai/gpt-oss-120b',
    params: { response_format: { type: 'json_object' } },
  });
  await collect(openrouter.operations.text as TextAdapter, market, asked);
  expect(await market.lastBody()).toMatchObject({
    user: 'a3f0c1',
    provider: { data_collection: 'deny', zdr: true, allow_fallbacks: false, require_parameters: true },
  });
});

test.each([
  [402, { limit_source: 'openrouter_in_flight_budget' }, 'rate_limited'],
  [402, {}, 'auth'],
  [403, { reasons: ['violence'], flagged_input: 'x' }, 'rejected_content'],
  [502, { provider_name: 'x' }, 'unknown'],
])('a %i of the market with %j is %s', (status, metadata, kind) => {
  const { passThrough } = openrouter.operations.text as TextAdapter;
  const body = Buffer.from(JSON.stringify({ error: { code: status, message: 'no', metadata } }));
  expect(passThrough!.fault(status, {}, body).kind).toBe(kind);
});

const thinker = openBench(deepseek, () => startCommercialHost('deepseek', { paceMs: 1 }));

test('DeepSeek is sent its own thoughts back in words, and none of another model', async () => {
  const text = deepseek.operations.text as TextAdapter;
  const model = 'deepseek-flash';
  const first = await collect(text, thinker, aCall({ operation: 'text', model }));
  const details = first.flatMap((event) => (event.type === 'sealed' ? [event.detail] : []));
  const thoughts = first.flatMap((event) => (event.type === 'reasoning' ? [event.text] : [])).join('');
  expect(details).toMatchObject([{ type: 'reasoning.text', text: thoughts }]);
  const goOn = async (reasoning_details: unknown[], more: object = {}) => {
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi.', reasoning_details, ...more },
      { role: 'user', content: 'Go on' },
    ];
    await collect(text, thinker, aCall({ operation: 'text', model, params: { messages } }));
    return ((await thinker.lastBody()) as { messages: unknown[] }).messages[1];
  };
  expect(await goOn(details)).toEqual({ role: 'assistant', content: 'Hi.', reasoning_content: thoughts });
  const others = details.map((detail) => ({ ...detail, model: 'deepseek-v4-pro' }));
  expect(await goOn(others)).toEqual({ role: 'assistant', content: 'Hi.', reasoning_content: '' });
  expect(await goOn([], { reasoning_content: 'As it came.' })).toMatchObject({
    reasoning_content: 'As it came.',
  });
});
