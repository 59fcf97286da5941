import type { ShippedModel, ShippedPrice, ShippedProvider, Source } from '#server/catalogue/shipped.ts';
import { codeExamples, longExamples, quickExamples, thinkingExamples } from './examples.ts';
import { ANTHROPIC } from './file-limits.ts';
import { longerThan, perMillionTokens, scaled, type TokenCosts } from './price.ts';
import { choice, decimal, shaped, whole } from './schema.ts';
import {
  effort,
  fixed,
  IMAGES,
  MEGABYTE,
  responseFormat,
  singleAnswer,
  stop,
  textModel,
  toolFields,
  topK,
} from './text.ts';

const PAGE: Source = { url: 'https://claude.com/pricing', basis: 'official', on: '2026-11-10' };

/** Processing in the United States alone costs a tenth more on every token. */
const US_ONLY = { numerator: 11n, denominator: 10n };

type Thinking = 'always' | 'on' | 'off' | 'budget';

interface Row {
  id: string;
  upstream?: string;
  name: string;
  summary: string;
  costs: TokenCosts;
  /** Prices of the whole call beyond 100,000 tokens of prompt. */
  long?: TokenCosts;
  context?: number;
  maxOutput?: number;
  /** Whether it thinks: always, unless told not to, only when told to, or by a budget of tokens. */
  thinking: Thinking;
  defaultEffort?: string;
  /** Later models refuse to be forced to a tool. */
  forcedTools?: false;
  sampling?: true;
  examples: ShippedModel['examples'];
}

type Fields = Parameters<typeof textModel>[0]['fields'];

function thinkingFields(row: Row): Fields {
  if (row.thinking === 'budget') {
    return {
      thinking_budget: whole(
        'Thinking budget',
        'The most tokens the model may think before it answers; it must stay below the longest answer. Without it, the model does not think.',
        { min: 1024, max: 60_000 },
        { group: 'thinking', unit: 'tokens', advanced: true },
      ),
    };
  }
  const levels = effort(['low', 'medium', 'high', 'xhigh', 'max'], row.defaultEffort ?? 'high');
  if (row.thinking === 'always') return { reasoning_effort: levels };
  return {
    reasoning_effort: levels,
    thinking: choice(
      'Thinking',
      'Whether the model thinks before it answers. Thoughts are charged as output.',
      ['adaptive', 'disabled'],
      undefined,
      {
        group: 'thinking',
        labels: { adaptive: 'When useful', disabled: 'Off' },
        providerDefault: row.thinking === 'on' ? 'adaptive' : 'disabled',
      },
    ),
  };
}

function samplingFields(): Fields {
  return {
    temperature: decimal(
      'Temperature',
      'Higher is more surprising, lower more predictable.',
      { min: 0, max: 1 },
      { group: 'style', advanced: true, providerDefault: 1 },
    ),
    top_p: decimal(
      'Top P',
      'Considers only the likeliest words that together reach this probability. Change this or the temperature, not both.',
      { min: 0, max: 1 },
      { group: 'style', advanced: true, step: 0.05 },
    ),
    top_k: topK(500),
  };
}

function model(row: Row): ShippedModel {
  const longContext = (row.context ?? 1_000_000) === 1_000_000;
  const list = (costs: TokenCosts, when?: ShippedPrice['when']) =>
    perMillionTokens(costs, PAGE, when ? { when } : {});
  const prices = [...list(row.costs), ...(row.long === undefined ? [] : longerThan(100_000, row.long, PAGE))];
  return textModel({
    id: `anthropic/${row.id}`,
    ...(row.upstream === undefined ? {} : { upstream: row.upstream }),
    name: row.name,
    summary: row.summary,
    context: row.context ?? 1_000_000,
    maxOutput: row.maxOutput ?? 128_000,
    fields: {
      ...thinkingFields(row),
      ...(row.sampling ? samplingFields() : { temperature: fixed('Temperature', 1) }),
      stop: stop(4),
      response_format: responseFormat(['text', 'json_schema']),
      ...toolFields(row.forcedTools === false ? ['none', 'auto'] : ['none', 'auto', 'required'], {
        subset: true,
      }),
      n: singleAnswer(),
      cache_control: shaped(
        'Cache',
        'Keeps the prompt at Anthropic for five minutes or an hour, so that a call that begins alike reads it for less.',
        {
          type: 'object',
          properties: {
            type: { const: 'ephemeral' },
            ttl: { type: 'string', enum: ['5m', '1h'] },
          },
          required: ['type'],
          additionalProperties: false,
        },
        { group: 'limits', widget: 'hidden' },
      ),
      ...(longContext
        ? {
            inference_geo: choice(
              'Where it runs',
              'Anywhere, or in the United States alone, which costs a tenth more.',
              ['global', 'us'],
              'global',
              { group: 'limits', advanced: true, labels: { global: 'Anywhere', us: 'United States' } },
            ),
          }
        : {}),
    },
    accepts: {
      mediaTypes: [...IMAGES, 'application/pdf', 'text/plain'],
      maxFiles: 100,
      maxBytes: 22 * MEGABYTE,
      limits: ANTHROPIC,
    },
    examples: row.examples,
    prices: longContext ? [...prices, ...scaled(prices, US_ONLY, { inference_geo: 'us' })] : prices,
  });
}

