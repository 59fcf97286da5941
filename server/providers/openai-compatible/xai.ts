import { z } from 'zod';
import { unitsOf } from '../answers.ts';
import { textBound } from '../chat-completions/bound.ts';
import { defined } from '../input-files.ts';
import type { TextAdapter, Units } from '../provider.ts';
import { streamResponse } from '../responses/responses.ts';

/** Ten thousand ticks are a millionth of a dollar. */
const TICKS_PER_MICRODOLLAR = 10_000;
const Count = z.number().nonnegative();
const Usage = z.object({
  cost_in_usd_ticks: Count.nullish(),
  input_tokens: Count,
  input_tokens_details: z.object({ cached_tokens: Count.nullish() }).nullish(),
  output_tokens: Count,
});

/** The exact charge, in millionths of a dollar. Without it the tokens; more cached ones than there were are none. */
function chargedOf(usage: unknown): Units {
  const told = Usage.parse(usage);
  if (told.cost_in_usd_ticks != null)
    return unitsOf({ charged_microdollar: Math.ceil(told.cost_in_usd_ticks / TICKS_PER_MICRODOLLAR) });
  const cached = told.input_tokens_details?.cached_tokens ?? 0;
  const known = cached > told.input_tokens ? 0 : cached;
  return unitsOf({
    input_token: told.input_tokens - known,
    cached_input_token: known,
    output_token: told.output_tokens,
  });
}

/** xAI's main API is Responses; its chat completions are on the way out. It has its own name for the end user, and no summaries to ask for. */
function adapt({
  safety_identifier: user,
  reasoning,
  prompt_cache_options: _,
  ...body
}: Record<string, unknown>): Record<string, unknown> {
  const effort = (reasoning as { effort?: unknown } | undefined)?.effort;
  return defined({ ...body, user, reasoning: effort === undefined ? undefined : { effort } });
}

export const xaiText: TextAdapter = {
  kind: 'stream',
  bound: (call, { maxOutputTokens }) => textBound(call, maxOutputTokens),
  stream: (call, context) =>
    streamResponse(call, context, { format: 'xai-responses-v1', adapt, usageOf: chargedOf }),
};
