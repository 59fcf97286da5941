import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageFields } from '#sandbox/anthropic/message-request.ts';
import { configFields, contentFields } from '#sandbox/google/content-request.ts';
import { speechFields } from '#sandbox/openai/audio.ts';
import { chatFields } from '#sandbox/openai/chat-request.ts';
import { imageFields } from '#sandbox/openai/image-request.ts';
import { responseFields } from '#sandbox/openai/response-request.ts';
import { transcriptionFields } from '#sandbox/openai/transcription.ts';
import { mistralFields } from '#sandbox/openai-compatible/hosts.ts';
import { type Sandbox, startSandbox } from '#sandbox/start.ts';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { checkParams } from '#server/catalogue/params.ts';
import type { JsonSchema, ShippedModel } from '#server/catalogue/shipped.ts';
import { type Egress, openEgress } from '#server/egress/egress.ts';
import { createRouting, type Routing } from '#server/generations/routing.ts';
import {
  adapterFor,
  type Call,
  type Context,
  type InputFile,
  type Operation,
  ProviderFault,
} from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';
import { aPicture, aRecording } from '#server/providers/test-files.ts';

/**
 * What a provider takes against what the catalogue offers, both ways: a field that the simulator knows is offered, or
 * its absence is explained here; and every value at the edge of what is offered is one that the provider takes.
 */

interface Surface {
  provider: string;
  kind: Operation;
  /** What the simulator's validator takes, read from the provider's page. */
  takes: Iterable<string>;
  /** Names of the catalogue for the provider's own. */
  offeredAs: Record<string, string>;
  /** Fields that are not a person's to set, each with why. */
  not: Record<string, string>;
}

const OURS = 'set by us in every call';
const MESSAGES = 'the conversation itself';
const UNPRICED =
  'changes the price in a way that its page gives no number for, or that only the answer tells';
const STORES = 'keeps content at the provider, which is not offered';
const HOSTED = 'belongs to tools that run at the provider, which are not offered';
const OLD = 'an earlier name of a field that is offered';
const EARLY_MODELS = 'only models without reasoning take it, and none of those is offered';

const surfaces: Surface[] = [
  {
    provider: 'openai',
    kind: 'text',
    takes: chatFields,
    offeredAs: {},
    not: {
      model: OURS,
      messages: MESSAGES,
      stream: OURS,
      stream_options: OURS,
      safety_identifier: OURS,
      store: STORES,
      metadata: STORES,
      max_tokens: OLD,
      user: OLD,
      functions: OLD,
      function_call: OLD,
      prompt_cache_retention: OLD,
      stop: EARLY_MODELS,
      logprobs: EARLY_MODELS,
      top_logprobs: EARLY_MODELS,
      logit_bias: EARLY_MODELS,
      prediction: EARLY_MODELS,
      modalities: 'models that speak are shut down',
      audio: 'models that speak are shut down',
      web_search_options: HOSTED,
      moderation: HOSTED,
    },
  },
  {
    provider: 'openai',
    kind: 'text',
    takes: responseFields,
    offeredAs: {
      input: 'messages',
      max_output_tokens: 'max_completion_tokens',
      reasoning: 'reasoning_effort',
      text: 'verbosity',
    },
    not: {
      model: OURS,
      input: MESSAGES,
      instructions: MESSAGES,
      store: STORES,
      metadata: STORES,
      previous_response_id: STORES,
      conversation: STORES,
      background: STORES,
      include: OURS,
      stream: OURS,
      stream_options: OURS,
      safety_identifier: OURS,
      user: OLD,
      prompt_cache_retention: OLD,
      truncation: OLD,
      top_logprobs: EARLY_MODELS,
      max_tool_calls: HOSTED,
      prompt: STORES,
      context_management: STORES,
    },
  },
  {
    provider: 'openai',
    kind: 'image',
    takes: imageFields,
    offeredAs: {},
    not: {
      model: OURS,
      user: OURS,
      stream: OURS,
      partial_images: 'each costs more, and half a picture has no way to the person yet',
      input_fidelity: 'gpt-image-1.5 alone takes it, for which no price is published',
    },
  },
  {
    provider: 'openai',
    kind: 'speech',
    takes: speechFields,
    offeredAs: { input: 'prompt' },
    not: { model: OURS, stream_format: OURS },
  },
  {
    provider: 'openai',
    kind: 'transcription',
    takes: transcriptionFields,
    offeredAs: {},
    not: {
      model: OURS,
      stream: OURS,
      include: 'probabilities of tokens have no place in a transcript',
      timestamp_granularities: 'captions have the times',
      chunking_strategy: 'of the model that tells speakers apart, for which no price is published',
      known_speaker_names: 'of the model that tells speakers apart, for which no price is published',
      known_speaker_references: 'of the model that tells speakers apart, for which no price is published',
    },
  },
  {
    provider: 'anthropic',
    kind: 'text',
    takes: messageFields,
    offeredAs: {
      max_tokens: 'max_completion_tokens',
      stop_sequences: 'stop',
      output_config: 'reasoning_effort',
    },
    not: {
      model: OURS,
      messages: MESSAGES,
      system: MESSAGES,
      stream: OURS,
      metadata: OURS,
      service_tier: UNPRICED,
      speed: UNPRICED,
      container: HOSTED,
      mcp_servers: HOSTED,
      diagnostics: STORES,
      fallbacks: 'which model answers is ours to say',
      context_management: STORES,
      betas: OURS,
    },
  },
  {
    provider: 'google',
    kind: 'text',
    takes: [...contentFields, ...configFields],
    offeredAs: {
      toolConfig: 'tool_choice',
      safetySettings: 'safety_threshold',
      maxOutputTokens: 'max_completion_tokens',
      topP: 'top_p',
      topK: 'top_k',
      stopSequences: 'stop',
      candidateCount: 'n',
      presencePenalty: 'presence_penalty',
      frequencyPenalty: 'frequency_penalty',
      responseMimeType: 'response_format',
      responseJsonSchema: 'response_format',
      responseSchema: 'response_format',
      thinkingConfig: 'reasoning_effort',
      mediaResolution: 'media_resolution',
    },
    not: {
      contents: MESSAGES,
      systemInstruction: MESSAGES,
      model: OURS,
      generationConfig: OURS,
      store: OURS,
      cachedContent: STORES,
      serviceTier: UNPRICED,
      labels: 'of the cloud twin',
      routingConfig: 'of the cloud twin',
      continuationToken: 'one call is one price',
      automaticContinuation: 'one call is one price',
      responseLogprobs: 'no place in the common dialect',
      logprobs: 'no place in the common dialect',
      responseModalities: OURS,
      imageConfig: 'of image models',
      speechConfig: 'of speech models',
      audioTimestamp: 'of the cloud twin',
      enableEnhancedCivicAnswers: 'of Google’s own app',
      enableAffectiveDialog: 'of live conversations',
      streamFunctionCallArguments: OURS,
    },
  },
  {
    provider: 'mistral',
    kind: 'text',
    takes: mistralFields,
    offeredAs: { max_tokens: 'max_completion_tokens', random_seed: 'seed' },
    not: {
      model: OURS,
      messages: MESSAGES,
      stream: OURS,
      metadata: STORES,
      prediction: EARLY_MODELS,
      prompt_mode: OLD,
      guardrails: HOSTED,
    },
  },
];

