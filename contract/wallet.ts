import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Cursor, Id, Instant } from './ids.ts';
import { Currency, LimitMicro, Micro } from './money.ts';

export const Wallet = z.object({
  currency: Currency,
  /** What can be spent now. */
  availableMicro: Micro,
  /** What running generations hold: not charged, not spendable. */
  heldMicro: Micro,
  /** Of the available sum, what is promotional: spent first, not refundable. */
  promoMicro: Micro,
  /** What is promotional and can be spent, by when it ends, the soonest first. At most 50. */
  gifts: z.array(
    z.object({
      availableMicro: Micro,
      /** Null: it does not end. */
      endsAt: Instant.nullable(),
    }),
  ),
});
export type Wallet = z.infer<typeof Wallet>;
export const getWallet = endpoint({
  method: 'GET',
  path: '/api/wallet',
  summary: 'Available and held.',
  reply: Wallet,
});

export const redeemCode = endpoint({
  method: 'POST',
  path: '/api/wallet/codes',
  summary: 'Redeems a code: its money is a gift, spent first, and ends. Once a member.',
  /** Capitals, spaces and hyphens make no difference. */
  body: z.strictObject({ code: z.string().trim().min(1).max(100) }),
  reply: z.object({ amountMicro: Micro, endsAt: Instant }),
  problems: [
    'acceptance-required',
    'account-restricted',
    'code-unknown',
    'code-ended',
    'code-used-up',
    'code-redeemed-before',
    'email-not-verified',
    'not-allowed',
  ],
});

/** What may be spent in a calendar month (UTC) by the studio and all keys together. It counts from when it was set. */
export const SpendLimit = z.object({
  /** Null: there is none. */
  limitMicro: Micro.nullable(),
  /** Charged in this month, and held by what runs; zero without a limit. */
  usedMicro: Micro,
});
export const getSpendLimit = endpoint({
  method: 'GET',
  path: '/api/wallet/limit',
  summary: 'The monthly spend limit, and what of it is used.',
  reply: SpendLimit,
});
export const setSpendLimit = endpoint({
  method: 'PUT',
  path: '/api/wallet/limit',
  summary: 'Sets, changes or lifts the monthly spend limit. It holds from the next run on.',
  body: z.strictObject({ limitMicro: LimitMicro.nullable() }),
  reply: SpendLimit,
  problems: ['fresh-sign-in-required'],
});

export const Transaction = z.object({
  id: Id,
  at: Instant,
  /** `hold` rows are open holds: they become a `charge` (or vanish when released). `late-charge`: the work came after its hold had been released. */
  kind: z.enum([
    'top-up',
    'top-up-pending',
    'hold',
    'charge',
    'late-charge',
    'release',
    'refund',
    'promotion',
    'adjustment',
    'dispute',
    'expiry',
    'exchange',
  ]),
  /** Signed: positive adds to what the person has. Zero for a release. */
  amountMicro: Micro,
  /** What was held, for `hold`, `charge` and `release`. */
  heldMicro: Micro.nullable(),
  currency: Currency,
  /** The balance posted after this row; null for rows that do not change it (`hold`, `release`, pending). */
  balanceAfterMicro: Micro.nullable(),
  generationId: Id.nullable(),
  topUpId: Id.nullable(),
  /** For the list: the model's name, the channel, or what a gift is called. */
  subject: z.string().nullable(),
});
export type Transaction = z.infer<typeof Transaction>;
export const listTransactions = endpoint({
  method: 'GET',
  path: '/api/wallet/transactions',
  summary: 'Every change of the wallet, newest first.',
  query: z.object({ before: Cursor.optional(), limit: z.coerce.number().int().min(1).max(100).default(50) }),
  reply: z.object({ items: z.array(Transaction), next: Cursor.nullable() }),
});

/** A file, not JSON of ours: PDF for people, CSV for spreadsheets, JSON with seals and signature to be proved offline. */
export const STATEMENT_PATH = '/api/wallet/statement';
export const StatementQuery = z.strictObject({
  from: z.iso.date(),
  /** The first day that is not part of it. */
  to: z.iso.date(),
  format: z.enum(['pdf', 'csv', 'json']).default('pdf'),
});

/** $1 to $2,000. */
export const TOP_UP_MIN_MICRO = 1_000_000n;
export const TOP_UP_MAX_MICRO = 2_000_000_000n;

export const TopUp = z.object({
  id: Id,
  channel: z.enum(['card']),
  amountMicro: Micro,
  currency: Currency,
  state: z.enum(['asked', 'pending', 'settled', 'failed', 'expired', 'cancelled']),
  createdAt: Instant,
  settledAt: Instant.nullable(),
  expiresAt: Instant,
  /** Where to pay, while it is open. */
  checkoutUrl: z.string().nullable(),
  card: z.object({ brand: z.string(), last4: z.string() }).nullable(),
});
export type TopUp = z.infer<typeof TopUp>;
export const createTopUp = endpoint({
  method: 'POST',
  path: '/api/top-ups',
  summary:
    'Asks to add money by card; answers the payment page of the processor. The id is made by the caller: a repeat returns the first.',
  body: z.strictObject({
    id: Id,
    amountMicro: Micro,
    returnTo: z
      .string()
      .max(500)
      .regex(/^\/[^/\\]/)
      .optional(),
  }),
  reply: TopUp,
  problems: [
    'acceptance-required',
    'already-exists',
    'email-not-verified',
    'account-restricted',
    'provider-fault',
  ],
});
export const getTopUp = endpoint({
  method: 'GET',
  path: '/api/top-ups/:id',
  summary: 'One top-up.',
  params: z.object({ id: Id }),
  reply: TopUp,
  problems: ['not-found'],
});
/** Asks the processor now, in place of waiting for its webhook. */
export const checkTopUp = endpoint({
  method: 'POST',
  path: '/api/top-ups/:id/check',
  summary: 'Asks the processor for the state now.',
  params: z.object({ id: Id }),
  reply: TopUp,
  problems: ['not-found', 'provider-fault'],
});
