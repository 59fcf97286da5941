import { z } from 'zod';

/** Every refusal that our API can answer: status, a sentence that a person can act on. The one table (docs/problems.md is made from it). */
export const problems = {
  'invalid-input': {
    status: 400,
    title: 'Something in the request is not right. See `errors` for the fields.',
  },
  'not-signed-in': { status: 401, title: 'Sign in to go on.' },
  'insufficient-funds': {
    status: 402,
    title: 'There is not enough in the wallet. Add what is missing and try again.',
  },
  'cap-reached': {
    status: 402,
    title: 'This would pass the spend limit that you set. Raise the limit, or wait for the next month.',
  },
  'email-not-verified': { status: 403, title: 'Confirm your e-mail address first: we have sent you a code.' },
  'not-allowed': { status: 403, title: 'This is not open to your account.' },
  'fresh-sign-in-required': { status: 403, title: 'Enter your password again to do this.' },
  'acceptance-required': { status: 403, title: 'Accept the current terms and privacy policy first.' },
  'account-restricted': {
    status: 403,
    title: 'Your account is restricted: reading, export and deletion still work.',
  },
  'processing-restricted': {
    status: 403,
    title:
      'You have stopped processing on your account. Lift it in Settings → Privacy to go on. Nothing was charged.',
  },
  'age-not-met': { status: 403, title: 'You cannot open an account yet.' },
  'provider-not-acknowledged': {
    status: 403,
    title: 'Look first at who this provider is and what it does with what you send.',
  },
  'not-found': { status: 404, title: 'There is nothing here, or it is not yours.' },
  'already-exists': { status: 409, title: 'This was already done with other content.' },
  'not-possible-now': { status: 409, title: 'This is not possible in the present state.' },
  'price-changed': {
    status: 409,
    title: 'The price has changed since you saw it. Look at the new price and try again.',
  },
  'quote-expired': { status: 409, title: 'The price you saw has expired. Ask for a new one.' },
  'no-route-in-region': {
    status: 409,
    title: 'The provider is not reached in the region that you demand. See `regions` for those there are.',
  },
  'code-unknown': { status: 404, title: 'There is no such code. Look at each sign of it and try again.' },
  'code-redeemed-before': {
    status: 409,
    title: 'You redeemed this code before: it works once for each account.',
  },
  'code-used-up': { status: 409, title: 'This code was redeemed as often as it could be.' },
  'code-ended': { status: 409, title: 'The time for redeeming this code is over.' },
  'too-large': { status: 413, title: 'This is larger than what is accepted here.' },
  'unsupported-file': { status: 415, title: 'This kind of file is not accepted here.' },
  'damaged-file': { status: 422, title: 'This file is cut short or damaged.' },
  'unsafe-file': { status: 422, title: 'This file could harm whoever opens it, and was not stored.' },
  'too-many-requests': { status: 429, title: 'Too many attempts. Wait a little and try again.' },
  'server-error': { status: 500, title: 'Something broke on our side. Nothing was charged.' },
  'provider-fault': { status: 502, title: 'The provider could not do this. You were not charged.' },
  'posting-paused': {
    status: 503,
    title:
      'Payments in this currency are paused while we check our books. Nothing was charged; your balance is safe. Try again later.',
  },
  'not-ready': { status: 503, title: 'The service is starting or stopping. Try again in a moment.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemSlug = keyof typeof problems;

/** RFC 9457. `type` is the slug after a fixed prefix; `instance` is the request id. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** For `insufficient-funds` and, of the limit, for `cap-reached`: micro-units. */
  missingMicro: z.string().optional(),
  availableMicro: z.string().optional(),
  heldMicro: z.string().optional(),
  topUpUrl: z.string().optional(),
  retryAfterSeconds: z.number().optional(),
  /** For `provider-not-acknowledged`: whom it is about, and the version of the facts that are shown. */
  providerId: z.string().optional(),
  providerVersion: z.string().optional(),
  /** For `no-route-in-region`. */
  regions: z.array(z.string()).optional(),
});
export type Problem = z.infer<typeof Problem>;

export const problemType = (slug: ProblemSlug) => `/problems/${slug}`;
