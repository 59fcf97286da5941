import { unitsOf } from '../answers.ts';
import type { Units } from '../provider.ts';
import type { Usage } from './wire.ts';

/** `input_tokens` is only what no cache held; what was read and written stands beside it. Output contains the thinking. */
export function messageUnits(usage: Usage): Units {
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return unitsOf({
    input_token: usage.input_tokens,
    cached_input_token: usage.cache_read_input_tokens,
    // What is not told apart is the five-minute cache.
    cache_write_token: (usage.cache_creation_input_tokens ?? hour) - hour,
    cache_write_hour_token: hour,
    output_token: usage.output_tokens,
  });
}

/** Counts of `message_delta` are cumulative: each replaces that of `message_start`, none is added. */
export function latest(before: Usage, now: Usage): Usage {
  const told = Object.entries(now).filter(([, count]) => count != null);
  return { ...before, ...Object.fromEntries(told) };
}
