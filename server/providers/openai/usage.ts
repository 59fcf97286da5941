import { z } from 'zod';
import type { Units } from '../provider.ts';

const Count = z.number().int().nonnegative().nullish();

/** `usage` of chat completions: only the fields that are billed. */
const ChatUsage = z.object({
  prompt_tokens: z.number().int().nonnegative(),
  completion_tokens: z.number().int().nonnegative(),
  prompt_tokens_details: z
    .object({ cached_tokens: Count, cache_write_tokens: Count, audio_tokens: Count })
    .nullish(),
  completion_tokens_details: z.object({ audio_tokens: Count }).nullish(),
});

/**
 * Prompt tokens contain the cached and the written ones, completion tokens contain the reasoning: each is billed once,
 * at its own price.
 */
export function chatUnits(usage: unknown): Units {
  const {
    prompt_tokens,
    completion_tokens,
    prompt_tokens_details: prompt,
    completion_tokens_details: completion,
  } = ChatUsage.parse(usage);
  const cached = prompt?.cached_tokens ?? 0;
  const written = prompt?.cache_write_tokens ?? 0;
  const audioIn = prompt?.audio_tokens ?? 0;
  const audioOut = completion?.audio_tokens ?? 0;
  return withoutZeros({
    input_token: prompt_tokens - cached - written - audioIn,
    cached_input_token: cached,
    cache_write_token: written,
    input_audio_token: audioIn,
    output_token: completion_tokens - audioOut,
    output_audio_token: audioOut,
  });
}

export function withoutZeros(counts: Record<string, number>): Units {
  return Object.fromEntries(
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([unit, count]) => [unit, BigInt(count)]),
  ) as Units;
}
