import { z } from 'zod';

/** Answers of the Gemini API (ai.google.dev, v1beta, read 2026-11-24): only the fields that are used. */
const Count = z.number().nonnegative().nullish();
const ByModality = z.array(z.object({ modality: z.string(), tokenCount: Count })).nullish();

export const UsageMetadata = z.object({
  promptTokenCount: Count,
  cachedContentTokenCount: Count,
  candidatesTokenCount: Count,
  thoughtsTokenCount: Count,
  toolUsePromptTokenCount: Count,
  promptTokensDetails: ByModality,
  cacheTokensDetails: ByModality,
  candidatesTokensDetails: ByModality,
});
export type UsageMetadata = z.output<typeof UsageMetadata>;

const ReplyPart = z.object({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  inlineData: z.object({ mimeType: z.string(), data: z.string() }).nullish(),
  functionCall: z
    .object({ id: z.string().nullish(), name: z.string(), args: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
  thoughtSignature: z.string().nullish(),
});
export type ReplyPart = z.output<typeof ReplyPart>;

const GoogleError = z.object({
  code: z.union([z.number(), z.string()]).nullish(),
  message: z.string().nullish(),
  status: z.string().nullish(),
  details: z.array(z.record(z.string(), z.unknown())).nullish(),
});
/** Some front ends wrap it in a list. */
export const ErrorBody = z.union([
  z.object({ error: GoogleError }),
  z
    .array(z.object({ error: GoogleError }))
    .nonempty()
    .transform(([first]) => first),
]);

export const Content = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(ReplyPart).nullish() }).nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: UsageMetadata.nullish(),
  responseId: z.string().nullish(),
  error: GoogleError.nullish(),
});
export type Content = z.output<typeof Content>;

export const Interaction = z.object({
  id: z.string().min(1),
  status: z.string(),
  steps: z
    .array(
      z.object({
        type: z.string().nullish(),
        content: z
          .array(
            z.object({
              type: z.string(),
              mime_type: z.string().nullish(),
              uri: z.string().nullish(),
              data: z.string().nullish(),
              text: z.string().nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      total_input_tokens: Count,
      total_output_tokens: Count,
      output_tokens_by_modality: z.array(z.object({ modality: z.string(), tokens: Count })).nullish(),
    })
    .nullish(),
  error: z
    .object({ code: z.union([z.string(), z.number()]).nullish(), message: z.string().nullish() })
    .nullish(),
});
export type Interaction = z.output<typeof Interaction>;
