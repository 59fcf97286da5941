import { expect, test } from 'vitest';
import { startCommercialHost } from '#sandbox/openai-compatible/commercial.ts';
import { startOpenAiCompatible } from '#sandbox/openai-compatible/openai-compatible.ts';
import { openBench } from '../contract-bench.ts';
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

const bench = openBench(local, startOpenAiCompatible);

test('the models of a host of the operator’s own are those that it lists', async () => {
  expect((await listLocalModels(bench.context())).length).toBeGreaterThan(0);
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
