import type { ShippedModel, ShippedPrice, Source } from '#server/catalogue/shipped.ts';
import { longerThan, perMillionTokens, type TokenCosts } from './price.ts';
import { decimal, flag, whole } from './schema.ts';
import {
  effort,
  IMAGES,
  MEGABYTE,
  NO_FILES,
  penalty,
  responseFormat,
  singleAnswer,
  stop,
  textModel,
  toolFields,
  topK,
} from './text.ts';

const URL = 'https://www.alibabacloud.com/help/en/model-studio/model-pricing';
export const LISTS: Source = { url: URL, basis: 'list', on: '2026-11-10' };
export const SUMMER: Source = { url: URL, basis: 'list', on: '2026-07-01' };

export const PICTURES_AND_CLIPS = {
  mediaTypes: [...IMAGES, 'video/mp4'],
  maxFiles: 50,
  maxBytes: 10 * MEGABYTE,
};
export const SOUND_TOO = {
  ...PICTURES_AND_CLIPS,
  mediaTypes: [...PICTURES_AND_CLIPS.mediaTypes, 'audio/wav', 'audio/mpeg'],
};

const SAMPLING = {
  temperature: decimal(
    'Temperature',
    'Higher is more surprising, lower more predictable; below 2.',
    { min: 0, max: 1.99 },
    { group: 'style', advanced: true },
  ),
  top_p: decimal(
    'Top P',
    'Considers only the likeliest words that together reach this probability. Change this or the temperature, not both.',
    { min: 0.01, max: 1 },
    { group: 'style', advanced: true, providerDefault: 1, step: 0.05 },
  ),
  top_k: topK(100),
  presence_penalty: penalty('Presence'),
  repetition_penalty: decimal(
    'Repetition penalty',
    'Above 1, words that appeared become less likely.',
    { min: 0.1, max: 2 },
    { group: 'style', advanced: true, providerDefault: 1 },
  ),
  seed: whole(
    'Seed',
    'The same seed with the same call gives a similar answer.',
    { min: 0, max: 2_147_483_647 },
    { group: 'style', widget: 'seed', advanced: true },
  ),
  stop: stop(4),
  n: singleAnswer(),
};

export const EFFORT = { reasoning_effort: effort(['none', 'low', 'medium', 'xhigh'], 'xhigh') };
export const ALWAYS = { reasoning_effort: effort(['low', 'medium', 'xhigh'], 'xhigh') };

/** Models that think only when asked to, or unless asked not to. */
export function switched(on: boolean, most = 81_920) {
  return {
    enable_thinking: flag(
      'Thinking',
      'Whether the model thinks before it answers. Thoughts are charged as output.',
      on,
      {
        group: 'thinking',
      },
    ),
    thinking_budget: whole(
      'Thinking budget',
      'The most tokens the model may think.',
      { min: 1, max: most },
      { group: 'thinking', unit: 'tokens', advanced: true },
    ),
  };
}

interface Row {
  id: string;
  name: string;
  summary: string;
  context?: number;
  maxOutput: number;
  thinking: Parameters<typeof textModel>[0]['fields'];
  /** Whether thoughts of earlier turns can be kept. */
  preserves?: true;
  /** Whether answers can be made to fit a schema. */
  schema?: true;
  accepts?: ShippedModel['accepts'];
  prices: ShippedPrice[];
  examples: ShippedModel['examples'];
}

export function model(row: Row): ShippedModel {
  const sees = row.accepts !== undefined && row.accepts.maxFiles > 0;
  return textModel({
    id: `qwen/${row.id}`,
    name: row.name,
    summary: row.summary,
    context: row.context ?? 1_000_000,
    maxOutput: row.maxOutput,
    fields: {
      ...row.thinking,
      ...(row.preserves
        ? {
            preserve_thinking: flag(
              'Keep thoughts',
              'Sends the thoughts of earlier turns along, for more tokens in.',
              undefined,
              { group: 'thinking', advanced: true, providerDefault: false },
            ),
          }
        : {}),
      ...SAMPLING,
      // A model that always thinks is not to be forced to a tool.
      ...toolFields(['none', 'auto'], { forced: row.thinking !== ALWAYS }),
      ...(sees
        ? {
            vl_high_resolution_images: flag(
              'Look closely',
              'Looks at pictures in more detail, for more tokens.',
              undefined,
              { group: 'input', advanced: true, providerDefault: false },
            ),
          }
        : {}),
      response_format: responseFormat(
        row.schema ? ['text', 'json_object', 'json_schema'] : ['text', 'json_object'],
      ),
    },
    accepts: row.accepts ?? NO_FILES,
    prices: row.prices,
    examples: row.examples,
  });
}

/** Costs as price lists print them: input, cached, cache write, output. */
export const costs = (input: string, cached: string, cacheWrite: string, output: string): TokenCosts => ({
  input,
  cached,
  cacheWrite,
  output,
});

/** One price for short prompts, and one from each length on. */
export function tiers(source: Source, first: TokenCosts, ...rest: [number, TokenCosts][]): ShippedPrice[] {
  return [
    ...perMillionTokens(first, source),
    ...rest.flatMap(([thousands, prices]) => longerThan(thousands * 1000, prices, source)),
  ];
}
