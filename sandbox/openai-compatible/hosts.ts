import { type ChatBody, type ChatHost, textOf } from '../kit/chat-reply.ts';

/** A refusal, whole: these hosts do not agree on its shape. */
export interface HostRefusal {
  status: number;
  body: unknown;
}

export type HostBody = ChatBody & Record<string, unknown>;

interface Model {
  thinking: number;
  maxOutputTokens: number;
}

/** What sets one commercial host apart from OpenAI. */
export interface Profile {
  id: string;
  /** Before `/chat/completions` and `/models`; one of several. */
  paths: readonly string[];
  keyPrefix: string;
  models: Readonly<Record<string, Model>>;
  wire: ChatHost['wire'];
  thoughtField: ChatHost['thoughtField'];
  unauthorized: HostRefusal;
  broke: HostRefusal;
  error(status: number, message: string, param?: string): HostRefusal;
  /** What this host refuses and OpenAI does not. */
  refusal(body: HostBody): HostRefusal | null;
  /** Tokens of thinking in this request. */
  thinkingTokens(body: HostBody, model: Model): number;
  usageDetails(
    prompt: number,
    answer: { thinking: number; output: number; cached: number },
    model: string,
  ): Record<string, unknown>;
  /** Books in another unit than tokens. */
  bookedAs?(
    prompt: number,
    answer: { output: number; cached: number },
    model: string,
  ): Record<string, number>;
  /** How content is refused, where it is not declined in words. */
  refuseContent?(model: string): HostRefusal;
  /** Thoughts come as details too. */
  details?(model: string): { format: string; seal: string };
  /** The rows of its list of models, where they tell more than a name. */
  listed?(): object[];
}

const model = (thinking: number, maxOutputTokens = 65_536): Model => ({ thinking, maxOutputTokens });

const openAiError = (status: number, message: string, param?: string): HostRefusal => {
  const types: Record<number, string> = {
    401: 'authentication_error',
    402: 'unknown_error',
    404: 'invalid_request_error',
    429: 'rate_limit_error',
  };
  const code = { 404: 'model_not_found', 429: 'rate_limit_exceeded' }[status] ?? 'invalid_request_error';
  const type = status >= 500 ? 'server_error' : (types[status] ?? 'invalid_request_error');
  return { status, body: { error: { message, type, param: param ?? null, code } } };
};

const details: ChatHost['usageDetails'] = (_, { thinking, cached }) => ({
  prompt_tokens_details: { cached_tokens: cached },
  completion_tokens_details: { reasoning_tokens: thinking },
});

const hasDeveloper = ({ messages }: HostBody) => messages.some(({ role }) => role === 'developer');

const deepseek: Profile = {
  id: 'deepseek',
  paths: ['', '/v1'],
  keyPrefix: 'sk-',
  models: { 'deepseek-flash': model(48, 384_000), 'deepseek-v4-pro': model(96, 384_000) },
  wire: undefined,
  thoughtField: 'reasoning_content',
  unauthorized: openAiError(401, 'Authentication Fails, Your api key is invalid'),
  broke: openAiError(402, 'Insufficient Balance'),
  error: openAiError,
  refusal(body) {
    if (hasDeveloper(body))
      return openAiError(
        422,
        'Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant `developer`',
      );
    const thinks = (body.thinking as { type?: string } | undefined)?.type !== 'disabled';
    if (thinks && body.tool_choice && body.tool_choice !== 'auto' && body.tool_choice !== 'none') {
      return openAiError(400, 'Thinking mode does not support this tool_choice');
    }
    const isBare = body.messages.some(
      (message) =>
        message.role === 'assistant' && (message as Record<string, unknown>).reasoning_content === undefined,
    );
    if (thinks && isBare)
      return openAiError(400, 'Missing `reasoning_content` field in the assistant message');
    if (body.response_format?.type === 'json_schema')
      return openAiError(400, 'This response_format type is unavailable now');
    const saysJson = body.messages.some(({ content }) => /json/i.test(textOf(content)));
    return body.response_format?.type === 'json_object' && !saysJson
      ? openAiError(
          400,
          "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'.",
        )
      : null;
  },
  thinkingTokens: ({ thinking }, { thinking: tokens }) =>
    (thinking as { type?: string } | undefined)?.type === 'disabled' ? 0 : tokens,
  usageDetails: (prompt, answer) => ({
    ...details(prompt, answer),
    prompt_cache_hit_tokens: answer.cached,
    prompt_cache_miss_tokens: prompt - answer.cached,
  }),
};

/** What a body may hold; the other hosts pass over what they do not know. */
export const mistralFields: readonly string[] =
  `model messages temperature top_p max_tokens stream stop random_seed response_format tools tool_choice
  presence_penalty frequency_penalty n prediction parallel_tool_calls prompt_mode reasoning_effort safe_prompt metadata
  prompt_cache_key guardrails`.split(/\s+/);

const mistralError = (status: number, message: string): HostRefusal => ({
  status,
  body: {
    object: 'error',
    message,
    type: status === 429 ? 'rate_limited' : status >= 500 ? 'service_unavailable' : 'invalid_request_error',
    param: null,
    code: status === 429 ? '1300' : '1500',
  },
});
const mistralInvalid = (field: string, msg: string, type: string): HostRefusal => ({
  status: 422,
  body: { detail: [{ type, loc: ['body', field], msg }] },
});

