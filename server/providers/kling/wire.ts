import { z } from 'zod';

/** Answers of Kling (kling.ai/document-api, read 2026-11-24): only the fields that are used. Ids look like numbers and are text. */
export const Created = z.object({
  code: z.literal(0),
  data: z.union([
    z.object({ id: z.string().min(1) }),
    z.object({ task_id: z.string().min(1) }).transform(({ task_id }) => ({ id: task_id })),
  ]),
});

export const KlingTask = z.object({
  id: z.string(),
  status: z.string(),
  message: z.string().nullish(),
  outputs: z
    .array(
      z.object({
        type: z.string(),
        url: z.string().nullish(),
        mp3_url: z.string().nullish(),
        duration: z.union([z.string(), z.number()]).nullish(),
      }),
    )
    .nullish(),
});
export type KlingTask = z.output<typeof KlingTask>;

export const Found = z.object({ code: z.literal(0), data: z.array(KlingTask) });

export const Callback = z.union([
  z.object({ id: z.string().min(1) }),
  z.object({ task_id: z.string().min(1) }).transform(({ task_id }) => ({ id: task_id })),
]);

export const ErrorBody = z.object({ code: z.number().int(), message: z.string().nullish() });

/** Both spellings of success: the new standard's and the legacy one's. */
export const states: Record<string, 'running' | 'done' | 'failed'> = {
  submitted: 'running',
  processing: 'running',
  succeeded: 'done',
  succeed: 'done',
  failed: 'failed',
};
