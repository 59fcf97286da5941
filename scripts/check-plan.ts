import { localModels } from '#server/catalogue/data/local.ts';
import { openRouterModels } from '#server/catalogue/data/openrouter.ts';
import { checkParams } from '#server/catalogue/params.ts';
import { captured, type PriceRow, upperBound } from '#server/catalogue/prices.ts';
import { costMicroOf, type JsonSchema, type ShippedModel } from '#server/catalogue/shipped.ts';
import { listLocalModels } from '#server/providers/openai-compatible/local-models.ts';
import { listOpenRouterModels } from '#server/providers/openai-compatible/openrouter-models.ts';
import {
  type Adapter,
  adapterFor,
  type Call,
  type Context,
  type InputFile,
  type Operation,
  type Provider,
  type Units,
} from '#server/providers/provider.ts';

/** One thing that is tried at a real host, and the most that it can cost. */
export interface Check {
  providerId: string;
  model: ShippedModel;
  adapter: Adapter;
  call: Call;
  /** What of the contract is shown: an answer, or a round of tools with the reasoning handed back. */
  what: 'answer' | 'tools';
  boundMicro: bigint;
}

/** Files that a check may send: a small picture, a second or two of sound. */
export interface TestFiles {
  image: InputFile;
  audio: InputFile;
}

export const OUTPUT_TOKENS = 400;
const WORDS = 'A small red circle on white. Answer in one short sentence.';
const TOOL_WORDS = 'What is the weather in Oslo? Use the tool weather_in.';
/** Enough choices of a field to try each for what it costs. */
const CHOICES_MOST = 12;
const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'weather_in',
      description: 'Tells the weather in a city.',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  },
];

/** The models of a provider: those that are shipped, or that it lists itself. */
export async function modelsOf(
  providerId: string,
  shipped: readonly ShippedModel[],
  context: Context,
): Promise<readonly ShippedModel[]> {
  const today = new Date().toISOString().slice(0, 10);
  if (providerId === 'local') return localModels(await listLocalModels(context)).models;
  if (providerId === 'openrouter') return openRouterModels(await listOpenRouterModels(context), today).models;
  return shipped;
}

/** For each operation the cheapest call that the provider's models offer; for text a round of tools too. */
export function checksOf(provider: Provider, models: readonly ShippedModel[], files: TestFiles): Check[] {
  const kinds = [...new Set(models.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const all = models
      .filter((model) => model.kind === kind)
      .map((model) => checkOf(provider, model, files))
      .filter((check) => check !== null);
    const cheapest = cheapestOf(all);
    if (cheapest === null) return [];
    const withTools =
      kind === 'text' ? cheapestOf(all.map(toolRound).filter((check) => check !== null)) : null;
    return withTools === null ? [cheapest] : [cheapest, withTools];
  });
}

function cheapestOf(checks: readonly Check[]): Check | null {
  return checks.reduce<Check | null>(
    (best, check) => (best === null || check.boundMicro < best.boundMicro ? check : best),
    null,
  );
}

function checkOf(provider: Provider, model: ShippedModel, files: TestFiles): Check | null {
  if (provider.operations[model.kind] === undefined) return null;
  const adapter = adapterFor(provider, model.kind, model.upstream);
  let best = checkWith(provider.id, model, adapter, {}, files);
  if (best === null) return null;
  // One field after the other is set to what costs least: the smallest size, the shortest clip, the lowest quality.
  for (const [name, field] of Object.entries(model.parameters.properties as Record<string, JsonSchema>)) {
    for (const value of valuesOf(field)) {
      const params = { ...chosen(best), [name]: value };
      const other = checkWith(provider.id, model, adapter, params, files);
      if (other !== null && other.boundMicro < best.boundMicro) best = other;
    }
  }
  return best;
}

const settings = new WeakMap<Check, Record<string, unknown>>();
const chosen = (check: Check): Record<string, unknown> => settings.get(check) ?? {};

function valuesOf(field: JsonSchema): unknown[] {
  const choices = field.enum as unknown[] | undefined;
  if (choices !== undefined) return choices.length <= CHOICES_MOST ? choices : [];
  return field.type === 'integer' && typeof field.minimum === 'number' ? [field.minimum] : [];
}

