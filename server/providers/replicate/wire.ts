import { z } from 'zod';

/** Answers of Replicate (replicate.com/docs/reference/http, read 2026-11-24): only the fields that are used. */
export const Prediction = z.object({
  id: z.string().min(1),
  /** See `states`. */
  status: z.string(),
  /** A text, a list of addresses, one address, or an object: each model has its own. */
  output: z.unknown(),
  error: z.string().nullish(),
  data_removed: z.boolean().nullish(),
  metrics: z
    .object({
      image_count: z.number().nullish(),
      video_output_duration_seconds: z.number().nullish(),
    })
    .nullish(),
});
export type Prediction = z.output<typeof Prediction>;
export type Metrics = Prediction['metrics'];

export const Callback = z.object({ id: z.string().min(1) });

export const Uploaded = z.object({ urls: z.object({ get: z.url() }) });

export const ErrorBody = z.object({ title: z.string().nullish(), detail: z.string().nullish() });

/** Every status that is documented, and what it means. `aborted` ended before it ran. */
export const states: Record<string, 'running' | 'done' | 'failed' | 'ended'> = {
  starting: 'running',
  processing: 'running',
  succeeded: 'done',
  failed: 'failed',
  canceled: 'ended',
  aborted: 'ended',
};
