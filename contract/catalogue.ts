import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Currency, Micro } from './money.ts';

export const Kind = z.enum(['text', 'image', 'video', 'speech', 'transcription', 'sound', 'music']);
export type Kind = z.infer<typeof Kind>;

export const PriceLine = z.object({
  unit: z.string(),
  /** A person's words with the condition: "1 million tokens in, prompt over 272,000 tokens". */
  label: z.string(),
  /** The same apart: "1 million tokens in"; "prompt over 272,000 tokens", empty when the line always holds. */
  unitLabel: z.string(),
  condition: z.string(),
  /** How many units `priceMicro` is for: 1,000,000 for tokens and characters, 1 for an image or a second. */
  per: z.number().int(),
  priceMicro: Micro,
  /** Set when this line holds only for some parameters, such as `{ resolution: "1080p" }`. */
  when: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable(),
});

/** What a provider demands of a file of one family, beside its type. */
export const FileLimits = z.strictObject({
  maxBytes: z.number().optional(),
  minSeconds: z.number().optional(),
  maxSeconds: z.number().optional(),
  /** Of all files of the family together. */
  maxTotalSeconds: z.number().optional(),
  /** Pixels of each side. */
  minSide: z.number().optional(),
  maxSide: z.number().optional(),
  maxPixels: z.number().optional(),
  /** Width to height. */
  minRatio: z.number().optional(),
  maxRatio: z.number().optional(),
  minFramesPerSecond: z.number().optional(),
  maxFramesPerSecond: z.number().optional(),
  maxPages: z.number().optional(),
});
export type FileLimits = z.infer<typeof FileLimits>;

export const Model = z.object({
  /** `openai/gpt-6-luna`: provider, slash, name. */
  id: z.string(),
  name: z.string(),
  kind: Kind,
  summary: z.string(),
  provider: z.object({
    id: z.string(),
    name: z.string(),
    company: z.string(),
    termsUrl: z.string(),
    privacyUrl: z.string(),
    regions: z.array(z.string()),
    retention: z.string(),
    training: z.string(),
    readOn: z.string(),
    /** Names these facts, for `POST /api/acknowledgements`. */
    version: z.string(),
  }),
  /** Where calls go now: host and region. Null when no route is open. */
  route: z.object({ host: z.string(), region: z.string(), sandbox: z.boolean() }).nullable(),
  /** Every open route of the provider: any of these regions can be demanded. */
  routes: z.array(z.object({ host: z.string(), region: z.string(), sandbox: z.boolean() })),
  /** Who makes the same model where its provider takes nothing; only for who was told of them. */
  alsoBy: z.array(z.object({ id: z.string(), name: z.string(), regions: z.array(z.string()) })),
  currency: Currency,
  prices: z.array(PriceLine),
  /** A typical thing and its price: "1 image 1024 × 1024" = 40000 micro. */
  typical: z.object({ label: z.string(), priceMicro: Micro }),
  pricesFrom: z.string(),
  /** JSON Schema of the parameters; `x-ui` holds hints for the form. For text, without `messages`. */
  parameters: z.record(z.string(), z.unknown()),
  /** What files it takes. */
  accepts: z.object({
    mediaTypes: z.array(z.string()),
    maxFiles: z.number().int(),
    maxBytes: z.number().int(),
    /** What its provider demands of a file beside, by family: `image`, `video`, `audio`, `document`. */
    limits: z.record(z.string(), FileLimits).optional(),
  }),
  /** Three prompts that show what it is good at. */
  examples: z.array(z.string()),
  contextTokens: z.number().int().nullable(),
});
export type Model = z.infer<typeof Model>;

export const listModels = endpoint({
  method: 'GET',
  path: '/api/models',
  summary: 'Every model on offer with its prices.',
  reply: z.object({ items: z.array(Model) }),
});
/** Model ids hold a slash: `/api/model?id=openai/gpt-6-luna`. */
export const getModel = endpoint({
  method: 'GET',
  path: '/api/model',
  summary: 'One model.',
  query: z.object({ id: z.string().max(120) }),
  reply: Model,
  problems: ['not-found'],
});
