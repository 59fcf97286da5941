import { describe, expect, test } from 'vitest';
import { messageFields } from '#sandbox/anthropic/message-request.ts';
import { configFields, contentFields } from '#sandbox/google/content-request.ts';
import { speechFields } from '#sandbox/openai/audio.ts';
import { chatFields } from '#sandbox/openai/chat-request.ts';
import { imageFields } from '#sandbox/openai/image-request.ts';
import { responseFields } from '#sandbox/openai/response-request.ts';
import { transcriptionFields } from '#sandbox/openai/transcription.ts';
import { mistralFields } from '#sandbox/openai-compatible/hosts.ts';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import type { ShippedModel } from '#server/catalogue/shipped.ts';
import type { Operation } from '#server/providers/provider.ts';

/** What a provider takes against what the catalogue offers: a field that the simulator knows is offered, or its absence explained. */

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
