import { z } from 'zod';

/** Answers of ElevenLabs (elevenlabs.io/docs, read 2026-11-24): only the fields that are used. */
export const Transcript = z.object({
  text: z.string(),
  words: z
    .array(z.object({ text: z.string(), type: z.string().nullish(), speaker_id: z.string().nullish() }))
    .nullish(),
  transcription_id: z.string().nullish(),
  audio_duration_secs: z.number().nonnegative().nullish(),
});
export type Transcript = z.output<typeof Transcript>;

/** Errors come in three shapes: an object with a word, a list of fields, and bare text. */
export const ErrorBody = z.object({
  detail: z.union([
    z.object({ status: z.string().nullish(), message: z.string().nullish() }),
    z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() })),
    z.string(),
  ]),
});
