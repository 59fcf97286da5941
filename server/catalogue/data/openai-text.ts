import type { ShippedModel, Source } from '#server/catalogue/shipped.ts';
import { longerThan, perMillionTokens, type TokenCosts } from './price.ts';
import { choice, shaped, whole, words } from './schema.ts';
import {
  effort,
  fixed,
  IMAGES,
  MEGABYTE,
  responseFormat,
  singleAnswer,
  textModel,
  toolFields,
} from './text.ts';

const PAGE: Source = { url: 'https://platform.openai.com/docs/pricing', basis: 'official', on: '2026-11-10' };
/** The page prints input and output beyond the threshold; the cache's share of input is taken to stay the same. */
const PROPORTIONAL: Source = { ...PAGE, basis: 'derived' };
const LONG_PROMPT = 272_000;

const ACCEPTS = { mediaTypes: [...IMAGES, 'application/pdf'], maxFiles: 20, maxBytes: 20 * MEGABYTE };

/** Reasoning models take no `stop`, no token bias or probabilities, and the sampling fields at their usual value alone. */
function fields(efforts: readonly string[], caching: boolean) {
  return {
    reasoning_effort: effort(efforts),
    verbosity: choice('Length', 'How long the answer should be.', ['low', 'medium', 'high'], undefined, {
      group: 'output',
      providerDefault: 'medium',
    }),
    response_format: responseFormat(),
    ...toolFields(undefined, { subset: true }),
    temperature: fixed('Temperature', 1),
    top_p: fixed('Top P', 1),
    frequency_penalty: fixed('Frequency penalty', 0),
    presence_penalty: fixed('Presence penalty', 0),
    n: singleAnswer(),
    seed: whole(
      'Seed',
      'Asks for the same answer to the same call; not promised, and no longer recommended by OpenAI.',
      { min: -9007199254740991, max: 9007199254740991 },
      { group: 'style', widget: 'hidden' },
    ),
    service_tier: choice('Service tier', 'Standard processing.', ['auto', 'default'], undefined, {
      widget: 'hidden',
    }),
    prompt_cache_key: words(
      'Cache key',
      'Calls with the same key and the same beginning share a cache.',
      128,
      { group: 'limits', widget: 'hidden' },
    ),
    ...(caching
      ? {
          prompt_cache_options: shaped(
            'Cache',
            'Whether the provider marks what to cache by itself or only where the messages say so.',
            {
              type: 'object',
              properties: {
                mode: { type: 'string', enum: ['implicit', 'explicit'] },
                ttl: { type: 'string', enum: ['30m'] },
              },
              additionalProperties: false,
            },
            { group: 'limits', widget: 'hidden' },
          ),
        }
      : {}),
  };
}

const CURRENT = fields(['none', 'low', 'medium', 'high', 'xhigh', 'max'], true);
const EARLIER = fields(['none', 'low', 'medium', 'high', 'xhigh'], false);

interface Row {
  id: string;
  name: string;
  summary: string;
  costs: TokenCosts;
  long?: TokenCosts;
  context?: number;
  earlier?: true;
  examples: [string, string, string];
}

function model(row: Row): ShippedModel {
  return textModel({
    id: `openai/${row.id}`,
    name: row.name,
    summary: row.summary,
    context: row.context ?? 1_050_000,
    maxOutput: 128_000,
    fields: row.earlier ? EARLIER : CURRENT,
    accepts: ACCEPTS,
    examples: row.examples,
    prices: [...perMillionTokens(row.costs, PAGE), ...(row.long === undefined ? [] : longPrompt(row.long))],
  });
}

function longPrompt({ input, output, ...cache }: TokenCosts) {
  return [
    ...longerThan(LONG_PROMPT, { input, output } as TokenCosts, PAGE),
    ...longerThan(LONG_PROMPT, cache, PROPORTIONAL),
  ];
}

