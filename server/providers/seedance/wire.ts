import { z } from 'zod';

/** Answers of Ark (docs.byteplus.com, read 2026-11-24): only the fields that are used. */
const ArkError = z.object({ code: z.string().nullish(), message: z.string().nullish() });

export const Created = z.object({ id: z.string().min(1) });

export const ArkTask = z.object({
  id: z.string(),
  status: z.string(),
  content: z.object({ video_url: z.string().nullish(), last_frame_url: z.string().nullish() }).nullish(),
  usage: z.object({ completion_tokens: z.number().nonnegative().nullish() }).nullish(),
  error: ArkError.nullish(),
});
export type ArkTask = z.output<typeof ArkTask>;

export const Pictures = z.object({
  data: z.array(
    z.object({ b64_json: z.string().nullish(), url: z.string().nullish(), error: ArkError.nullish() }),
  ),
  usage: z.object({ generated_images: z.number().int().nonnegative() }).nullish(),
});
export type Pictures = z.output<typeof Pictures>;

export const ErrorBody = z.object({ error: ArkError });

/** `cancelled` has two l's here. */
export const states: Record<string, 'running' | 'done' | 'failed'> = {
  queued: 'running',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  expired: 'failed',
  cancelled: 'failed',
};
