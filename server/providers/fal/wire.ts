import { z } from 'zod';

/** Answers of fal's queue (docs.fal.ai, read 2026-11-24): only the fields that are used. */
export const Queued = z.object({
  request_id: z.string().min(1),
  /** Used as they come: they hold the owner and the app, not the path below. */
  response_url: z.url(),
  status_url: z.url(),
  cancel_url: z.url(),
});

export const Status = z.object({
  status: z.string(),
  queue_position: z.number().nullish(),
});

const File = z.object({
  url: z.string(),
  content_type: z.string().nullish(),
  width: z.number().nullish(),
  height: z.number().nullish(),
});

export const Output = z.object({
  images: z.array(File).nullish(),
  image: File.nullish(),
  video: File.nullish(),
  audio: File.nullish(),
  /** Of a transcript. */
  text: z.string().nullish(),
  has_nsfw_concepts: z.array(z.boolean()).nullish(),
});
export type Output = z.output<typeof Output>;

export const ErrorBody = z.object({
  detail: z.union([z.string(), z.array(z.object({ type: z.string().nullish(), msg: z.string().nullish() }))]),
});

export const Callback = z.object({ request_id: z.string().min(1) });