/** Costs as the page prints them: input, write to the five-minute cache, read from it, output. The hour's cache costs twice the input. */
const costs = (input: string, cacheWrite: string, cached: string, output: string): TokenCosts => ({
  input,
  cacheWrite,
  cacheWriteHour: twice(input),
  cached,
  output,
});

function twice(usd: string): string {
  const [whole = '0', fraction = ''] = usd.split('.');
  const doubled = (BigInt(whole + fraction) * 2n).toString().padStart(fraction.length + 1, '0');
  return fraction === ''
    ? doubled
    : `${doubled.slice(0, -fraction.length)}.${doubled.slice(-fraction.length)}`;
}

const models: ShippedModel[] = [
  model({
    id: 'claude-sonnet-5-5',
    name: 'Claude Sonnet 5.5',
    summary: 'The one to start with: code, agents, long documents, at a fair price.',
    costs: costs('2', '2.5', '0.10', '10'),
    thinking: 'on',
    forcedTools: false,
    examples: codeExamples,
  }),
  model({
    id: 'claude-haiku-5-5',
    name: 'Claude Haiku 5.5',
    summary: 'Quick and very cheap while the prompt stays below 100,000 tokens.',
    costs: costs('0.10', '0.125', '0.01', '0.50'),
    long: costs('0.50', '0.625', '0.05', '2.50'),
    thinking: 'on',
    defaultEffort: 'medium',
    examples: quickExamples,
  }),
  model({
    id: 'claude-opus-5-5',
    name: 'Claude Opus 5.5',
    summary: 'For hard problems and long autonomous work; it always thinks.',
    costs: costs('4', '5', '0.20', '20'),
    thinking: 'always',
    defaultEffort: 'medium',
    forcedTools: false,
    examples: thinkingExamples,
  }),
  model({
    id: 'claude-fable-5-2',
    name: 'Claude Fable 5.2',
    summary: 'Anthropic’s largest. Anthropic keeps what is sent to it for 30 days.',
    costs: costs('8', '10', '0.20', '40'),
    thinking: 'always',
    forcedTools: false,
    examples: longExamples,
  }),
  model({
    id: 'claude-fable-5-1',
    name: 'Claude Fable 5.1',
    summary: 'The Fable before. Anthropic keeps what is sent to it for 30 days.',
    costs: costs('10', '12.5', '0.25', '50'),
    thinking: 'always',
    forcedTools: false,
    examples: longExamples,
  }),
  model({
    id: 'claude-fable-5',
    name: 'Claude Fable 5',
    summary: 'The first Fable. Anthropic keeps what is sent to it for 30 days.',
    costs: costs('10', '12.5', '1', '50'),
    thinking: 'always',
    examples: longExamples,
  }),
  model({
    id: 'claude-opus-5',
    name: 'Claude Opus 5',
    summary: 'The Opus before, for those who pinned it.',
    costs: costs('5', '6.25', '0.50', '25'),
    thinking: 'on',
    examples: thinkingExamples,
  }),
  model({
    id: 'claude-opus-4-8',
    name: 'Claude Opus 4.8',
    summary: 'An earlier Opus.',
    costs: costs('5', '6.25', '0.50', '25'),
    thinking: 'off',
    examples: thinkingExamples,
  }),
  model({
    id: 'claude-opus-4-7',
    name: 'Claude Opus 4.7',
    summary: 'An earlier Opus.',
    costs: costs('5', '6.25', '0.50', '25'),
    thinking: 'off',
    examples: codeExamples,
  }),
  model({
    id: 'claude-opus-4-6',
    name: 'Claude Opus 4.6',
    summary: 'An earlier Opus that still takes a temperature.',
    costs: costs('5', '6.25', '0.50', '25'),
    thinking: 'off',
    sampling: true,
    examples: codeExamples,
  }),
  model({
    id: 'claude-opus-4-5',
    name: 'Claude Opus 4.5',
    summary: 'An earlier Opus with a shorter memory.',
    costs: costs('5', '6.25', '0.50', '25'),
    context: 200_000,
    maxOutput: 64_000,
    thinking: 'budget',
    sampling: true,
    examples: thinkingExamples,
  }),
  model({
    id: 'claude-sonnet-5',
    name: 'Claude Sonnet 5',
    summary: 'The Sonnet before.',
    costs: costs('2', '2.5', '0.20', '10'),
    thinking: 'on',
    examples: codeExamples,
  }),
  model({
    id: 'claude-sonnet-4-6',
    name: 'Claude Sonnet 4.6',
    summary: 'An earlier Sonnet that still takes a temperature.',
    costs: costs('3', '3.75', '0.30', '15'),
    thinking: 'off',
    sampling: true,
    examples: codeExamples,
  }),
  model({
    id: 'claude-haiku-4-5',
    upstream: 'claude-haiku-4-5-20251001',
    name: 'Claude Haiku 4.5',
    summary: 'The Haiku before: quick answers.',
    costs: costs('1', '1.25', '0.10', '5'),
    context: 200_000,
    maxOutput: 64_000,
    thinking: 'budget',
    sampling: true,
    examples: quickExamples,
  }),
];

export const anthropic: ShippedProvider = { id: 'anthropic', name: 'Anthropic', models };
