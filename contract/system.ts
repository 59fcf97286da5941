import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Instant } from './ids.ts';

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

/** How calls to a provider went last, as the process that answers saw them: no probes of ours, only what people asked. */
export const ProviderStatus = z.object({
  id: z.string(),
  name: z.string(),
  /** `well`: calls go through. `ailing`: some fail, or one of several ways is shut. `down`: no call is sent. */
  state: z.enum(['well', 'ailing', 'down']),
  /** When `down`: from when on a call is tried again. */
  triedAgainAt: Instant.nullable(),
});
export type ProviderStatus = z.infer<typeof ProviderStatus>;
export const getStatus = endpoint({
  method: 'GET',
  path: '/api/status',
  summary: 'Whether each provider answers now (clause 3.6). For everyone.',
  reply: z.object({ at: Instant, providers: z.array(ProviderStatus) }),
});
