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

export const Faces = z.object({
  code: z.literal(0),
  data: z.object({
    session_id: z.union([z.string(), z.number()]),
    face_data: z.array(z.object({ face_id: z.union([z.string(), z.number()]) })),
  }),
});

export const Spoken = z.object({
  code: z.literal(0),
  data: z.object({
    task_id: z.string(),
    task_status: z.string(),
    task_status_msg: z.string().nullish(),
    task_result: z
      .object({
        audios: z.array(z.object({ url: z.string().nullish(), url_mp3: z.string().nullish() })).nullish(),
      })
      .nullish(),
  }),
});

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
