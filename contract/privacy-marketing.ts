import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Instant } from './ids.ts';

/** `asked`: wanted, and not yet confirmed from the mailbox; nothing is sent. */
export const MarketingConsent = z.object({
  state: z.enum(['off', 'asked', 'on']),
  /** Each change, newest first. */
  history: z.array(
    z.object({ step: z.enum(['asked', 'confirmed', 'withdrawn']), form: z.string(), at: Instant }),
  ),
});

export const getMarketing = endpoint({
  method: 'GET',
  path: '/api/privacy/marketing',
  summary:
    'Whether the person takes news by e-mail, and each change of it (clause 4.2). Off unless asked for.',
  reply: MarketingConsent,
});
export const askForMarketing = endpoint({
  method: 'POST',
  path: '/api/privacy/marketing',
  summary: 'Asks for news by e-mail. A mail goes out, and only the link in it makes the consent.',
  reply: MarketingConsent,
  problems: ['email-not-verified', 'too-many-requests'],
});
export const withdrawMarketing = endpoint({
  method: 'DELETE',
  path: '/api/privacy/marketing',
  summary: 'Takes the consent back, at once: what waits to be sent is dropped.',
  reply: MarketingConsent,
});
/** For whoever reads the mailbox; nobody needs to be signed in. */
export const confirmMarketing = endpoint({
  method: 'POST',
  path: '/api/marketing/confirm',
  summary: 'Confirms the wish for news by the token of the mail, within seven days.',
  body: z.strictObject({ token: z.string().max(200) }),
  problems: ['not-found'],
});
/** The same by one click of a mail program: `POST /api/marketing/unsubscribe/:token`, RFC 8058. */
export const stopMarketing = endpoint({
  method: 'POST',
  path: '/api/marketing/stop',
  summary: 'Takes the consent back by the token that every such mail carries.',
  body: z.strictObject({ token: z.string().max(200) }),
  problems: ['not-found'],
});
