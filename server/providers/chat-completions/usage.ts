import { z } from 'zod';
import { readAs, unitsOf } from '../answers.ts';
import type { Units } from '../provider.ts';

const Count = z.number().nonnegative().nullish();
const PromptDetails = z.object({
  cached_tokens: Count,
  cache_write_tokens: Count,
  cache_creation_input_tokens: Count,
  audio_tokens: Count,
});

/** `usage` of chat completions: only the fields that are billed, in the spellings that hosts have. */
const ChatUsage = z.object({
  prompt_tokens: z.number().nonnegative(),
  completion_tokens: z.number().nonnegative(),
  prompt_tokens_details: PromptDetails.nullish(),
  prompt_token_details: PromptDetails.nullish(),
  prompt_cache_hit_tokens: Count,
  num_cached_tokens: Count,
  completion_tokens_details: z.object({ audio_tokens: Count, reasoning_tokens: Count }).nullish(),
});

/**
 * Prompt tokens contain the cached and the written ones, completion tokens contain the reasoning: each is billed once,
 * at its own price. A host that reports more cached tokens than prompt gets none below zero.
 */
export function chatUnits(usage: unknown): Units {
  const counts = readAs(usage, ChatUsage);
  const prompt = counts.prompt_tokens_details ?? counts.prompt_token_details;
  const told = prompt?.cached_tokens ?? counts.prompt_cache_hit_tokens ?? counts.num_cached_tokens ?? 0;
  const cached = Math.min(told, counts.prompt_tokens);
  const written = prompt?.cache_write_tokens ?? prompt?.cache_creation_input_tokens ?? 0;
  const audioIn = prompt?.audio_tokens ?? 0;
  const audioOut = counts.completion_tokens_details?.audio_tokens ?? 0;
  return unitsOf({
    input_token: counts.prompt_tokens - cached - written - audioIn,
    cached_input_token: cached,
    cache_write_token: written,
    input_audio_token: audioIn,
    output_token: counts.completion_tokens - audioOut,
    output_audio_token: audioOut,
  });
}

/** How many of the completion tokens were thoughts, where the host tells. */
export function reasoningTokensOf(usage: unknown): number | undefined {
  return ChatUsage.safeParse(usage).data?.completion_tokens_details?.reasoning_tokens ?? undefined;
}