const modelsOf = (provider: string, kind: Operation): ShippedModel[] =>
  shippedProviders.find(({ id }) => id === provider)!.models.filter((model) => model.kind === kind);

describe.each(surfaces)('$provider $kind', ({ provider, kind, takes, offeredAs, not }) => {
  const offered = new Set(
    modelsOf(provider, kind).flatMap((model) => Object.keys(model.parameters.properties as object)),
  );
  const known = new Set(takes);

  test('offers every field that the provider takes, or says why not', () => {
    const forgotten = [...known].filter((name) => !(name in not) && !offered.has(offeredAs[name] ?? name));
    expect(forgotten).toEqual([]);
  });

  test('explains the absence of nothing that is offered, or that nobody knows', () => {
    expect(Object.keys(not).filter((name) => offered.has(name) || !known.has(name))).toEqual([]);
  });
});

let sandbox: Sandbox;
let egress: Egress;
let routing: Routing;
beforeAll(async () => {
  sandbox = await startSandbox();
  egress = openEgress();
  routing = createRouting(providers, { mode: 'sandbox', providerSetting: () => undefined }, sandbox.urls);
  await Promise.all(
    ['openai', 'anthropic', 'google', 'qwen'].map((id) =>
      fetch(`${sandbox.urls[id]}/_control/pace`, { method: 'POST', body: '{"paceMs":0}' }),
    ),
  );
});
afterAll(async () => {
  await egress.close();
  await sandbox.close();
});

/** Models of these providers; of several with the same schema, one. */
const OF = [
  'openai',
  'anthropic',
  'google',
  'qwen',
  'deepseek',
  'mistral',
  'groq',
  'together',
  'xai',
  'openrouter',
];
const KINDS: Operation[] = ['text', 'image', 'speech', 'transcription'];
const tried = shippedProviders
  .filter(({ id }) => OF.includes(id))
  .flatMap(({ id, models }) => {
    const seen = new Set<string>();
    return models
      .filter(({ kind }) => KINDS.includes(kind))
      .filter(({ kind, parameters }) => {
        const key = kind + JSON.stringify(parameters);
        return !seen.has(key) && seen.add(key) !== undefined;
      })
      .map((model) => ({ id: model.id, provider: id, model }));
  });

describe.each(tried)('$id', ({ provider, model }) => {
  const fields = Object.entries(model.parameters.properties as Record<string, JsonSchema>);
  const values = fields.flatMap(([name, field]) =>
    edgesOf(name, field).map((value) => [name, value] as const),
  );

  test.each(values)('takes %s: %j', async (name, value) => {
    const call = await callOf(model, { [name]: value, ...NEEDS[name]?.(value) });
    const { detail } = await outcome(provider, model, call);
    expect(detail, 'the provider refused what is offered').toBeNull();
  });
});