const mistral: Profile = {
  id: 'mistral',
  paths: ['/v1'],
  keyPrefix: '',
  models: {
    'mistral-large-4': model(0),
    'mistral-large-2512': model(0),
    'mistral-medium-3.5': model(64),
    'mistral-small-2603': model(64),
    'ministral-8b-2512': model(0),
    'codestral-2508': model(0),
    'devstral-2512': model(0),
  },
  wire: { usageOnLastChunk: 'usage', thoughtsInContent: true, wholeToolCalls: true },
  thoughtField: 'reasoning_content',
  unauthorized: { status: 401, body: { detail: 'Unauthorized' } },
  broke: mistralError(402, 'You have reached your spending limit'),
  error: mistralError,
  refusal(body) {
    const strange = Object.keys(body).find((field) => !mistralFields.includes(field));
    if (strange !== undefined)
      return mistralInvalid(strange, 'Extra inputs are not permitted', 'extra_forbidden');
    if (hasDeveloper(body))
      return mistralInvalid(
        'messages',
        "Input tag 'developer' does not match any of the expected tags: 'assistant', 'system', 'tool', 'user'",
        'union_tag_invalid',
      );
    if (body.tool_choice === 'required')
      return mistralInvalid('tool_choice', "Input should be 'auto', 'none', 'any'", 'enum');
    const isEmpty = body.messages.some(
      ({ role, content, tool_calls }) => role === 'assistant' && !content && !tool_calls,
    );
    return isEmpty
      ? mistralError(400, 'Assistant message must have either content or tool_calls, but not none.')
      : null;
  },
  thinkingTokens: ({ reasoning_effort: effort }, { thinking }) =>
    effort === undefined || effort === 'none' ? 0 : thinking,
  usageDetails: (_, { cached }) => ({ num_cached_tokens: cached }),
};

const groq: Profile = {
  id: 'groq',
  paths: ['/openai/v1'],
  keyPrefix: 'gsk_',
  models: {
    'openai/gpt-oss-120b': model(48),
    'openai/gpt-oss-20b': model(48),
    'llama-3.3-70b-versatile': model(0, 32_768),
    'llama-3.1-8b-instant': model(0),
    'qwen/qwen3.8-27b': model(48),
    'qwen/qwen3.6-27b': model(48),
  },
  wire: { usageOnLastChunk: 'x_groq' },
  thoughtField: 'reasoning',
  unauthorized: openAiError(401, 'Invalid API Key'),
  broke: openAiError(400, 'Your organization has been restricted: spend limit reached.'),
  error: openAiError,
  refusal(body) {
    const unsupported = ['logprobs', 'logit_bias', 'top_logprobs'].find((field) => body[field] !== undefined);
    if (unsupported !== undefined) return openAiError(400, `'${unsupported}' : this property is unsupported`);
    if (typeof body.n === 'number' && body.n !== 1) return openAiError(400, "'n' : number must be at most 1");
    const named = body.messages.findIndex(
      (message) => (message as Record<string, unknown>).name !== undefined,
    );
    return named === -1
      ? null
      : openAiError(
          400,
          `'messages.${named}' : for 'role:user' the following must be satisfied[property 'name' is unsupported]`,
        );
  },
  thinkingTokens: ({ reasoning_effort: effort }, { thinking }) => (effort === 'none' ? 0 : thinking),
  usageDetails: (prompt, answer) => ({
    ...details(prompt, answer),
    queue_time: 0.01,
    prompt_time: 0.01,
    completion_time: 0.2,
    total_time: 0.21,
  }),
};

const together: Profile = {
  id: 'together',
  paths: ['/v1'],
  keyPrefix: '',
  models: {
    'moonshotai/Kimi-K3.1-Pro': model(64),
    'moonshotai/Kimi-K3': model(64),
    'zai-org/GLM-5.3': model(64),
    'zai-org/GLM-5.3-Flash': model(0),
    'deepseek-ai/DeepSeek-V4-Pro-0813': model(64),
    'deepseek-ai/DeepSeek-V4.1-Flash': model(0),
    'MiniMaxAI/MiniMax-M3': model(0),
    'openai/gpt-oss-120b': model(48),
  },
  wire: { usageOnLastChunk: 'usage', stopWord: 'eos' },
  thoughtField: 'reasoning',
  unauthorized: openAiError(401, 'Invalid API key provided.'),
  broke: openAiError(402, 'Your account has reached its spending limit.'),
  error: openAiError,
  refusal: (body) => (hasDeveloper(body) ? openAiError(400, 'Invalid role: developer') : null),
  thinkingTokens: ({ reasoning }, { thinking }) =>
    (reasoning as { enabled?: boolean } | undefined)?.enabled === false ? 0 : thinking,
  usageDetails: (_, { cached }) => ({ cached_tokens: cached }),
};

const xaiError = (status: number, message: string): HostRefusal => ({
  status,
  body: { code: status === 404 ? 'not-found' : 'Client specified an invalid argument', error: message },
});

const xai: Profile = {
  id: 'xai',
  paths: ['/v1'],
  keyPrefix: 'xai-',
  models: { 'grok-4.7': model(96), 'grok-4.6': model(96), 'grok-4.5': model(64), 'grok-4.3': model(64) },
  wire: { thinkingApart: true },
  thoughtField: 'reasoning_content',
  unauthorized: {
    status: 400,
    body: { code: 'Client specified an invalid argument', error: 'Incorrect API key provided.' },
  },
  broke: { status: 403, body: { error: 'Your team has used all available credits.' } },
  error: xaiError,
  refusal(body) {
    const unsupported = ['presence_penalty', 'frequency_penalty', 'stop'].find(
      (field) => body[field] !== undefined && body[field] !== null,
    );
    return unsupported === undefined
      ? null
      : xaiError(400, `Argument not supported on this model: ${unsupported}`);
  },
  thinkingTokens: (_, { thinking }) => thinking,
  usageDetails: details,
};

/** All but OpenRouter, which stands in a file of its own. */
export const profiles: readonly Profile[] = [deepseek, mistral, groq, together, xai];
