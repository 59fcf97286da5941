import { z } from 'zod';

/** Frames of `POST /v1/responses` with `stream` (platform.openai.com/docs, read 2026-11-24): only the fields that are used. */
const Count = z.number().nonnegative().nullish();

const ResponseError = z.object({ code: z.string().nullish(), message: z.string().nullish() });

export const Frame = z.object({
  type: z.string(),
  output_index: z.number().int().nullish(),
  delta: z.string().nullish(),
  item: z
    .object({
      type: z.string(),
      id: z.string().nullish(),
      summary: z.array(z.object({ text: z.string() })).nullish(),
      encrypted_content: z.string().nullish(),
      call_id: z.string().nullish(),
      name: z.string().nullish(),
      arguments: z.string().nullish(),
    })
    .nullish(),
  response: z
    .object({
      id: z.string(),
      error: ResponseError.nullish(),
      incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
      usage: z
        .object({
          input_tokens: Count,
          input_tokens_details: z.object({ cached_tokens: Count, cache_write_tokens: Count }).nullish(),
          output_tokens: Count,
          /** What it cost, as xAI alone tells: ten thousand of them are a millionth of a dollar. */
          cost_in_usd_ticks: Count,
          output_tokens_details: z.object({ reasoning_tokens: Count }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
});
export type Frame = z.output<typeof Frame>;
