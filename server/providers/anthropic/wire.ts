import { z } from 'zod';

/** Frames of `POST /v1/messages` with `stream` (docs.claude.com, versions 2023-06-01 and 2026-10-21): the fields that are used. */
const Count = z.number().nonnegative().nullish();

export const Usage = z.object({
  input_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation: z.object({ ephemeral_1h_input_tokens: Count }).nullish(),
  output_tokens: Count,
  output_tokens_details: z.object({ thinking_tokens: Count }).nullish(),
});
export type Usage = z.output<typeof Usage>;

export const Frame = z.object({
  type: z.string(),
  message: z.object({ id: z.string(), usage: Usage.nullish() }).nullish(),
  index: z.number().int().nullish(),
  content_block: z
    .object({
      type: z.string(),
      id: z.string().nullish(),
      name: z.string().nullish(),
      text: z.string().nullish(),
      thinking: z.string().nullish(),
      signature: z.string().nullish(),
      /** Of a redacted thinking block. */
      data: z.string().nullish(),
      input: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
  delta: z
    .object({
      type: z.string().nullish(),
      text: z.string().nullish(),
      thinking: z.string().nullish(),
      signature: z.string().nullish(),
      partial_json: z.string().nullish(),
      stop_reason: z.string().nullish(),
      stop_sequence: z.string().nullish(),
      stop_details: z.object({ explanation: z.string().nullish() }).nullish(),
    })
    .nullish(),
  usage: Usage.nullish(),
  error: z.object({ type: z.string().nullish(), message: z.string().nullish() }).nullish(),
});
export type Frame = z.output<typeof Frame>;

export const ErrorBody = z.object({
  error: z.object({
    type: z.string(),
    message: z.string().nullish(),
    details: z.object({ error_code: z.string().nullish() }).nullish(),
  }),
});
