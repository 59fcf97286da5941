import type { ShippedModel, ShippedPrice, ShippedProvider, Source } from '#server/catalogue/shipped.ts';
import type { OpenRouterModel } from '#server/providers/openai-compatible/openrouter-models.ts';
import { cacheKey, seed } from './compatible.ts';
import { quickExamples } from './examples.ts';
import { longerThan, perMillionTokens, price, type TokenCosts } from './price.ts';
import { decimal } from './schema.ts';
import {
  effort,
  IMAGES,
  MEGABYTE,
  NO_FILES,
  penalty,
  responseFormat,
  singleAnswer,
  stop,
  temperature,
  textModel,
  toolFields,
  topK,
  topP,
} from './text.ts';

type Fields = Parameters<typeof textModel>[0]['fields'];

/**
 * Models that OpenRouter lists, at the prices that it lists. Those bound what is held; what is charged is the cost that
 * comes with each answer, in millionths of a dollar. `on` is the day of the list.
 */
export function openRouterModels(rows: readonly OpenRouterModel[], on: string): ShippedProvider {
  const source: Source = { url: 'https://openrouter.ai/api/v1/models', basis: 'official', on };
  return { id: 'openrouter', name: 'OpenRouter', models: rows.flatMap((row) => modelOf(row, source)) };
}

function modelOf(row: OpenRouterModel, source: Source): ShippedModel[] {
  const { architecture, pricing } = row;
  const speaksText =
    architecture.input_modalities.includes('text') && architecture.output_modalities.join() === 'text';
  const base = costsOf(pricing);
  // A call that costs something by itself, or whatever its router chooses, cannot be bounded by tokens.
  if (!speaksText || base === null || Number(pricing.request ?? 0) > 0) return [];
  const context = row.context_length ?? 32_768;
  const maxOutput = Math.min(row.top_provider.max_completion_tokens ?? 32_768, context);
  return [
    textModel({
      id: `openrouter/${row.id}`,
      name: row.name.replace(/^[^:]+:\s+/, ''),
      summary: `Served by whichever host OpenRouter chooses among those that keep nothing, for what it says it cost.`,
      context,
      maxOutput,
      fields: fieldsOf(new Set(row.supported_parameters)),
      accepts: architecture.input_modalities.includes('image')
        ? { mediaTypes: IMAGES, maxFiles: 5, maxBytes: 5 * MEGABYTE }
        : NO_FILES,
      examples: quickExamples,
      prices: [
        ...perToken(base, source),
        ...tiers(pricing.overrides ?? [], source),
        price('charged_microdollar', '1', source, { per: 1_000_000 }),
      ],
    }),
  ];
}

type Listed = Pick<
  OpenRouterModel['pricing'],
  'prompt' | 'completion' | 'input_cache_read' | 'input_cache_write' | 'input_cache_write_1h'
>;

/** Null where a price is missing, varies, or is nought: models that cost nothing are not kept from training. */
function costsOf(listed: Listed): TokenCosts | null {
  const input = decimalOf(listed.prompt);
  const output = decimalOf(listed.completion);
  if (input === undefined || output === undefined) return null;
  if (Number(input) === 0 && Number(output) === 0) return null;
  return defined({
    input,
    cached: decimalOf(listed.input_cache_read),
    cacheWrite: decimalOf(listed.input_cache_write),
    cacheWriteHour: decimalOf(listed.input_cache_write_1h),
    output,
  });
}

const decimalOf = (text: string | null | undefined): string | undefined =>
  text != null && /^\d+(\.\d{1,12})?$/.test(text) ? text : undefined;

function defined(costs: Record<string, string | undefined>): TokenCosts {
  return Object.fromEntries(Object.entries(costs).filter(([, usd]) => usd !== undefined)) as TokenCosts;
}

const perToken = (costs: TokenCosts, source: Source): ShippedPrice[] =>
  perMillionTokens(costs, source).map((each) => ({ ...each, per: 1 }));

/** Prices of long prompts. Those of an hour of the day are no bound, and what is charged is the cost in any case. */
function tiers(
  overrides: NonNullable<OpenRouterModel['pricing']['overrides']>,
  source: Source,
): ShippedPrice[] {
  return overrides.flatMap(({ min_prompt_tokens: least, ...listed }) => {
    if (least == null) return [];
    const costs = defined({
      input: decimalOf(listed.prompt),
      cached: decimalOf(listed.input_cache_read),
      cacheWrite: decimalOf(listed.input_cache_write),
      cacheWriteHour: decimalOf(listed.input_cache_write_1h),
      output: decimalOf(listed.completion),
    });
    return longerThan(least, costs, source).map((each) => ({ ...each, per: 1 }));
  });
}

function fieldsOf(takes: Set<string>): Fields {
  const all: [string, () => Fields][] = [
    [
      'reasoning',
      () => ({ reasoning_effort: effort(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']) }),
    ],
    ['temperature', () => ({ temperature: temperature(2, 1) })],
    ['top_p', () => ({ top_p: topP() })],
    ['top_k', () => ({ top_k: topK(1000) })],
    ['min_p', () => ({ min_p: minP() })],
    ['frequency_penalty', () => ({ frequency_penalty: penalty('Frequency') })],
    ['presence_penalty', () => ({ presence_penalty: penalty('Presence') })],
    ['seed', () => ({ seed: seed() })],
    ['stop', () => ({ stop: stop(4) })],
    ['response_format', () => ({ response_format: responseFormat(formats(takes)) })],
    ['tools', () => toolFields(takes.has('tool_choice') ? undefined : ['auto'])],
  ];
  const known = all.filter(([name]) => takes.has(name)).map(([, field]) => field());
  return Object.assign({}, ...known, { prompt_cache_key: cacheKey(), n: singleAnswer() });
}

const formats = (takes: Set<string>) =>
  takes.has('structured_outputs')
    ? (['text', 'json_object', 'json_schema'] as const)
    : (['text', 'json_object'] as const);

const minP = () =>
  decimal(
    'Min P',
    'Leaves out words that are less likely than this share of the likeliest.',
    { min: 0, max: 1 },
    { group: 'style', advanced: true, providerDefault: 0, step: 0.05 },
  );
