import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Cursor, Id, Instant } from './ids.ts';
import { Micro } from './money.ts';

/** What finance does about money, each with its reason: proposals that a second person decides, refunds, codes, invoices. */

/** Kept in the audit log and with the transfer. */
const Reason = z.string().trim().min(10, 'Say why, in ten signs or more.').max(300);
/** To a million dollars: what is above is a slip. */
const Positive = Micro.refine((micro) => micro > 0n && micro <= 1_000_000_000_000n, {
  error: 'Above 0, up to 1,000,000 dollars',
});
const Signed = Micro.refine(
  (micro) => micro !== 0n && micro >= -1_000_000_000_000n && micro <= 1_000_000_000_000n,
  {
    error: 'Not 0, up to 1,000,000 dollars',
  },
);

const ProposalKind = z.enum(['adjustment', 'write_off']);
const ReasonCode = z.enum([
  'goodwill',
  'price_error',
  'support_case',
  'correction',
  'uncollectible',
  'other',
]);
export type ReasonCode = z.infer<typeof ReasonCode>;

const Proposal = z.object({
  id: Id,
  kind: ProposalKind,
  memberId: Id,
  /** Signed: positive gives to the member. Of a `write_off`: the part of a debt that is given up. */
  amountMicro: Micro,
  reasonCode: ReasonCode,
  reason: z.string(),
  state: z.enum(['proposed', 'approved', 'refused']),
  proposedBy: Id,
  proposedAt: Instant,
  decidedBy: Id.nullable(),
  decidedAt: Instant.nullable(),
  /** Whether this person may decide it: neither who proposed it nor whom it is about. */
  mayDecide: z.boolean(),
});
export type Proposal = z.output<typeof Proposal>;
export const listProposals = endpoint({
  method: 'GET',
  path: '/api/console/money/proposals',
  summary:
    'Corrections of wallets and debts to be given up: those that wait, or those decided, newest first.',
  query: z.object({
    state: z.enum(['waiting', 'decided']),
    memberId: Id.optional(),
    before: Cursor.optional(),
  }),
  reply: z.object({ items: z.array(Proposal), next: Cursor.nullable() }),
  problems: ['not-allowed'],
});
export const propose = endpoint({
  method: 'POST',
  path: '/api/console/money/proposals',
  summary:
    'Proposes to correct a wallet, or to give up a debt. Nothing moves until a second person approves.',
  body: z.strictObject({
    id: Id,
    kind: ProposalKind,
    memberId: Id,
    amountMicro: Signed,
    reasonCode: ReasonCode,
    reason: Reason,
  }),
  problems: ['not-found', 'not-allowed', 'already-exists'],
});
export const decideProposal = endpoint({
  method: 'POST',
  path: '/api/console/money/proposals/:id',
  summary: 'A second person approves, and the money moves; or refuses, and nothing does.',
  params: z.object({ id: Id }),
  body: z.strictObject({ approve: z.boolean(), reason: Reason }),
  problems: ['not-found', 'not-allowed', 'not-possible-now', 'posting-paused'],
});

const MoneyOfMember = z.object({
  memberId: Id,
  availableMicro: Micro,
  heldMicro: Micro,
  promoMicro: Micro,
  /** After a lost dispute or a reversed payment. */
  owedMicro: Micro,
  /** New runs are refused: a dispute or a debt is open. */
  frozen: z.boolean(),
  /** The newest charges, at most 50. */
  charges: z.array(
    z.object({
      captureId: Id,
      generationId: Id,
      /** Null once the generation was removed. */
      modelId: z.string().nullable(),
      at: Instant,
      capturedMicro: Micro,
      /** Of this generation, what was given back. */
      refundedMicro: Micro,
    }),
  ),
});
export type MoneyOfMember = z.output<typeof MoneyOfMember>;
export const getMoneyOfMember = endpoint({
  method: 'GET',
  path: '/api/console/money/people/:id',
  summary: 'A member’s balance, debt and newest charges. Never content.',
  params: z.object({ id: Id }),
  reply: MoneyOfMember,
  problems: ['not-found', 'not-allowed'],
});
export const refundCharge = endpoint({
  method: 'POST',
  path: '/api/console/money/refunds',
  summary:
    'Gives a charge of a generation back, or a part of it; all refunds together never pass what it took.',
  body: z.strictObject({ id: Id, memberId: Id, captureId: Id, amountMicro: Positive, reason: Reason }),
  problems: ['not-found', 'not-allowed', 'not-possible-now', 'posting-paused'],
});

const PromotionCode = z.object({
  id: Id,
  name: z.string(),
  amountMicro: Micro,
  usesLeft: z.number().int(),
  redeemUntil: Instant,
  lastsDays: z.number().int(),
  createdAt: Instant,
});
export type PromotionCode = z.output<typeof PromotionCode>;
export const listCodes = endpoint({
  method: 'GET',
  path: '/api/console/money/codes',
  summary:
    'Codes that members redeem, newest first, with the uses that are left. Never the codes themselves.',
  query: z.object({ before: Cursor.optional() }),
  reply: z.object({ items: z.array(PromotionCode), next: Cursor.nullable() }),
  problems: ['not-allowed'],
});
export const makeCode = endpoint({
  method: 'POST',
  path: '/api/console/money/codes',
  summary: 'Makes a code. It is in this answer alone: only its hash is kept.',
  body: z.strictObject({
    /** Members see it beside the gift. */
    name: z.string().trim().min(3).max(60),
    /** To 1,000 dollars each. */
    amountMicro: Positive.refine((micro) => micro <= 1_000_000_000n, { error: 'Up to 1,000 dollars' }),
    uses: z.number().int().min(1).max(100_000),
    /** The last moment to redeem it. */
    redeemUntil: Instant,
    /** For how long the money then lasts. */
    lastsDays: z.number().int().min(1).max(730),
    reason: Reason,
  }),
  reply: z.object({ id: Id, code: z.string() }),
  problems: ['not-allowed'],
});

const Payables = z.object({
  /** What is owed to each provider of models, by the usage that it told. */
  providers: z.array(z.object({ provider: z.string(), accruedMicro: Micro })),
  /** Accounts of ours that were paid from or to before. */
  banks: z.array(z.string()),
  /** Invoices that were paid, newest first, at most 50. */
  invoices: z.array(
    z.object({
      id: Id,
      provider: z.string(),
      number: z.string(),
      invoicedMicro: Micro,
      accruedMicro: Micro,
      bank: z.string(),
      paidAt: Instant,
    }),
  ),
});
export const getPayables = endpoint({
  method: 'GET',
  path: '/api/console/money/payables',
  summary: 'What is owed to providers, and the invoices that were paid.',
  reply: Payables,
  problems: ['not-allowed'],
});
export const payInvoice = endpoint({
  method: 'POST',
  path: '/api/console/money/invoices',
  summary: 'Books that an invoice of a provider was paid. It pays nothing: that was done at the bank.',
  body: z.strictObject({
    id: Id,
    provider: z.string().max(60),
    /** As it stands on the invoice; it is booked once. */
    number: z.string().trim().min(1).max(60),
    invoicedMicro: Positive,
    /** What had been accrued for it: the difference goes to cost. */
    accruedMicro: Micro.refine((micro) => micro >= 0n, { error: 'Not below 0' }),
    bank: z.string().trim().min(2).max(60),
    reason: Reason,
  }),
  problems: ['not-found', 'not-allowed', 'already-exists', 'not-possible-now', 'posting-paused'],
});
