import { z } from 'zod';
import { Kind } from './catalogue.ts';
import { endpoint } from './endpoint.ts';
import { Cursor, Id, Instant } from './ids.ts';
import { Micro } from './money.ts';

/** What a person demands of the way that a call takes. What a call does not say comes from the settings. */
export const RoutingAsk = z.strictObject({
  /** A region such as `EU`, as the model names them; null for any. */
  region: z.string().trim().min(1).max(40).nullable().optional(),
  /** False: only the route chosen first may serve; if it takes nothing, the call ends and costs nothing. */
  fallback: z.boolean().optional(),
});

/**
 * What is asked for. `text` takes `params.messages` in the shape of OpenAI's chat completions; all others take
 * `params.prompt` (speech and sound: `params.text` is named `prompt` too). Files are uploaded before and named by id.
 */
export const Ask = z.strictObject({
  modelId: z.string().max(120),
  params: z.record(z.string(), z.unknown()),
  fileIds: z.array(Id).max(50).default([]),
  routing: RoutingAsk.optional(),
});

export const Quote = z.object({
  /** Signed by us, bound to model, parameters, files and price; good until `expiresAt`. */
  quote: z.string(),
  /** The most this can cost: what will be held. */
  boundMicro: Micro,
  /** What it usually costs; equals the bound where the price is exact. */
  usualMicro: Micro,
  exact: z.boolean(),
  lines: z.array(z.object({ label: z.string(), quantity: z.string(), amountMicro: Micro })),
  /** What is done to files before they are sent, in words: a picture that is larger than the provider takes is made smaller. */
  changes: z.array(z.string()),
  /** Zero when the wallet covers the bound. */
  missingMicro: Micro,
  availableMicro: Micro,
  heldMicro: Micro,
  expiresAt: Instant,
});
export type Quote = z.infer<typeof Quote>;
export const quoteGeneration = endpoint({
  method: 'POST',
  path: '/api/quotes',
  summary: 'The price before: the most this can cost, and what it usually costs.',
  body: Ask,
  reply: Quote,
  problems: ['not-found', 'no-route-in-region', 'unsupported-file'],
});

/** The states of a generation; `settled`, `released` and `cancelled` are final. */
export const GenerationState = z.enum([
  'held',
  'dispatched',
  'running',
  'delivering',
  'settled',
  'released',
  'cancelled',
  'unknown',
]);
export type GenerationState = z.infer<typeof GenerationState>;

/** Why a generation ended otherwise than asked. `message` is a sentence for the person; the cost stands in the money fields. */
export const Ending = z.object({
  why: z.enum([
    'rejected_content',
    'bad_input',
    'rate_limited',
    'overloaded',
    'auth',
    'timeout',
    'unknown',
    'cancelled',
    'interrupted',
    'cut',
    'undelivered',
  ]),
  message: z.string(),
});
export type Ending = z.infer<typeof Ending>;

