import { z } from 'zod';

/** Answers of DashScope's media routes (alibabacloud.com/help/en/model-studio, read 2026-11-24): only the fields that are used. */
const Choices = z
  .array(
    z.object({
      message: z.object({ content: z.array(z.object({ image: z.string().nullish() })) }),
    }),
  )
  .nullish();

const Usage = z.object({
  image_count: z.number().int().nonnegative().nullish(),
  duration: z.number().nonnegative().nullish(),
});

export const Pictures = z.object({
  output: z.object({ choices: Choices }),
  usage: Usage.nullish(),
  request_id: z.string().nullish(),
});

export const Submitted = z.object({
  output: z.object({ task_id: z.string().min(1), task_status: z.string() }),
});

export const Polled = z.object({
  output: z.object({
    task_id: z.string().nullish(),
    task_status: z.string(),
    video_url: z.string().nullish(),
    choices: Choices,
    results: z.array(z.object({ url: z.string().nullish() })).nullish(),
    code: z.string().nullish(),
    message: z.string().nullish(),
  }),
  usage: Usage.nullish(),
});
export type Polled = z.output<typeof Polled>;

/** `UNKNOWN` comes with status 200, for an id that is not known or older than a day. */
export const states: Record<string, 'running' | 'done' | 'failed' | 'lost'> = {
  PENDING: 'running',
  RUNNING: 'running',
  SUCCEEDED: 'done',
  FAILED: 'failed',
  CANCELED: 'failed',
  UNKNOWN: 'lost',
};
