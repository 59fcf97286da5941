import { sendJson } from '../kit/exchange.ts';
import { badRequest, type Refusal, unknownModel } from '../openai/refusals.ts';
import type { Usage } from '../openai/response-body.ts';
import { itemsRefusal } from '../openai/response-request.ts';
import type { ResponsesHost } from '../openai/responses.ts';
import type { Profile } from './hosts.ts';

/** US dollars a million tokens: in, cached, out. From 200,000 tokens of prompt on, all of them are doubled. */
const prices: Readonly<Record<string, [number, number, number]>> = {
  'grok-4.7': [2, 0.5, 6],
  'grok-4.6': [2, 0.5, 6],
  'grok-4.5': [2, 0.3, 6],
  'grok-4.3': [1.25, 0.2, 2.5],
};
const LONG = 200_000;
const TICKS_PER_USD = 1e10;

const fields =
  `model input instructions max_output_tokens reasoning text tools tool_choice parallel_tool_calls store include stream
  temperature top_p top_logprobs logprobs previous_response_id user prompt_cache_key metadata background truncation
  service_tier`.split(/\s+/);

/** xAI's main API: Responses, with the exact charge in each answer. */
export function xaiResponses(profile: Profile): ResponsesHost {
  return {
    traits(model) {
      const known = profile.models[model];
      return known && { reasons: true, maxOutputTokens: known.maxOutputTokens, writesCache: false };
    },
    refusal: (body) => refusalOf(body, profile),
    refuse(exchange, { status, message }) {
      const { body } = profile.error(status, message);
      sendJson(exchange, status, body);
    },
    failureBody: (status) => profile.error(status, 'The service is currently unavailable.').body,
    headers: () => ({}),
    usageExtras: (usage, model) => ({ cost_in_usd_ticks: ticksOf(usage, model), num_sources_used: 0 }),
    bookedAs: (usage, model) => ({
      charged_microdollar: Math.ceil(ticksOf(usage, model) / (TICKS_PER_USD / 1e6)),
    }),
  };
}

function ticksOf(usage: Usage, model: string): number {
  const [input, cachedPrice, output] = prices[model]!;
  const cached = Math.min(usage.input_tokens_details.cached_tokens, usage.input_tokens);
  const factor = usage.input_tokens >= LONG ? 2 : 1;
  const usd =
    ((usage.input_tokens - cached) * input + cached * cachedPrice + usage.output_tokens * output) / 1e6;
  return Math.round(usd * factor * TICKS_PER_USD);
}

function refusalOf(body: Record<string, unknown>, profile: Profile): Refusal | null {
  const { model, input } = body;
  if (typeof model !== 'string' || profile.models[model] === undefined) return unknownModel(String(model));
  const strange = Object.keys(body).find((name) => !fields.includes(name));
  if (strange !== undefined)
    return badRequest(`Argument not supported on this model: ${strange}`, strange, 'invalid_argument');
  if (input === undefined) return badRequest('Missing required argument: input', 'input');
  return typeof input === 'string' ? null : itemsRefusal(input);
}
