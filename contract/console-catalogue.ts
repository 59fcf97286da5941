import { z } from 'zod';
import { Kind } from './catalogue.ts';
import { Cost, Source } from './catalogue-file.ts';
import { endpoint } from './endpoint.ts';
import { Instant } from './ids.ts';
import { Micro } from './money.ts';

/** Staff's view of the catalogue: costs, markups and where they come from, and edits with a reason. */

const Reason = z.string().trim().min(3, 'Say why, in a few words.').max(300);
/** 1000 = 10 %. */
const BasisPoints = z.number().int().min(0).max(100_000);
const ModelId = z.string().max(140);

const StaffPrice = z.object({
  unit: z.string(),
  /** A person's words, with the conditions: "1 second, resolution 1080p". */
  label: z.string(),
  per: z.number().int(),
  when: Cost.shape.when.unwrap().nullable(),
  /** For `per` units, in US dollars, exactly. */
  costUsd: z.string(),
  priceUsd: z.string(),
  /** For 1,000,000 units, as they are kept. */
  costMicro: Micro,
  priceMicro: Micro,
  source: Source,
});

/** What the model's typical call costs us and a member. */
const Example = z.object({
  label: z.string(),
  costMicro: Micro,
  priceMicro: Micro,
  marginMicro: Micro,
});

const Origin = z.enum(['shipped', 'staff']);

const StaffModel = z.object({
  id: ModelId,
  name: z.string(),
  kind: Kind,
  providerId: z.string(),
  providerName: z.string(),
  /** As staff set it. */
  offered: z.boolean(),
  /** Whether members see it now: offered, its provider open, an adapter and a route there. */
  isSeen: z.boolean(),
  /** Where the prices that hold now come from. */
  origin: Origin,
  markupBasisPoints: BasisPoints,
  example: Example,
  sources: z.array(Source),
  /** When other prices begin; null: none are known. */
  nextFrom: Instant.nullable(),
});
export type StaffModel = z.output<typeof StaffModel>;

export const StaffCatalogue = z.object({
  /** Whether PostgreSQL lets this person edit. */
  mayEdit: z.boolean(),
  items: z.array(StaffModel),
  providers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      open: z.boolean(),
      closedBecause: z.string().nullable(),
    }),
  ),
});
export const getStaffCatalogue = endpoint({
  method: 'GET',
  path: '/api/console/catalogue',
  summary: 'Every model with cost, markup, price and source.',
  reply: StaffCatalogue,
});

const PriceList = z.object({
  id: z.string(),
  from: Instant,
  until: Instant.nullable(),
  holds: z.enum(['before', 'now', 'later']),
  origin: Origin,
  markupBasisPoints: BasisPoints,
  reason: z.string(),
  madeAt: Instant,
  prices: z.array(StaffPrice),
});
export type PriceList = z.output<typeof PriceList>;

export const StaffModelDetail = z.object({
  model: StaffModel,
  mayEdit: z.boolean(),
  /** What an edit names as seen. */
  version: z.string(),
  /** Oldest first. */
  lists: z.array(PriceList),
  /** What was edited, newest first. */
  changes: z.array(
    z.object({ at: Instant, what: z.string(), before: z.string(), after: z.string(), reason: z.string() }),
  ),
  /** For what a price can be, and for how many. */
  units: z.array(z.object({ unit: z.string(), per: z.number().int(), label: z.string() })),
  /** Parameters on which a price can hang. */
  conditions: z.array(z.string()),
});
export const getStaffModel = endpoint({
  method: 'GET',
  path: '/api/console/catalogue/model',
  summary: 'One model with its prices of before, now and later.',
  query: z.object({ id: ModelId }),
  reply: StaffModelDetail,
  problems: ['not-found'],
});

export const PricePreview = z.object({
  before: Example,
  after: Example,
  lines: z.array(
    z.object({
      label: z.string(),
      /** A member's price for the unit in dollars; null: there is none. */
      before: z.string().nullable(),
      after: z.string().nullable(),
      changeBasisPoints: z.number().int().nullable(),
    }),
  ),
});
export const previewPrices = endpoint({
  method: 'POST',
  path: '/api/console/catalogue/preview',
  summary: 'What an edit would do to a typical call. Changes nothing.',
  body: z.strictObject({
    modelId: ModelId,
    /** Absent: as they are. */
    markupBasisPoints: BasisPoints.optional(),
    prices: z.array(Cost).min(1).max(400).optional(),
  }),
  reply: PricePreview,
  problems: ['not-found'],
});

const edit = { modelId: ModelId, version: z.string().max(60), reason: Reason };
const editProblems = ['not-found', 'not-allowed', 'not-possible-now'] as const;

