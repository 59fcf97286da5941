import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Id, Instant } from './ids.ts';
import { LimitMicro, Micro } from './money.ts';

export const Country = z.string().regex(/^[A-Z]{2}$/, 'Two-letter country code');
export const DisplayName = z.string().trim().min(1).max(80);
export const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'International form, such as +254712345678');
/** ASVS 6.2: any characters, no composition rule. */
export const Password = z.string().min(12).max(256);

export const Member = z.object({
  id: Id,
  email: z.email(),
  emailVerified: z.boolean(),
  displayName: DisplayName,
  country: Country.nullable(),
  phone: Phone.nullable(),
  role: z.enum(['member', 'staff']),
  hasPassword: z.boolean(),
  hasGoogle: z.boolean(),
  createdAt: Instant,
  /** Set while the account waits out its grace period before erasure. */
  erasureAt: Instant.nullable(),
  /** The versions this person must accept before going on; empty when up to date. */
  toAccept: z.array(z.object({ document: z.enum(['terms', 'privacy']), version: z.string() })),
});
export type Member = z.infer<typeof Member>;

/** Clause 11.1: the birth date is compared with the country's age and discarded. The pass lets a sign-up go on. */
export const checkAge = endpoint({
  method: 'POST',
  path: '/api/age-check',
  summary: 'Answers whether a person of this birth date in this country may open an account.',
  body: z.strictObject({ country: Country, birthDate: z.iso.date() }),
  reply: z.object({ agePass: z.string() }),
  problems: ['age-not-met'],
});

/** Same answer for a known and an unknown address. Sign-in, sign-out, code verification, reset and Google are Better Auth's routes under /api/auth. */
export const signUp = endpoint({
  method: 'POST',
  path: '/api/sign-up',
  summary: 'Opens an account with e-mail and password; a six-digit code goes to the address.',
  body: z.strictObject({
    email: z.email().max(254),
    password: Password,
    displayName: DisplayName,
    country: Country,
    phone: Phone.optional(),
    agePass: z.string().max(500),
    acceptTerms: z.literal(true),
    marketing: z.boolean().default(false),
  }),
  reply: z.object({ status: z.literal('check-your-mail') }),
  problems: ['age-not-met'],
});

export const getMe = endpoint({
  method: 'GET',
  path: '/api/me',
  summary: 'The signed-in person.',
  reply: Member,
});

export const updateMe = endpoint({
  method: 'PATCH',
  path: '/api/me',
  summary: 'Corrects the profile (clause 9.2).',
  body: z.strictObject({
    displayName: DisplayName.optional(),
    country: Country.optional(),
    phone: Phone.nullable().optional(),
  }),
  reply: Member,
});

export const acceptDocuments = endpoint({
  method: 'POST',
  path: '/api/me/acceptances',
  summary: 'Records that the person accepts the current terms and privacy policy (clause 0.1).',
  body: z.strictObject({
    documents: z
      .array(z.object({ document: z.enum(['terms', 'privacy']), version: z.string().max(20) }))
      .max(4),
  }),
  reply: Member,
});

export const Session = z.object({
  id: Id,
  current: z.boolean(),
  createdAt: Instant,
  lastSeenAt: Instant,
  browser: z.string(),
  device: z.string(),
  country: z.string().nullable(),
});
export const listSessions = endpoint({
  method: 'GET',
  path: '/api/me/sessions',
  summary: 'Where the person is signed in.',
  reply: z.object({ items: z.array(Session) }),
});
export const endSession = endpoint({
  method: 'DELETE',
  path: '/api/me/sessions/:id',
  summary: 'Signs one device out.',
  params: z.object({ id: Id }),
  problems: ['not-found'],
});

export const secureAccount = endpoint({
  method: 'POST',
  path: '/api/me/secure',
  summary:
    'Secures an account that somebody else may be in (clause 10.6): ends all sessions and keys, takes the password, stops spending, mails a code for a new one, and tells our staff.',
});

/** What a key may spend at most, by the calendar month (UTC) or in all, and what it has. It counts from when it was set. */
export const KeyLimit = z.object({
  period: z.enum(['month', 'total']),
  limitMicro: Micro,
  /** Charged in this period, and held by what runs. */
  usedMicro: Micro,
});

export const ApiKey = z.object({
  id: Id,
  name: z.string(),
  /** What is shown of it: the first characters. */
  prefix: z.string(),
  createdAt: Instant,
  lastUsedAt: Instant.nullable(),
  expiresAt: Instant.nullable(),
  revokedAt: Instant.nullable(),
  /** Null: it may spend what is in the wallet. */
  limit: KeyLimit.nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;
export const listApiKeys = endpoint({
  method: 'GET',
  path: '/api/keys',
  summary: 'The API keys of the account.',
  reply: z.object({ items: z.array(ApiKey) }),
});
export const createApiKey = endpoint({
  method: 'POST',
  path: '/api/keys',
  summary: 'Makes an API key. It is shown once.',
  body: z.strictObject({
    name: z.string().trim().min(1).max(60),
    expiresAt: Instant.nullable().default(null),
  }),
  reply: z.object({ key: ApiKey, secret: z.string() }),
});
export const setApiKeyLimit = endpoint({
  method: 'PUT',
  path: '/api/keys/:id/limit',
  summary: 'Limits what a key may spend, or lifts its limit. It holds from the next call on.',
  params: z.object({ id: Id }),
  body: z.strictObject({
    limit: z.strictObject({ period: z.enum(['month', 'total']), limitMicro: LimitMicro }).nullable(),
  }),
  reply: ApiKey,
  problems: ['not-found', 'fresh-sign-in-required'],
});
export const revokeApiKey = endpoint({
  method: 'DELETE',
  path: '/api/keys/:id',
  summary: 'Revokes a key at once, everywhere.',
  params: z.object({ id: Id }),
  problems: ['not-found'],
});