export const Output = z.object({
  index: z.number().int(),
  kind: z.enum(['image', 'video', 'audio', 'file']),
  mediaType: z.string(),
  bytes: z.number().int(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  /** `/api/generations/:id/outputs/:index` */
  url: z.string(),
});

export const SentTo = z.object({
  at: Instant,
  provider: z.string(),
  host: z.string(),
  region: z.string(),
  kinds: z.array(z.string()),
  bytes: z.number().int(),
});

/** One try to have it made: by which route, where, and what came of it. More than one: the first took nothing. */
export const Try = z.object({
  at: Instant,
  route: z.string(),
  provider: z.string(),
  providerName: z.string(),
  region: z.string(),
  outcome: z.enum([
    'sent',
    'answered',
    'unavailable',
    'rejected_content',
    'bad_input',
    'rate_limited',
    'overloaded',
    'auth',
    'timeout',
    'unknown',
  ]),
});

export const GenerationSummary = z.object({
  id: Id,
  createdAt: Instant,
  finishedAt: Instant.nullable(),
  modelId: z.string(),
  modelName: z.string(),
  kind: Kind,
  state: GenerationState,
  /** The first characters of the prompt. */
  title: z.string(),
  source: z.enum(['studio', 'api']),
  heldMicro: Micro,
  chargedMicro: Micro,
  releasedMicro: Micro,
  ending: Ending.nullable(),
  outputs: z.array(Output),
  progress: z.number().min(0).max(1).nullable(),
});
export type GenerationSummary = z.infer<typeof GenerationSummary>;

export const Generation = GenerationSummary.extend({
  params: z.record(z.string(), z.unknown()),
  files: z.array(z.object({ id: Id, name: z.string(), mediaType: z.string(), bytes: z.number().int() })),
  /** What was done to the files before they were sent, in words. */
  changes: z.array(z.string()),
  /** The answer in words, so far or whole; null where there is none. */
  text: z.string().nullable(),
  reasoning: z.string().nullable(),
  units: z.array(z.object({ unit: z.string(), label: z.string(), quantity: z.string(), amountMicro: Micro })),
  /** `provider`: counted by the provider. `estimated`: counted by us, as the provider reported nothing. */
  countedBy: z.enum(['provider', 'estimated']).nullable(),
  pricesFrom: z.string(),
  sentTo: z.array(SentTo),
  tries: z.array(Try),
  /** Until when an unknown outcome stays held. */
  heldUntil: Instant.nullable(),
  transactionId: Id.nullable(),
  /** It came after its sum had been given back, and was charged then: at most what had been held. */
  cameLate: z.boolean(),
});
export type Generation = z.infer<typeof Generation>;

/**
 * Where an answer stands in its conversation: after another one, or beside it, as another version of the same turn. What
 * was there before stays.
 */
export const TurnPlace = z.union([z.strictObject({ after: Id }), z.strictObject({ beside: Id })]);
export type TurnPlace = z.infer<typeof TurnPlace>;

export const startGeneration = endpoint({
  method: 'POST',
  path: '/api/generations',
  summary:
    'Starts a generation at the quoted price. The id (UUIDv7) is made by the caller: a repeat returns the first.',
  body: z.strictObject({ id: Id, quote: z.string().max(2000), ask: Ask, place: TurnPlace.optional() }),
  reply: Generation,
  problems: [
    'insufficient-funds',
    'cap-reached',
    'posting-paused',
    'price-changed',
    'quote-expired',
    'already-exists',
    'acceptance-required',
    'account-restricted',
    'processing-restricted',
    'email-not-verified',
    'not-found',
    'provider-not-acknowledged',
    'no-route-in-region',
    'provider-fault',
  ],
});

export const listGenerations = endpoint({
  method: 'GET',
  path: '/api/generations',
  summary: 'The history, newest first, by key.',
  query: z.object({
    before: Cursor.optional(),
    limit: z.coerce.number().int().min(1).max(100).default(30),
    kind: Kind.optional(),
    model: z.string().max(120).optional(),
    running: z.enum(['true', 'false']).optional(),
  }),
  reply: z.object({ items: z.array(GenerationSummary), next: Cursor.nullable() }),
});
/** A question with a body: what one looks for stands in no address, and so in no log. */
export const findGenerations = endpoint({
  method: 'POST',
  path: '/api/generations/find',
  summary: 'The newest of the history whose first words hold all of these words.',
  body: z.strictObject({
    words: z.string().trim().min(1).max(100),
    limit: z.number().int().min(1).max(30).default(8),
  }),
  reply: z.object({
    items: z.array(GenerationSummary),
    /** False when only the newest 5,000 were looked through. */
    isWhole: z.boolean(),
  }),
});
export const getGeneration = endpoint({
  method: 'GET',
  path: '/api/generations/:id',
  summary: 'One generation with all that belongs to it.',
  params: z.object({ id: Id }),
  reply: Generation,
  problems: ['not-found'],
});
/** One answer of a conversation; those of the same parent are versions of one turn. */
export const ThreadTurn = z.object({ id: Id, parentId: Id.nullable() });
export type ThreadTurn = z.infer<typeof ThreadTurn>;
export const getThread = endpoint({
  method: 'GET',
  path: '/api/generations/:id/thread',
  summary: 'Every answer of the conversation that this one belongs to, with all its branches, oldest first.',
  params: z.object({ id: Id }),
  reply: z.object({ items: z.array(ThreadTurn) }),
  problems: ['not-found'],
});
export const cancelGeneration = endpoint({
  method: 'POST',
  path: '/api/generations/:id/cancel',
  summary: 'Stops it; what was not used is released.',
  params: z.object({ id: Id }),
  reply: Generation,
  problems: ['not-found', 'not-possible-now'],
});
export const deleteGeneration = endpoint({
  method: 'DELETE',
  path: '/api/generations/:id',
  summary: 'Removes prompt, files and outputs for good. The charge stays in the wallet.',
  params: z.object({ id: Id }),
  problems: ['not-found', 'not-possible-now'],
});

/**
 * Server-sent events of one generation: `GET /api/generations/:id/events`.
 * `snapshot` first (so that a reload misses nothing), then pieces, then `end`.
 */
export const GenerationEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), generation: Generation }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string() }),
  /** How a picture looks so far: a small WebP, base64. */
  z.object({ type: z.literal('look'), image: z.string() }),
  /** Speech may be heard while it is made, at `GET /api/generations/:id/sound`; who hears it pays it whole. */
  z.object({ type: z.literal('sound'), mediaType: z.string() }),
  /** The first route took nothing, and the call went on by the last of these. */
  z.object({ type: z.literal('fallback'), tries: z.array(Try) }),
  z.object({
    type: z.literal('progress'),
    state: GenerationState,
    progress: z.number().nullable(),
    costMicro: Micro.nullable(),
  }),
  z.object({ type: z.literal('end'), generation: Generation }),
]);
export type GenerationEvent = z.infer<typeof GenerationEvent>;

