import type { Units } from '#server/providers/provider.ts';
import type { Cost, End } from './held-call.ts';

/** What an answer used, in tokens, each counted once: dialects differ in what they add up. */
export interface Counts {
  /** What no cache held. */
  fresh: number;
  cached: number;
  writtenForMinutes: number;
  writtenForAnHour: number;
  /** All that came out, thoughts included. */
  output: number;
  thoughts: number;
}

export function countsOf(cost: Cost, { tokens, reasoningTokens }: End): Counts {
  const units = tokens ?? cost.units;
  const n = (unit: keyof Units) => Number(units[unit] ?? 0n);
  const output = n('output_token');
  return {
    fresh: n('input_token') + n('input_audio_token') + n('input_image_token'),
    cached: n('cached_input_token'),
    writtenForMinutes: n('cache_write_token'),
    writtenForAnHour: n('cache_write_hour_token'),
    output,
    thoughts: Math.min(reasoningTokens ?? 0, output),
  };
}

/** All that came in. */
export const promptOf = (counts: Counts): number =>
  counts.fresh + counts.cached + counts.writtenForMinutes + counts.writtenForAnHour;
