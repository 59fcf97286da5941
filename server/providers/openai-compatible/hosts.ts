import { chatAdapter, type Dialect } from '../chat-completions/chat-completions.ts';
import type { Provider, TextAdapter } from '../provider.ts';
import type { ProviderTerms } from '../provider-terms.ts';
import type { TextMessage } from '../text-params.ts';
import { xaiText } from './xai.ts';

type Body = Record<string, unknown>;

/** Most hosts know neither `max_completion_tokens` nor the role `developer`. */
function early(body: Body): Body {
  const { max_completion_tokens, messages, ...rest } = body;
  return {
    ...rest,
    messages: (messages as TextMessage[]).map((message) =>
      message.role === 'developer' ? { ...message, role: 'system' } : message,
    ),
    ...(max_completion_tokens === undefined ? {} : { max_tokens: max_completion_tokens }),
  };
}

/** DeepSeek switches thinking by an object. */
function forDeepSeek(body: Body): Body {
  const { thinking, ...rest } = early(body);
  return {
    ...rest,
    ...(typeof thinking === 'string' ? { thinking: { type: thinking } } : {}),
  };
}

/** Mistral refuses fields that it does not know, and has its own words for three that it does. */
function forMistral(body: Body): Body {
  const { seed, tool_choice, stream_options: _, ...rest } = early(body);
  return {
    ...rest,
    ...(seed === undefined ? {} : { random_seed: seed }),
    ...(tool_choice === undefined ? {} : { tool_choice: tool_choice === 'required' ? 'any' : tool_choice }),
  };
}

/** Groq refuses names on messages. */
function forGroq(body: Body): Body {
  const { max_tokens, messages, ...rest } = early(body);
  return {
    ...rest,
    messages: (messages as TextMessage[]).map(({ name: _, ...message }) => message),
    ...(max_tokens === undefined ? {} : { max_completion_tokens: max_tokens }),
  };
}

/** The answer of Mistral may be a list of pieces, which is not the format that we pass through. */
function translated(dialect: Dialect): TextAdapter {
  const { passThrough: _, ...adapter } = chatAdapter(dialect);
  return adapter;
}

interface Host {
  id: string;
  /** Start of the names of its settings. */
  prefix: string;
  baseUrl: string;
  keyPrefix?: string;
  text: TextAdapter;
  terms: Omit<ProviderTerms, 'readOn'>;
}

export function host({ id, prefix, baseUrl, keyPrefix, text, terms }: Host): Provider {
  return {
    id,
    terms: { ...terms, readOn: '2026-11-24' },
    settings: {
      key: `${prefix}_API_KEY`,
      baseUrl: `${prefix}_BASE_URL`,
      defaultBaseUrl: baseUrl,
      region: `${prefix}_REGION`,
      keyPrefix,
    },
    resultHosts: [],
    operations: { text },
  };
}

const NOT_FOR_TRAINING = 'API data are not used for training, by its terms.';

export const deepseek = host({
  id: 'deepseek',
  prefix: 'DEEPSEEK',
  keyPrefix: 'sk-',
  baseUrl: 'https://api.deepseek.com',
  // It wants reasoning back with every answer of an earlier turn, be it empty.
  text: chatAdapter({ adapt: forDeepSeek, endUserField: 'user_id', reasoningBack: () => 'words' }),
  terms: {
    name: 'DeepSeek',
    company: 'Hangzhou DeepSeek Artificial Intelligence Co., Ltd.',
    termsUrl:
      'https://platform.deepseek.com/downloads/DeepSeek%20Open%20Platform%20Terms%20of%20Service.html',
    privacyUrl: 'https://www.deepseek.com/en/privacy',
    regions: ['CN'],
    retention: 'As long as its privacy policy says; no fixed period is published.',
    training: 'Its terms allow use to improve the service.',
  },
});

export const mistral = host({
  id: 'mistral',
  prefix: 'MISTRAL',
  baseUrl: 'https://api.mistral.ai/v1',
  text: translated({ adapt: forMistral }),
  terms: {
    name: 'Mistral',
    company: 'Mistral AI SAS',
    termsUrl: 'https://mistral.ai/terms',
    privacyUrl: 'https://mistral.ai/terms#privacy-policy',
    regions: ['EU'],
    retention: '30 days for abuse monitoring.',
    training: 'API data of paid plans are not used for training unless the operator opts in.',
  },
});

export const xai = host({
  id: 'xai',
  prefix: 'XAI',
  keyPrefix: 'xai-',
  baseUrl: 'https://api.x.ai/v1',
  text: xaiText,
  terms: {
    name: 'xAI',
    company: 'X.AI LLC',
    termsUrl: 'https://x.ai/legal/terms-of-service-enterprise',
    privacyUrl: 'https://x.ai/legal/privacy-policy',
    regions: ['US'],
    retention: '30 days, then deleted.',
    training: NOT_FOR_TRAINING,
  },
});

export const groq = host({
  id: 'groq',
  prefix: 'GROQ',
  keyPrefix: 'gsk_',
  baseUrl: 'https://api.groq.com/openai/v1',
  text: chatAdapter({ adapt: forGroq, endUserField: 'user' }),
  terms: {
    name: 'Groq',
    company: 'Groq, Inc.',
    termsUrl: 'https://groq.com/terms-of-use',
    privacyUrl: 'https://groq.com/privacy-policy',
    regions: ['US'],
    retention: 'Not kept by default; up to 30 days where abuse is suspected.',
    training: NOT_FOR_TRAINING,
  },
});

export const together = host({
  id: 'together',
  prefix: 'TOGETHER',
  baseUrl: 'https://api.together.ai/v1',
  text: chatAdapter({ adapt: early }),
  terms: {
    name: 'Together AI',
    company: 'Together Computer, Inc.',
    termsUrl: 'https://www.together.ai/terms-of-service',
    privacyUrl: 'https://www.together.ai/privacy',
    regions: ['US'],
    retention: 'By the setting of the account; not kept when it is off.',
    training: 'Only when the account’s owner allows it.',
  },
});

/**
 * A host of the operator's own: Ollama, vLLM, llama.cpp, LM Studio. Its address switches it on, a key is optional, and
 * its models are those that it lists.
 */
export const local: Provider = {
  id: 'local',
  terms: {
    name: 'This machine',
    company: 'The operator of this site',
    termsUrl: 'https://github.com/ollama/ollama/blob/main/LICENSE',
    privacyUrl: 'https://github.com/ollama/ollama/blob/main/LICENSE',
    regions: ['local'],
    retention: 'Nothing leaves the operator’s machines.',
    training: 'None.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'LOCAL_BASE_URL',
    baseUrl: 'LOCAL_BASE_URL',
    defaultBaseUrl: 'http://127.0.0.1:11434/v1',
    region: 'LOCAL_REGION',
    extra: ['LOCAL_API_KEY'],
  },
  resultHosts: [],
  operations: {
    text: chatAdapter({ adapt: early, keyOf: ({ extra }) => extra?.LOCAL_API_KEY ?? '' }),
  },
};
