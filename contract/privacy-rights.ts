import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Instant } from './ids.ts';

/** One purpose that rests on our legitimate interest, and whether the person objects to it. */
export const Objection = z.object({
  id: z.string(),
  /** In a member's words. */
  purpose: z.string(),
  /** What is recorded for it, as the inventory names it: `identity.session.ip`. */
  columns: z.array(z.string()),
  /** Since when the person objects; null: does not. */
  since: Instant.nullable(),
});
const Objections = z.object({ items: z.array(Objection) });
const purpose = z.object({ purpose: z.string().max(40) });

export const listObjections = endpoint({
  method: 'GET',
  path: '/api/privacy/objections',
  summary: 'What is done for a legitimate interest, and what of it the person objects to (clause 9.6).',
  reply: Objections,
});
export const objectTo = endpoint({
  method: 'PUT',
  path: '/api/privacy/objections/:purpose',
  summary: 'Objects to one purpose: nothing more is recorded for it, and what was recorded goes.',
  params: purpose,
  reply: Objections,
  problems: ['not-found'],
});
export const withdrawObjection = endpoint({
  method: 'DELETE',
  path: '/api/privacy/objections/:purpose',
  summary: 'Takes an objection back. What was removed stays removed.',
  params: purpose,
  reply: Objections,
  problems: ['not-found'],
});

/** Whom a person may complain to, or why there is nobody. */
export const Authority = z.object({
  country: z.string(),
  /** A state, where the country has no office for all. */
  region: z.string().nullable(),
  /** Null: we know of none, and `why` says what there is. */
  name: z.string().nullable(),
  url: z.url().nullable(),
  why: z.string().nullable(),
  /** Where this stands: a page, or the law. */
  source: z.string(),
});
export const listAuthorities = endpoint({
  method: 'GET',
  path: '/api/privacy/authorities',
  summary:
    'The data-protection authorities by country (clause 9.7). A country that is missing has no entry with us.',
  reply: z.object({ items: z.array(Authority) }),
});