export const openaiText: ShippedModel[] = [
  model({
    id: 'gpt-6-luna',
    name: 'GPT-6 Luna',
    summary: 'Quick and cheap: everyday questions, drafts, summaries, sorting many small texts.',
    costs: { input: '0.10', cached: '0.01', cacheWrite: '0.125', output: '0.50' },
    long: { input: '0.20', cached: '0.02', cacheWrite: '0.25', output: '0.75' },
    examples: [
      'Explain compound interest to a fourteen-year-old, with one example in numbers.',
      'Rewrite this e-mail so that it is polite but firm: "You still have not paid us."',
      'List ten names for a small bakery by the sea, each with the feeling it gives.',
    ],
  }),
  model({
    id: 'gpt-6-sol',
    name: 'GPT-6 Sol',
    summary: 'Strong at reasoning, code and long documents.',
    costs: { input: '2', cached: '0.20', cacheWrite: '2.5', output: '10' },
    long: { input: '4', cached: '0.40', cacheWrite: '5', output: '15' },
    examples: [
      'Find the fault in this contract clause and propose a better wording.',
      'Write a TypeScript function that merges overlapping date ranges, with tests.',
      'Compare three ways to heat an old stone house, with costs over ten years.',
    ],
  }),
  model({
    id: 'gpt-6.1-sol',
    name: 'GPT-6.1 Sol',
    summary: 'The newest Sol: hard reasoning and agentic code, with cheaper cached prompts.',
    costs: { input: '2', cached: '0.10', cacheWrite: '2.5', output: '10' },
    long: { input: '4', cached: '0.20', cacheWrite: '5', output: '15' },
    examples: [
      'Plan the migration of a monolith with 40 tables to two services; name the risks.',
      'Prove that the square root of 2 is irrational, then explain the proof in plain words.',
      'Read this log and tell me what failed first and why.',
    ],
  }),
  model({
    id: 'gpt-6.1-terra',
    name: 'GPT-6.1 Terra',
    summary: 'The middle: close to Sol on most work, at half its price.',
    costs: { input: '1', cached: '0.05', cacheWrite: '1.25', output: '5' },
    long: { input: '2', cached: '0.10', cacheWrite: '2.5', output: '7.5' },
    examples: [
      'Turn these meeting notes into decisions, owners and dates.',
      'Write a lesson plan on photosynthesis for 45 minutes, with one experiment.',
      'Translate this product page into Swahili, keeping the tone friendly.',
    ],
  }),
  model({
    id: 'gpt-6-astra',
    name: 'GPT-6 Astra',
    summary: 'OpenAI’s largest model, for work where a better answer is worth much more than it costs.',
    costs: { input: '10', cached: '1', cacheWrite: '12.5', output: '50' },
    long: { input: '20', cached: '2', cacheWrite: '25', output: '75' },
    examples: [
      'Review this research plan as a sceptical referee would.',
      'Design an experiment that could tell these two explanations apart.',
      'Draft a five-year strategy for a regional library, and argue against it.',
    ],
  }),
  model({
    id: 'gpt-5.6-luna',
    name: 'GPT-5.6 Luna',
    summary: 'The small model of the generation before.',
    costs: { input: '0.20', cached: '0.02', cacheWrite: '0.25', output: '1.20' },
    long: { input: '0.40', cached: '0.04', cacheWrite: '0.50', output: '1.80' },
    examples: [
      'Summarise this article in five sentences.',
      'Suggest a subject line for a newsletter on winter gardening.',
      'Correct the grammar of this paragraph and change nothing else.',
    ],
  }),
  model({
    id: 'gpt-5.6-terra',
    name: 'GPT-5.6 Terra',
    summary: 'The middle model of the generation before.',
    costs: { input: '2', cached: '0.20', cacheWrite: '2.5', output: '12' },
    long: { input: '4', cached: '0.40', cacheWrite: '5', output: '18' },
    examples: [
      'Explain the difference between a lease and a licence with two examples.',
      'Write SQL that finds customers who bought twice within a week.',
      'Make a packing list for six days of hiking in November.',
    ],
  }),
  model({
    id: 'gpt-5.6-sol',
    name: 'GPT-5.6 Sol',
    summary: 'The large model of the generation before, for those who pinned it.',
    costs: { input: '4', cached: '0.40', cacheWrite: '5', output: '20' },
    long: { input: '8', cached: '0.80', cacheWrite: '10', output: '30' },
    examples: [
      'Refactor this function for readability and explain each change.',
      'Weigh the arguments for and against a four-day week in a hospital.',
      'Write a short story in which nobody says what they mean.',
    ],
  }),
  model({
    id: 'gpt-5.5',
    name: 'GPT-5.5',
    summary: 'An earlier flagship.',
    context: 1_000_000,
    earlier: true,
    costs: { input: '5', cached: '0.50', output: '30' },
    long: { input: '10', cached: '1', output: '45' },
    examples: [
      'Outline a book on the history of salt in twelve chapters.',
      'What could go wrong with this database schema?',
      'Explain this bill to somebody who never read one.',
    ],
  }),
  model({
    id: 'gpt-5.4',
    name: 'GPT-5.4',
    summary: 'An earlier general model with a long context.',
    earlier: true,
    costs: { input: '2.5', cached: '0.25', output: '15' },
    long: { input: '5', cached: '0.50', output: '22.5' },
    examples: [
      'Write unit tests for this function.',
      'Make a timeline of the events in this text.',
      'Give feedback on this cover letter.',
    ],
  }),
  model({
    id: 'gpt-5.4-mini',
    name: 'GPT-5.4 mini',
    summary: 'An earlier small model.',
    context: 400_000,
    earlier: true,
    costs: { input: '0.75', cached: '0.075', output: '4.5' },
    examples: [
      'Sort these reviews into praise, complaint and question.',
      'Turn this list into a table.',
      'Write three captions for a photograph of a market at dawn.',
    ],
  }),
];
