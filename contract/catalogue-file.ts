import { z } from 'zod';
import { FileLimits, Kind } from './catalogue.ts';
import { Instant } from './ids.ts';

/** The catalogue as one readable file: what `npm run catalogue:export` writes and the console imports. */

export const Source = z.strictObject({
  /** The page where the cost was read. */
  url: z.url({ protocol: /^https?$/ }),
  /** `official`: the provider's page; `list`: a list that passes it through; `derived`: worked out; `staff`: agreed or decided. */
  basis: z.enum(['official', 'list', 'derived', 'staff']),
  /** The day on which it was read. */
  on: z.iso.date(),
});

/** What a provider takes for `per` units, in US dollars as the source prints them: never a float. */
export const Cost = z.strictObject({
  unit: z.string().max(40),
  usd: z.string().regex(/^\d{1,6}(\.\d{1,12})?$/, 'must be an amount such as 0.04'),
  per: z.number().int().min(1).max(1_000_000_000),
  /** Parameters under which this cost holds, such as `{ "resolution": "1080p" }`. */
  when: z.record(z.string().max(60), z.union([z.string().max(100), z.number(), z.boolean()])).optional(),
  source: Source,
});
export type Cost = z.output<typeof Cost>;

const Moment = z.union([z.iso.date(), Instant]);
const Quantity = z.number().int().min(0);

const FileModel = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+\/\S{1,100}$/),
  kind: Kind,
  name: z.string().min(1).max(120),
  summary: z.string().min(1).max(400),
  /** The provider's name for it. */
  upstream: z.string().min(1).max(200),
  /** False: known, and not on offer. */
  offered: z.boolean().optional(),
  /** What is added to the costs: 1000 = 10 %. Absent: as it is. */
  markupBasisPoints: z.number().int().min(0).max(100_000).optional(),
  prices: z
    .array(
      z.strictObject({
        ...Cost.shape,
        /** The first moment or day (UTC) of this cost; absent: since ever. */
        from: Moment.optional(),
        /** The first moment or day on which it no longer holds. */
        until: Moment.optional(),
      }),
    )
    .min(1)
    .max(400),
  typical: z.strictObject({
    label: z.string().max(120),
    units: z.record(z.string(), Quantity),
    params: z.record(z.string(), z.unknown()),
  }),
  usual: z.array(
    z.strictObject({
      unit: z.string(),
      quantity: Quantity,
      of: z.enum(['thousand_characters', 'second']).optional(),
      when: Cost.shape.when,
    }),
  ),
  accepts: z.strictObject({
    mediaTypes: z.array(z.string().max(100)).max(50),
    maxFiles: Quantity,
    maxBytes: Quantity,
    limits: z.partialRecord(z.enum(['image', 'video', 'audio', 'document', 'text']), FileLimits).optional(),
  }),
  contextTokens: z.number().int().positive().nullable(),
  defaultMaxOutputTokens: z.number().int().positive().nullable(),
  maxOutputTokens: z.number().int().positive().nullable(),
  examples: z.tuple([z.string(), z.string(), z.string()]),
  parameters: z.looseObject({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) }),
});

export const CatalogueFile = z.strictObject({
  format: z.literal('mluen-catalogue-1'),
  about: z.string().optional(),
  providers: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/),
        name: z.string().min(1).max(80),
        models: z.array(FileModel).max(2000),
      }),
    )
    .max(100),
});
