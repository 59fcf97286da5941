import { unitsOf } from '../answers.ts';
import type { Units } from '../provider.ts';
import type { Usage } from './wire.ts';

/** `input_tokens` is only what no cache held; what was read and written stands beside it. Output contains the thinking. */
export function messageUnits(usage: Usage): Units {
  return unitsOf({
    input_token: usage.input_tokens,
    cached_input_token: usage.cache_read_input_tokens,
    cache_write_token: usage.cache_creation_input_tokens,
    output_token: usage.output_tokens,
  });
}

/** Counts of `message_delta` are cumulative: each replaces that of `message_start`, none is added. */
export function latest(before: Usage, now: Usage): Usage {
  const told = Object.entries(now).filter(([, count]) => count != null);
  return { ...before, ...Object.fromEntries(told) };
}
