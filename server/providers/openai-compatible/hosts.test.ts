import { expect, test } from 'vitest';
import { startCommercialHost } from '#sandbox/openai-compatible/commercial.ts';
import { flavours } from '#sandbox/openai-compatible/flavours.ts';
import { startOpenAiCompatible } from '#sandbox/openai-compatible/openai-compatible.ts';
import { aCall, type ContractCall, collect, faultOf, openBench } from '../contract-bench.ts';
import { contractTests } from '../contract-tests.ts';
import type { TextAdapter } from '../provider.ts';
import { deepseek, groq, local, mistral, together, xai } from './hosts.ts';
import { listLocalModels } from './local-models.ts';

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
    calls: [{ operation: 'text', model, params: { max_completion_tokens: 8192 }, declinesInWords: true }],
  });
}

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
