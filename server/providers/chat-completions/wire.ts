import { z } from 'zod';

const Fragment = z.object({
  index: z.number().int().nullish(),
  id: z.string().nullish(),
  function: z
    .object({
      name: z.string().nullish(),
      /** Some hosts answer an object where the format has JSON as text. */
      arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
    })
    .nullish(),
});

const Piece = z.object({
  type: z.string(),
  text: z.string().nullish(),
  thinking: z.array(z.object({ text: z.string().nullish() })).nullish(),
});

export const Delta = z.object({
  /** Mistral sends a list of pieces, thinking among them. */
  content: z.union([z.string(), z.array(Piece)]).nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  /** OpenRouter's: text or seals, in pieces that share an index. */
  reasoning_details: z
    .array(
      z.object({
        type: z.string(),
        format: z.string().nullish(),
        index: z.number().int().nonnegative().nullish(),
        id: z.string().nullish(),
        text: z.string().nullish(),
        summary: z.string().nullish(),
        data: z.string().nullish(),
        signature: z.string().nullish(),
      }),
    )
    .nullish(),
  tool_calls: z.array(Fragment).nullish(),
});
export type Delta = z.output<typeof Delta>;

/** `error` beside or instead of a chunk. */
const InStreamError = z.object({
  message: z.string().nullish(),
  type: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
});

/** A frame of a stream of chat completions, of OpenAI and all who speak like it: the fields that are used. */
export const Chunk = z.object({
  id: z.string().nullish(),
  choices: z.array(z.object({ delta: Delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: z.unknown().optional(),
  x_groq: z.object({ usage: z.unknown().optional(), error: z.string().nullish() }).nullish(),
  error: InStreamError.nullish(),
});
export type Chunk = z.output<typeof Chunk>;
