import { seal, unseal } from '../kit/seal.ts';
import type { HostBody, HostRefusal, Profile } from './hosts.ts';

/** Models of several makers behind one address, with prices in US dollars a token, as OpenRouter's list has them. */
interface Priced {
  name: string;
  prompt: number;
  completion: number;
  cacheRead?: number;
  thinking: number;
  maxOutputTokens: number;
  context: number;
  sees: boolean;
}

const priced: Readonly<Record<string, Priced>> = {
  'anthropic/claude-sonnet-5.5': {
    name: 'Anthropic: Claude Sonnet 5.5',
    prompt: 0.000_002,
    completion: 0.000_01,
    cacheRead: 0.000_000_1,
    thinking: 64,
    maxOutputTokens: 128_000,
    context: 1_000_000,
    sees: true,
  },
  'deepseek/deepseek-v4-pro': {
    name: 'DeepSeek: DeepSeek V4 Pro',
    prompt: 0.000_001_32,
    completion: 0.000_003_96,
    cacheRead: 0.000_000_044,
    thinking: 96,
    maxOutputTokens: 65_536,
    context: 1_000_000,
    sees: false,
  },
  'openai/gpt-oss-120b': {
    name: 'OpenAI: gpt-oss-120b',
    prompt: 0.000_000_15,
    completion: 0.000_000_6,
    thinking: 0,
    maxOutputTokens: 65_536,
    context: 131_072,
    sees: false,
  },
};

const FORMAT = 'anthropic-claude-v1';

function error(status: number, message: string, metadata: Record<string, unknown> = {}): HostRefusal {
  return { status, body: { error: { code: status, message, metadata }, user_id: 'user_sandbox' } };
}

/** What a call costs, in dollars; charged to a millionth, as far as a reader can tell. */
function costOf(model: string, prompt: number, output: number, cached: number): number {
  const { prompt: input, completion, cacheRead = input } = priced[model]!;
  return Number(((prompt - cached) * input + cached * cacheRead + output * completion).toFixed(9));
}

/** Reasoning that a model of Anthropic's made must come back as it was. */
function sealRefusal({ messages, model }: HostBody): HostRefusal | null {
  const details = messages.flatMap(
    (message) => (message as { reasoning_details?: { signature?: string }[] }).reasoning_details ?? [],
  );
  const isForged = details.some(({ signature }) => {
    const found = unseal(signature, 'openrouter');
    return found === 'forged' || found.model !== model;
  });
  return isForged
    ? error(400, 'Provider returned error', {
        provider_name: 'Anthropic',
        raw: 'Invalid `signature` in `thinking` block',
      })
    : null;
}

export const openrouter: Profile = {
  id: 'openrouter',
  paths: ['/api/v1'],
  keyPrefix: 'sk-or-v1-',
  models: Object.fromEntries(
    Object.entries(priced).map(([id, { thinking, maxOutputTokens }]) => [id, { thinking, maxOutputTokens }]),
  ),
  wire: {
    idPrefix: 'gen-',
    comment: 'OPENROUTER PROCESSING',
    nativeFinish: true,
    extras: { provider: 'Sandbox' },
  },
  thoughtField: 'reasoning',
  unauthorized: error(401, 'No auth credentials found'),
  broke: error(402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits'),
  error: (status, message) => error(status, message),
  refusal(body) {
    const provider = body.provider as { data_collection?: string } | undefined;
    if (provider?.data_collection !== undefined && !['deny', 'allow'].includes(provider.data_collection))
      return error(400, 'provider.data_collection: Invalid option: expected one of "deny"|"allow"');
    return sealRefusal(body);
  },
  refuseContent: (model) =>
    error(403, `${model} requires moderation. Your input was flagged for "violence".`, {
      reasons: ['violence'],
      flagged_input: 'x',
      provider_name: 'Sandbox',
      model_slug: model,
    }),
  thinkingTokens: ({ reasoning_effort: effort }, { thinking }) => (effort === 'none' ? 0 : thinking),
  details: (model) => ({ format: FORMAT, seal: seal(model, 'openrouter') }),
  usageDetails: (prompt, { thinking, output, cached }, model) => ({
    cost: costOf(model, prompt, output, cached),
    is_byok: false,
    cost_details: { upstream_inference_cost: null },
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: thinking },
  }),
  bookedAs: (prompt, { output, cached }, model) => ({
    charged_microdollar: Math.ceil(Number((costOf(model, prompt, output, cached) * 1e6).toFixed(3))),
  }),
  listed: () =>
    Object.entries(priced).map(([id, model]) => ({
      id,
      canonical_slug: id,
      name: model.name,
      created: 1_790_000_000,
      context_length: model.context,
      architecture: {
        modality: model.sees ? 'text+image->text' : 'text->text',
        input_modalities: model.sees ? ['text', 'image'] : ['text'],
        output_modalities: ['text'],
        tokenizer: 'Other',
        instruct_type: null,
      },
      pricing: {
        prompt: plain(model.prompt),
        completion: plain(model.completion),
        ...(model.cacheRead === undefined ? {} : { input_cache_read: plain(model.cacheRead) }),
        request: '0',
      },
      top_provider: {
        context_length: model.context,
        max_completion_tokens: model.maxOutputTokens,
        is_moderated: false,
      },
      per_request_limits: null,
      supported_parameters: [
        ...'max_tokens temperature top_p stop frequency_penalty presence_penalty seed tools tool_choice'.split(
          ' ',
        ),
        ...'response_format structured_outputs'.split(' '),
        ...(model.thinking > 0 ? ['reasoning', 'include_reasoning', 'reasoning_effort'] : []),
      ],
      default_parameters: {},
      supported_voices: null,
      links: { details: `/api/v1/models/${id}/endpoints` },
    })),
};

/** Without an exponent, as the list has it. */
const plain = (usd: number) => usd.toFixed(12).replace(/0+$/, '');
