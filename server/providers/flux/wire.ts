import { z } from 'zod';

/** Answers of Black Forest Labs (docs.bfl.ai, read 2026-11-24): only the fields that are used. */
export const Submitted = z.object({
  id: z.string().min(1),
  /** Absent when a webhook was named. The job lives on the cluster that took it: always this address. */
  polling_url: z.string().nullish(),
  output_mp: z.number().nullish(),
});

export const Polled = z.object({
  id: z.string().nullish(),
  /** Exact words, with spaces; see `states`. */
  status: z.string(),
  progress: z.number().nullish(),
  details: z.union([z.record(z.string(), z.unknown()), z.string()]).nullish(),
  result: z.object({ sample: z.string().nullish() }).nullish(),
});

export const Callback = z.object({ id: z.string().min(1) });

/** Every status word that is documented, and what it means. */
export const states: Record<string, 'running' | 'done' | 'refused' | 'lost' | 'failed'> = {
  Pending: 'running',
  Reasoning: 'running',
  Generating: 'running',
  Ready: 'done',
  'Request Moderated': 'refused',
  'Content Moderated': 'refused',
  'Task not found': 'lost',
  Error: 'failed',
  Failed: 'failed',
};
