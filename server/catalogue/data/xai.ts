import { costs, type Fields, host, sampling, source } from './compatible.ts';
import { quickExamples, thinkingExamples } from './examples.ts';
import { longerThan, perMillionTokens } from './price.ts';
import { effort, responseFormat, toolFields } from './text.ts';

const XAI = source('https://docs.x.ai/docs/models');
const xaiFields = (efforts: boolean): Fields => ({
  ...(efforts ? { reasoning_effort: effort(['low', 'medium', 'high']) } : {}),
  ...sampling(),
  response_format: responseFormat(),
  ...toolFields(),
});

/** From 200,000 tokens of prompt on, everything costs twice as much. */
const FROM_200K = 199_999;

export const xai = host('xai', 'xAI', [
  {
    id: 'grok-4.7',
    name: 'Grok 4.7',
    summary: 'xAI’s newest.',
    context: 500_000,
    maxOutput: 128_000,
    fields: xaiFields(true),
    sees: true,
    prices: [
      ...perMillionTokens(costs('2', '6', '0.50'), XAI),
      ...longerThan(FROM_200K, costs('4', '12', '1'), XAI),
    ],
    examples: thinkingExamples,
  },
  {
    id: 'grok-4.6',
    name: 'Grok 4.6',
    summary: 'The Grok before.',
    context: 500_000,
    maxOutput: 128_000,
    fields: xaiFields(true),
    sees: true,
    prices: [
      ...perMillionTokens(costs('2', '6', '0.50'), XAI),
      ...longerThan(FROM_200K, costs('4', '12', '1'), XAI),
    ],
    examples: thinkingExamples,
  },
  {
    id: 'grok-4.5',
    name: 'Grok 4.5',
    summary: 'An earlier Grok.',
    context: 500_000,
    maxOutput: 128_000,
    fields: xaiFields(true),
    sees: true,
    prices: [
      ...perMillionTokens(costs('2', '6', '0.30'), XAI),
      ...longerThan(FROM_200K, costs('4', '12', '0.60'), XAI),
    ],
    examples: thinkingExamples,
  },
  {
    id: 'grok-4.3',
    name: 'Grok 4.3',
    summary: 'Cheaper, with a million tokens of context.',
    context: 1_000_000,
    maxOutput: 128_000,
    fields: xaiFields(true),
    sees: true,
    prices: [
      ...perMillionTokens(costs('1.25', '2.50', '0.20'), XAI),
      ...longerThan(FROM_200K, costs('2.50', '5', '0.40'), XAI),
    ],
    examples: quickExamples,
  },
]);
