import { chatAdapter } from '../chat-completions/chat-completions.ts';
import type { Call, TextAdapter } from '../provider.ts';
import { streamResponse } from '../responses/responses.ts';

type Body = Record<string, unknown>;

const usesTools = ({ tools }: Body): boolean => Array.isArray(tools) && tools.length > 0;

/**
 * Models since gpt-5.4 refuse function tools together with reasoning on chat completions, and from gpt-5.6 on also when
 * no effort is named. A caller who names one gets it, by way of Responses; one who names none is passed through without.
 */
const needsResponses = (body: Body): boolean =>
  usesTools(body) && body.reasoning_effort !== undefined && body.reasoning_effort !== 'none';

function withLimit(call: Call): Call {
  const limit = call.params.max_completion_tokens;
  return typeof limit === 'number' && limit < LEAST_OUTPUT_TOKENS
    ? { ...call, params: { ...call.params, max_completion_tokens: LEAST_OUTPUT_TOKENS } }
    : call;
}

const chat = chatAdapter({
  // Nothing is kept at the provider beyond what its terms say for every call (clause 5.9).
  adapt: (body) => ({ ...(usesTools(body) ? { reasoning_effort: 'none' } : {}), ...body, store: false }),
  endUserField: 'safety_identifier',
  cacheMark: 'prompt_cache_breakpoint',
});

/** The shortest limit that Responses takes. */
const LEAST_OUTPUT_TOKENS = 16;

export const openaiText: TextAdapter = {
  ...chat,
  bound: (call, { maxOutputTokens }) =>
    chat.bound(call, {
      maxOutputTokens: needsResponses(call.params)
        ? Math.max(LEAST_OUTPUT_TOKENS, maxOutputTokens)
        : maxOutputTokens,
    }),
  stream: (call, context) =>
    needsResponses(call.params) ? streamResponse(withLimit(call), context) : chat.stream(call, context),
  passThrough: { ...chat.passThrough!, takes: (body) => !needsResponses(body) },
};
