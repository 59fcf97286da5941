import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Id, Instant } from './ids.ts';
import { Micro } from './money.ts';

export const PolicyDocument = z.object({
  document: z.enum(['terms', 'privacy']),
  version: z.string(),
  lastUpdated: z.iso.date(),
  /** Whether this version asks for a new acceptance. */
  material: z.boolean(),
  sections: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      paragraphs: z.array(z.object({ clause: z.string(), text: z.string() })),
    }),
  ),
  operator: z.object({
    name: z.string(),
    address: z.string().nullable(),
    contact: z.string().nullable(),
    /** In the European Union and the United Kingdom, where named. */
    representatives: z.array(z.object({ place: z.string(), who: z.string() })),
  }),
});
export const getPolicy = endpoint({
  method: 'GET',
  path: '/api/policies/:document',
  summary: 'The current terms or privacy policy (clause 0.2).',
  params: z.object({ document: z.enum(['terms', 'privacy']) }),
  reply: PolicyDocument,
  problems: ['not-found'],
});

export const Cookie = z.object({
  name: z.string(),
  where: z.enum(['cookie', 'localStorage', 'sessionStorage']),
  purpose: z.string(),
  life: z.string(),
});
export const listCookies = endpoint({
  method: 'GET',
  path: '/api/cookies',
  summary: 'Every cookie and storage item (clause 12.1).',
  reply: z.object({ items: z.array(Cookie) }),
});

export const Export = z.object({
  id: Id,
  askedAt: Instant,
  state: z.enum(['working', 'ready', 'expired', 'failed']),
  bytes: z.number().int().nullable(),
  expiresAt: Instant.nullable(),
});
export const askForExport = endpoint({
  method: 'POST',
  path: '/api/privacy/exports',
  summary: 'Packs everything held about the person into a ZIP (clause 9.4).',
  reply: Export,
  problems: ['too-many-requests', 'fresh-sign-in-required'],
});
/** Download: `GET /api/privacy/exports/:id/file`. */
export const listExports = endpoint({
  method: 'GET',
  path: '/api/privacy/exports',
  summary: 'The exports asked for.',
  reply: z.object({ items: z.array(Export) }),
});

export const ErasurePreview = z.object({
  availableMicro: Micro,
  heldMicro: Micro,
  runningGenerations: z.number().int(),
  generations: z.number().int(),
  files: z.number().int(),
  erasureAt: Instant,
  kept: z.array(z.object({ what: z.string(), why: z.string(), until: z.string() })),
  sentTo: z.array(z.string()),
});
export const previewErasure = endpoint({
  method: 'GET',
  path: '/api/privacy/erasure',
  summary: 'What erasing the account would do.',
  reply: ErasurePreview,
});
export const askForErasure = endpoint({
  method: 'POST',
  path: '/api/privacy/erasure',
  summary: 'Closes the account; it is erased after the grace period, or at once when `now` (clause 9.3).',
  body: z.strictObject({
    password: z.string().max(256).optional(),
    confirm: z.literal('erase'),
    now: z.boolean().default(false),
  }),
  reply: z.object({ erasureAt: Instant }),
  problems: ['fresh-sign-in-required', 'not-possible-now'],
});
export const cancelErasure = endpoint({
  method: 'DELETE',
  path: '/api/privacy/erasure',
  summary: 'Keeps the account after all.',
  problems: ['not-found'],
});

/** Ed25519 over the bytes of `body`. */
export const Certificate = z.object({
  body: z.string(),
  signature: z.base64(),
  keyId: z.string(),
  publicKey: z.string(),
});
export const getCertificate = endpoint({
  method: 'GET',
  path: '/api/erasures/:id',
  summary: 'The signed proof of an erasure, for whoever knows its id.',
  params: z.object({ id: Id }),
  reply: Certificate,
  problems: ['not-found'],
});

/** Why nothing is processed: the person asked for it (clause 9.5), or secured the account (clause 10.6). */
export const RestrictionCause = z.enum(['own-wish', 'secured']);
export const Restriction = z.object({
  /** `child-report`: somebody says that the account is a child’s (clause 11.2); we look into it. */
  cause: z.enum([...RestrictionCause.options, 'child-report']),
  since: Instant,
  /** Null: in force. */
  liftedAt: Instant.nullable(),
});
export const listRestrictions = endpoint({
  method: 'GET',
  path: '/api/privacy/restrictions',
  summary: 'When processing was restricted and when that was lifted, newest first.',
  reply: z.object({ items: z.array(Restriction) }),
});
export const restrictProcessing = endpoint({
  method: 'POST',
  path: '/api/privacy/restrictions',
  summary: 'Stops all processing but storage (clause 9.5), at once and until the person lifts it.',
  reply: z.object({ items: z.array(Restriction) }),
});
export const liftRestriction = endpoint({
  method: 'DELETE',
  path: '/api/privacy/restrictions/:cause',
  summary: 'Lets processing go on. Only the person can.',
  params: z.object({ cause: RestrictionCause }),
  reply: z.object({ items: z.array(Restriction) }),
  problems: ['not-found', 'fresh-sign-in-required'],
});
