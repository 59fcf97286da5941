import { z } from 'zod';
import { endpoint } from './endpoint.ts';

/** What the web must know before anyone signs in. */
export const getSystem = endpoint({
  method: 'GET',
  path: '/api/system',
  summary: 'Mode, what is sandboxed, which sign-in ways are open.',
  reply: z.object({
    mode: z.enum(['sandbox', 'production']),
    sandboxed: z.array(z.string()),
    google: z.boolean(),
    operator: z.string(),
    /** Sandbox mode only: where mail can be read. */
    mailbox: z.string().nullable(),
  }),
});
