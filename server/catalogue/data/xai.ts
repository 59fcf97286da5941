import type { ShippedPrice } from '#server/catalogue/shipped.ts';
import { cacheKey, costs, type Fields, host, sampling, source } from './compatible.ts';
import { quickExamples, thinkingExamples } from './examples.ts';
import { longerThan, perMillionTokens, price, type TokenCosts } from './price.ts';
import { effort, responseFormat, toolFields } from './text.ts';

const XAI = source('https://docs.x.ai/docs/models');
const xaiFields = (efforts: boolean): Fields => ({
  ...(efforts ? { reasoning_effort: effort(['low', 'medium', 'high']) } : {}),
  ...sampling(),
  prompt_cache_key: cacheKey(),
  response_format: responseFormat(),
  ...toolFields(),
});

/** From 200,000 tokens of prompt on, everything costs twice as much. */
const FROM_200K = 199_999;

/** List prices bound what is held; what is charged is the cost that each answer tells, in millionths of a dollar. */
function pricesOf(short: TokenCosts, long: TokenCosts): ShippedPrice[] {
  return [
    ...perMillionTokens(short, XAI),
    ...longerThan(FROM_200K, long, XAI),
    price('charged_microdollar', '1', XAI, { per: 1_000_000 }),
  ];
}

export const xai = host('xai', 'xAI', [
  {
    id: 'grok-4.7',
    name: 'Grok 4.7',
    summary: 'xAI’s newest.',
    context: 500_000,
    maxOutput: 128_000,
    fields: xaiFields(true),
    sees: true,
    prices: pricesOf(costs('2', '6', '0.50'), costs('4', '12', '1')),
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
    prices: pricesOf(costs('2', '6', '0.50'), costs('4', '12', '1')),
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
    prices: pricesOf(costs('2', '6', '0.30'), costs('4', '12', '0.60')),
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
    prices: pricesOf(costs('1.25', '2.50', '0.20'), costs('2.50', '5', '0.40')),
    examples: quickExamples,
  },
]);