export const deleteFile = endpoint({
  method: 'DELETE',
  path: '/api/files/:id',
  summary: 'Takes an upload back that was not sent. What is never sent goes by itself in two days.',
  params: z.object({ id: Id }),
  problems: ['not-found', 'not-possible-now'],
});

/** Multipart upload, field `file`: `POST /api/files`; with `?keep=metadata`, camera and location stay in a picture. */
export const UploadedFile = z.object({
  id: Id,
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number().int(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  durationSeconds: z.number().nullable(),
  pages: z.number().int().nullable(),
  /** What we changed, in words, such as "location removed". */
  changes: z.array(z.string()),
});
export type UploadedFile = z.infer<typeof UploadedFile>;

/** What a member demands of every call. */
export const RoutingWish = z.object({ region: z.string().nullable(), fallback: z.boolean() });
export type RoutingWish = z.infer<typeof RoutingWish>;
export const getRoutingWish = endpoint({
  method: 'GET',
  path: '/api/routing',
  summary: 'Which region you demand, whether another route may take over, and which regions there are.',
  reply: RoutingWish.extend({ regions: z.array(z.string()) }),
});
export const setRoutingWish = endpoint({
  method: 'PUT',
  path: '/api/routing',
  summary: 'Sets it for every call that does not say otherwise.',
  body: z.strictObject({ region: z.string().trim().min(1).max(40).nullable(), fallback: z.boolean() }),
  reply: RoutingWish,
});

export const listAcknowledgements = endpoint({
  method: 'GET',
  path: '/api/acknowledgements',
  summary: 'Which providers you were told of, when, and by what version of their facts.',
  reply: z.object({
    items: z.array(
      z.object({
        providerId: z.string(),
        version: z.string(),
        via: z.enum(['first-use', 'api-key']),
        at: Instant,
        /** False once the provider publishes something else: it is shown anew. */
        isCurrent: z.boolean(),
      }),
    ),
  }),
});
export const acknowledgeProvider = endpoint({
  method: 'POST',
  path: '/api/acknowledgements',
  summary: 'Notes that you were shown who this provider is. Without it nothing goes there.',
  body: z.strictObject({ providerId: z.string().max(60), version: z.string().max(60) }),
  problems: ['not-found', 'not-possible-now'],
});
