/** How hosts that a person runs on a machine of their own differ from one another, by their documentation of 2026. */
export interface Flavour {
  name: 'ollama' | 'vllm' | 'lm-studio' | 'llama.cpp';
  /** What `GET /` says. */
  greeting: string;
  /** Who owns a model in the list. */
  owner: string;
  /** Asks for a key when it was started with one. */
  takesKey: boolean;
  thoughtField: 'reasoning_content' | 'reasoning';
  /** A prompt that leaves no room for the answer is refused, not cut without a word. */
  refusesLongPrompts: boolean;
  /** Takes `tool_choice` of `required` and of one tool. */
  forcesTools: boolean;
  /** Beside the choices of an answer, and of a stream's last chunk. */
  extras: Record<string, unknown>;
  error(status: number, message: string): unknown;
}

const openAiLike = (message: string, type: string) => ({ error: { message, type, param: null, code: null } });

export const flavours: readonly Flavour[] = [
  {
    name: 'ollama',
    greeting: 'Ollama is running',
    owner: 'library',
    takesKey: false,
    thoughtField: 'reasoning',
    refusesLongPrompts: false,
    forcesTools: false,
    extras: { system_fingerprint: 'fp_ollama' },
    error: (status, message) =>
      openAiLike(
        message,
        status === 404 ? 'not_found_error' : status < 500 ? 'invalid_request_error' : 'api_error',
      ),
  },
  {
    name: 'vllm',
    greeting: '',
    owner: 'vllm',
    takesKey: true,
    thoughtField: 'reasoning',
    refusesLongPrompts: true,
    forcesTools: true,
    extras: { prompt_logprobs: null, kv_transfer_params: null },
    error(status, message) {
      // Without the right key its answer is bare.
      if (status === 401) return { error: 'Unauthorized' };
      const type =
        status === 404 ? 'NotFoundError' : status < 500 ? 'BadRequestError' : 'InternalServerError';
      return { error: { message, type, param: null, code: status } };
    },
  },
  {
    name: 'lm-studio',
    greeting: '',
    owner: 'organization_owner',
    takesKey: true,
    thoughtField: 'reasoning_content',
    refusesLongPrompts: false,
    forcesTools: false,
    extras: { stats: {}, model_info: { arch: 'llama', format: 'gguf', context_length: 8192 } },
    error: (status, message) => (status === 400 ? { error: message } : openAiLike(message, 'api_error')),
  },
  {
    name: 'llama.cpp',
    greeting: '',
    owner: 'llamacpp',
    takesKey: true,
    thoughtField: 'reasoning_content',
    refusesLongPrompts: true,
    forcesTools: true,
    extras: { timings: { prompt_n: 12, predicted_n: 40, predicted_per_second: 31.5 } },
    error: (status, message) => ({
      error: {
        code: status,
        message,
        type:
          status === 401 ? 'authentication_error' : status < 500 ? 'invalid_request_error' : 'server_error',
      },
    }),
  },
];
