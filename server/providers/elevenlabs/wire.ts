import { z } from 'zod';

/** Answers of ElevenLabs (elevenlabs.io/docs, read 2026-11-24): only the fields that are used. */
export const Transcript = z.object({
  text: z.string(),
  words: z
    .array(z.object({ text: z.string(), type: z.string().nullish(), speaker_id: z.string().nullish() }))
    .nullish(),
  transcription_id: z.string().nullish(),
  audio_duration_secs: z.number().nonnegative().nullish(),
  additional_formats: z
    .array(z.object({ requested_format: z.string(), content: z.string() }).nullable())
    .nullish(),
});
export type Transcript = z.output<typeof Transcript>;

/** Speech with the times of its letters. */
export const Timed = z.object({
  audio_base64: z.string(),
  alignment: z
    .object({
      characters: z.array(z.string()),
      character_start_times_seconds: z.array(z.number()),
      character_end_times_seconds: z.array(z.number()),
    })
    .nullish(),
});
export type Timed = z.output<typeof Timed>;

/** Errors come in three shapes: an object with a word, a list of fields, and bare text. */
export const ErrorBody = z.object({
  detail: z.union([
    z.object({ status: z.string().nullish(), message: z.string().nullish() }),
    z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() })),
    z.string(),
  ]),
});