function checkWith(
  providerId: string,
  model: ShippedModel,
  adapter: Adapter,
  params: Record<string, unknown>,
  { image, audio }: TestFiles,
): Check | null {
  const fields = Object.entries(model.parameters.properties as Record<string, JsonSchema>);
  const required = model.parameters.required as string[];
  const given: Record<string, unknown> = { ...params };
  const sent: InputFile[] = [];
  for (const [name, field] of fields) {
    const media = field['x-media'] ?? (field.items as JsonSchema | undefined)?.['x-media'];
    if (media === undefined) {
      if (name === 'prompt' && model.kind !== 'transcription') given.prompt = WORDS;
    } else if (required.includes(name)) {
      // Clips and documents are not to hand; such a model is left to the others of its kind.
      if (media !== 'image' && media !== 'audio') return null;
      const file = media === 'image' ? image : audio;
      given[name] = field.type === 'array' ? [`file:${file.id}`] : `file:${file.id}`;
      if (!sent.includes(file)) sent.push(file);
    }
  }
  if (model.kind === 'text') given.max_completion_tokens = Math.min(OUTPUT_TOKENS, model.maxOutputTokens!);
  const checked = checkParams(model.parameters, given);
  if (!checked.ok) return null;
  const call: Call = {
    generationId: crypto.randomUUID(),
    operation: model.kind,
    upstreamModel: model.upstream,
    params:
      model.kind === 'text'
        ? { ...checked.params, messages: [{ role: 'user', content: WORDS }] }
        : checked.params,
    files: sent,
    memberHash: 'release-check',
  };
  const check = priced({ providerId, model, adapter, call, what: 'answer', boundMicro: 0n });
  if (check !== null) settings.set(check, params);
  return check;
}

/** The same model, made to call a tool and to read its answer: twice the call, and its thoughts in between. */
function toolRound(check: Check): Check | null {
  const limit = Math.min(4 * OUTPUT_TOKENS, check.model.maxOutputTokens!);
  const given = { ...chosen(check), tools: TOOLS, max_completion_tokens: limit };
  const checked = checkParams(check.model.parameters, given);
  if (!checked.ok) return null;
  const params = { ...checked.params, messages: [{ role: 'user', content: TOOL_WORDS }] };
  const round = priced({ ...check, what: 'tools', call: { ...check.call, params } });
  return round === null ? null : { ...round, boundMicro: round.boundMicro * 3n };
}

function priced(check: Check): Check | null {
  try {
    return {
      ...check,
      boundMicro: upperBound(rowsOf(check.model), boundOf(check), check.call.params).amountMicro,
    };
  } catch {
    return null; // what has no price is not on offer
  }
}

export function boundOf({ adapter, call }: Pick<Check, 'adapter' | 'call'>): Units {
  const limit = Number(call.params.max_completion_tokens ?? OUTPUT_TOKENS);
  return adapter.kind === 'stream' ? adapter.bound(call, { maxOutputTokens: limit }) : adapter.bound(call);
}

/** What the provider charges for what was used, by the prices of today. */
export function costOf(model: ShippedModel, units: Units, params: Record<string, unknown>): bigint {
  return captured(rowsOf(model), units, params).amountMicro;
}

function rowsOf(model: ShippedModel): PriceRow[] {
  const today = new Date().toISOString().slice(0, 10);
  return model.prices
    .filter(({ from, until }) => (from ?? '') <= today && (until === undefined || until > today))
    .map((price) => {
      const costMicro = costMicroOf(price);
      return { unit: price.unit, costMicro, priceMicro: costMicro, when: price.when ?? null };
    });
}

/** In the order in which money is best spent: cheap ones first, so that a limit leaves out what is dear. */
export function withinLimit(
  checks: readonly Check[],
  limitMicro: bigint,
): { run: Check[]; left: Check[]; mostMicro: bigint } {
  const sorted = checks.toSorted((a, b) => (a.boundMicro < b.boundMicro ? -1 : 1));
  const run: Check[] = [];
  let mostMicro = 0n;
  for (const check of sorted) {
    if (mostMicro + check.boundMicro > limitMicro) continue;
    mostMicro += check.boundMicro;
    run.push(check);
  }
  return { run, left: sorted.filter((check) => !run.includes(check)), mostMicro };
}

/** Operations that a provider has and that no check covers. */
export function uncovered(provider: Provider, checks: readonly Check[]): Operation[] {
  const covered = new Set(checks.map(({ model }) => model.kind));
  return (Object.keys(provider.operations) as Operation[]).filter((operation) => !covered.has(operation));
}
