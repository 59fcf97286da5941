import { cacheKey, costs, type Fields, host, seed, source } from './compatible.ts';
import { codeExamples, longExamples, quickExamples } from './examples.ts';
import { perMillionTokens } from './price.ts';
import { flag } from './schema.ts';
import { effort, penalty, responseFormat, stop, temperature, toolFields, topP } from './text.ts';

const MISTRAL = source('https://mistral.ai/pricing');
const mistralFields = (thinks: boolean): Fields => ({
  ...(thinks ? { reasoning_effort: effort(['none', 'low', 'medium', 'high', 'max']) } : {}),
  temperature: temperature(1.5, 0.7),
  top_p: topP(),
  frequency_penalty: penalty('Frequency'),
  presence_penalty: penalty('Presence'),
  seed: seed(),
  safe_prompt: flag('Careful', 'Adds the provider’s own instruction to stay harmless.', undefined, {
    group: 'style',
    advanced: true,
    providerDefault: false,
  }),
  prompt_cache_key: cacheKey(),
  stop: stop(16),
  response_format: responseFormat(),
  ...toolFields(),
});

export const mistral = host('mistral', 'Mistral', [
  {
    id: 'mistral-large-4',
    name: 'Mistral Large 4',
    summary: 'Mistral’s newest large model, from Europe, with a million tokens of context.',
    context: 1_000_000,
    maxOutput: 131_072,
    fields: mistralFields(true),
    sees: true,
    prices: perMillionTokens(costs('0.70', '2.10', '0.07'), MISTRAL),
    examples: longExamples,
  },
  {
    id: 'mistral-large-2512',
    name: 'Mistral Large 3',
    summary: 'The Large before, open weights.',
    context: 262_144,
    maxOutput: 131_072,
    fields: mistralFields(false),
    sees: true,
    prices: perMillionTokens(costs('0.50', '1.50', '0.05'), MISTRAL),
    examples: longExamples,
  },
  {
    id: 'mistral-medium-3.5',
    name: 'Mistral Medium 3.5',
    summary: 'For agents and code in companies.',
    context: 262_144,
    maxOutput: 131_072,
    fields: mistralFields(true),
    sees: true,
    prices: perMillionTokens(costs('1.50', '7.50', '0.15'), MISTRAL),
    examples: codeExamples,
  },
  {
    id: 'mistral-small-2603',
    name: 'Mistral Small',
    summary: 'Quick and cheap.',
    context: 131_072,
    maxOutput: 65_536,
    fields: mistralFields(false),
    sees: true,
    prices: perMillionTokens(costs('0.15', '0.60', '0.015'), MISTRAL),
    examples: quickExamples,
  },
  {
    id: 'ministral-8b-2512',
    name: 'Ministral 8B',
    summary: 'Small, for sorting and short answers.',
    context: 262_144,
    maxOutput: 65_536,
    fields: mistralFields(false),
    prices: perMillionTokens(costs('0.15', '0.15', '0.015'), MISTRAL),
    examples: quickExamples,
  },
  {
    id: 'codestral-2508',
    name: 'Codestral',
    summary: 'Made to write and complete code.',
    context: 131_072,
    maxOutput: 65_536,
    fields: mistralFields(false),
    prices: perMillionTokens(costs('0.30', '0.90', '0.03'), MISTRAL),
    examples: codeExamples,
  },
  {
    id: 'devstral-2512',
    name: 'Devstral',
    summary: 'Made for agents that work in a code base.',
    context: 262_144,
    maxOutput: 65_536,
    fields: mistralFields(false),
    prices: perMillionTokens(costs('0.40', '2', '0.04'), MISTRAL),
    examples: codeExamples,
  },
]);
