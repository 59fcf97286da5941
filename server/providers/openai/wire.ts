import { z } from 'zod';

/** Answers of OpenAI's image and audio routes (platform.openai.com/docs, read 2026-11-24): only the fields that are used. */
const Count = z.number().nonnegative();

const ImageUsage = z
  .object({
    input_tokens: Count,
    input_tokens_details: z.object({ text_tokens: Count, image_tokens: Count }).nullish(),
    output_tokens: Count,
    output_tokens_details: z.object({ image_tokens: Count, text_tokens: Count }).nullish(),
  })
  .nullish();

const StreamError = z
  .object({ message: z.string().nullish(), type: z.string().nullish(), code: z.string().nullish() })
  .nullish();

export const ImageReply = z.object({
  data: z.array(z.object({ b64_json: z.string() })).min(1),
  output_format: z.string().nullish(),
  usage: ImageUsage,
});
export type ImageReply = z.output<typeof ImageReply>;

/** Of a stream: how a picture looks so far, or the picture. */
export const ImageEvent = z.object({
  type: z.string(),
  b64_json: z.string().nullish(),
  output_format: z.string().nullish(),
  usage: ImageUsage,
  error: StreamError,
});

export const SpeechEvent = z.object({
  type: z.string(),
  audio: z.string().nullish(),
  usage: z.object({ input_tokens: Count, output_tokens: Count }).nullish(),
  error: StreamError,
});

const TranscriptUsage = z
  .union([
    z.object({ type: z.literal('duration'), seconds: Count }),
    z.object({
      type: z.literal('tokens'),
      input_tokens: Count,
      output_tokens: Count,
      input_token_details: z
        .object({ text_tokens: Count.nullish(), audio_tokens: Count.nullish() })
        .nullish(),
    }),
  ])
  .nullish();

export const Transcript = z.object({
  text: z.string(),
  segments: z.array(z.object({ start: Count, end: Count, text: z.string() })).nullish(),
  usage: TranscriptUsage,
});

/** Of a stream: the next words, or all of them. */
export const TranscriptEvent = z.object({
  type: z.string(),
  delta: z.string().nullish(),
  text: z.string().nullish(),
  usage: TranscriptUsage,
  error: StreamError,
});