/** What has to stand beside a value so that it means something. */
const TOOLS = [
  { type: 'function', function: { name: 'weather_in', parameters: { type: 'object', properties: {} } } },
];
const NEEDS: Record<string, (value: unknown) => Record<string, unknown>> = {
  // Some refuse to be forced to a tool while they think.
  tool_choice: () => ({ tools: TOOLS, enable_thinking: false, thinking: 'disabled' }),
  parallel_tool_calls: () => ({ tools: TOOLS }),
  thinking_budget: (value) => ({ max_completion_tokens: Number(value) + 1000 }),
  background: (value) => (value === 'transparent' ? { output_format: 'png' } : {}),
};

const MADE: Record<string, unknown[]> = {
  tools: [TOOLS],
  tool_choice: [
    'none',
    'auto',
    'required',
    { type: 'function', function: { name: 'weather_in' } },
    {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'weather_in' } }] },
    },
  ],
  response_format: [
    { type: 'text' },
    { type: 'json_object' },
    {
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        strict: true,
        schema: {
          type: 'object',
          properties: { subject: { type: 'string' } },
          required: ['subject'],
          additionalProperties: false,
        },
      },
    },
  ],
  stop: ['.', ['.', '!']],
  size: ['auto', '1024x1024', '1536x1024', '3840x2160', '1024x3072'],
  prompt_cache_options: [{ mode: 'implicit' }, { mode: 'explicit', ttl: '30m' }],
  cache_control: [{ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }],
  language: ['en'],
  language_code: ['en-US'],
};

/** The values at the edges of a field, of those that the schema itself lets through. */
function edgesOf(name: string, field: JsonSchema): unknown[] {
  if (mediaOf(field) !== undefined || name === 'prompt') return [];
  const made = MADE[name];
  const edges =
    made ??
    (field.enum as unknown[] | undefined) ??
    (field.type === 'boolean'
      ? [true, false]
      : field.type === 'integer' || field.type === 'number'
        ? [field.const ?? field.minimum, field.const ?? field.maximum]
        : field.type === 'array'
          ? [['one', 'two']]
          : ['some words']);
  return [...new Set(edges)].filter(
    (value) => value !== undefined && isTaken({ [name]: value }, field, name),
  );
}

function isTaken(params: Record<string, unknown>, field: JsonSchema, name: string): boolean {
  const schema = { type: 'object', properties: { [name]: field }, required: [], additionalProperties: false };
  return checkParams(schema as JsonSchema, params).ok;
}

const mediaOf = (field: JsonSchema): unknown =>
  field['x-media'] ?? (field.items as JsonSchema | undefined)?.['x-media'];

async function callOf(model: ShippedModel, params: Record<string, unknown>): Promise<Call> {
  const fields = Object.entries(model.parameters.properties as Record<string, JsonSchema>);
  const required = model.parameters.required as string[];
  const files: InputFile[] = [];
  const limit = Number(params.max_completion_tokens ?? 2000);
  const given = Object.fromEntries(
    Object.entries(params).filter(([name, value]) =>
      fields.some(([field, schema]) => field === name && isTaken({ [name]: value }, schema, name)),
    ),
  );
  for (const [name, field] of fields) {
    if (name === 'prompt' && model.kind !== 'transcription') given[name] = 'A: A lighthouse, in JSON.';
    else if (required.includes(name) && mediaOf(field) !== undefined) {
      const file = mediaOf(field) === 'audio' ? aRecording(ID, 2) : await aPicture(ID);
      files.push(file);
      given[name] = field.type === 'array' ? [`file:${ID}`] : `file:${ID}`;
    }
  }
  if (model.kind === 'text') given.max_completion_tokens = Math.min(limit, model.maxOutputTokens!);
  const checked = checkParams(model.parameters, given);
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
  const words = [{ role: 'user', content: '[sandbox:words=2] A lighthouse, in JSON.' }];
  return {
    generationId: crypto.randomUUID(),
    operation: model.kind,
    upstreamModel: model.upstream,
    params: model.kind === 'text' ? { ...checked.params, messages: words } : checked.params,
    files,
    memberHash: 'a3f0c1',
  };
}

const ID = '0190a0a0-0000-7000-8000-000000000000';

/** What the provider says against it; null when it takes it. */
async function outcome(
  provider: string,
  model: ShippedModel,
  call: Call,
): Promise<{ detail: string | null }> {
  const adapter = adapterFor(routing.provider(provider), model.kind, model.upstream);
  const route = routing.choose(provider)!;
  const passage = {
    provider,
    route,
    resultHosts: [],
    hashKey: createSecretKey(randomBytes(32)),
    onReceipt: () => undefined,
  };
  const context: Context = {
    route,
    signal: new AbortController().signal,
    send: (request) => egress.send(passage, request),
  };
  try {
    if (adapter.kind === 'stream') for await (const _ of adapter.stream(call, context));
    else if (adapter.kind === 'reply') await adapter.run(call, context);
    else await adapter.submit(call, context);
    return { detail: null };
  } catch (error) {
    if (error instanceof ProviderFault) return { detail: error.detail };
    throw error;
  }
}