export const editMarkup = endpoint({
  method: 'POST',
  path: '/api/console/catalogue/markup',
  summary: 'Sets what is added to a model’s cost, from now on.',
  body: z.strictObject({ ...edit, markupBasisPoints: BasisPoints }),
  problems: editProblems,
});
export const addPrices = endpoint({
  method: 'POST',
  path: '/api/console/catalogue/prices',
  summary: 'Gives a model other costs from a moment on.',
  body: z.strictObject({
    ...edit,
    /** Null: from now on. */
    from: Instant.nullable(),
    prices: z.array(Cost).min(1).max(400),
  }),
  problems: editProblems,
});
export const offerModel = endpoint({
  method: 'POST',
  path: '/api/console/catalogue/offered',
  summary: 'Puts a model on offer or takes it off.',
  body: z.strictObject({ ...edit, offered: z.boolean() }),
  problems: editProblems,
});
export const openProvider = endpoint({
  method: 'POST',
  path: '/api/console/catalogue/provider',
  summary: 'Closes a provider, with all its models, or opens it again.',
  body: z.strictObject({ providerId: z.string().max(60), open: z.boolean(), reason: Reason }),
  problems: editProblems,
});
export const weighRoute = endpoint({
  method: 'POST',
  path: '/api/console/catalogue/route',
  summary: 'Opens, closes or weighs one route of a provider.',
  body: z.strictObject({
    providerId: z.string().max(60),
    routeId: z.string().max(80),
    open: z.boolean(),
    weight: z.number().int().min(0).max(100),
    reason: Reason,
  }),
  problems: editProblems,
});

const StaffRoute = z.object({
  id: z.string(),
  host: z.string(),
  region: z.string(),
  isSandbox: z.boolean(),
  /** As staff set it, with its share of the traffic beside the provider's other routes. */
  isOpen: z.boolean(),
  weight: z.number().int(),
  /** `broken`: faults in a row opened the circuit, and a probe will close it; `closed`: staff did. */
  state: z.enum(['open', 'broken', 'closed']),
  /** Faults of the provider's own in a row, as the answering process saw them. */
  failures: z.number().int(),
  /** Until when the circuit is open; then one call probes. */
  openUntil: Instant.nullable(),
  /** Models that get no call by this route until then: a limit that the provider told, or a key that it refused. */
  paused: z.array(z.object({ modelId: z.string(), until: Instant, why: z.enum(['limit', 'key_refused']) })),
});
export const ProviderHealth = z.object({
  id: z.string(),
  name: z.string(),
  isOpen: z.boolean(),
  closedBecause: z.string().nullable(),
  models: z.number().int(),
  /** Of these, what members see now. */
  seen: z.number().int(),
  routes: z.array(StaffRoute),
  /** In the last 24 hours; null: this person's role may not read runs. */
  day: z
    .object({
      runs: z.number().int(),
      /** Runs that came to nothing, by why, the most frequent first. */
      failures: z.array(z.object({ why: z.string(), count: z.number().int() })),
    })
    .nullable(),
});
export type ProviderHealth = z.output<typeof ProviderHealth>;
export const listProviders = endpoint({
  method: 'GET',
  path: '/api/console/providers',
  summary: 'Every provider with its routes, their circuits and the failures of a day.',
  reply: z.object({ mayEdit: z.boolean(), items: z.array(ProviderHealth) }),
});

/** The shipped catalogue, or a file that staff bring (`CatalogueFile`, as text). */
const Other = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('shipped') }),
  z.strictObject({ source: z.literal('file'), file: z.string().max(8_000_000) }),
]);

export const ImportItem = z.object({
  modelId: ModelId,
  name: z.string(),
  what: z.enum(['added', 'changed', 'removed']),
  /** Staff changed something of it here, which would be given up. */
  isEdited: z.boolean(),
  fields: z.array(z.object({ name: z.string(), before: z.string(), after: z.string() })),
  /** What the provider takes, for the unit, in dollars; null: there is none. */
  prices: z.array(
    z.object({
      /** Null: now. */
      from: Instant.nullable(),
      label: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      changeBasisPoints: z.number().int().nullable(),
      source: Source.nullable(),
    }),
  ),
});
export type ImportItem = z.output<typeof ImportItem>;
export const showImport = endpoint({
  method: 'POST',
  path: '/api/console/catalogue/difference',
  summary: 'How another catalogue differs from this one. Changes nothing.',
  body: z.strictObject({ other: Other }),
  reply: z.object({
    mayEdit: z.boolean(),
    /** Confirms this difference and no other. */
    digest: z.string(),
    items: z.array(ImportItem),
  }),
});
export const takeImport = endpoint({
  method: 'POST',
  path: '/api/console/catalogue/import',
  summary: 'Takes the chosen models of a difference, exactly as it was shown.',
  body: z.strictObject({
    other: Other,
    digest: z.string().max(60),
    modelIds: z.array(ModelId).min(1).max(5000),
    reason: Reason,
  }),
  reply: z.object({ changed: z.number().int() }),
  problems: ['not-allowed', 'not-possible-now'],
});
