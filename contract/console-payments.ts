import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Cursor, Id, Instant } from './ids.ts';
import { Micro } from './money.ts';
import { Refund } from './refunds.ts';

/** What became of money after it came: refunds, disputes, payouts. Each list newest first, by its last id. */
const query = z.object({ before: Cursor.optional() });

export const StaffRefund = Refund.extend({
  memberId: Id,
  origin: z.enum(['member', 'staff', 'processor']),
  reason: z.string().nullable(),
  /** The processor's code for why it failed. */
  fault: z.string().nullable(),
});
export type StaffRefund = z.output<typeof StaffRefund>;
export const listStaffRefunds = endpoint({
  method: 'GET',
  path: '/api/console/payments/refunds',
  summary: 'Refunds to cards.',
  query,
  reply: z.object({ items: z.array(StaffRefund), next: Cursor.nullable() }),
});

export const StaffDispute = z.object({
  id: Id,
  memberId: Id,
  topUpId: Id,
  kind: z.enum(['dispute', 'warning']),
  state: z.enum(['warned', 'opened', 'won', 'lost', 'cleared']),
  amountMicro: Micro,
  currency: z.string(),
  reason: z.string().nullable(),
  /** Until when the processor takes evidence. */
  answerBy: Instant.nullable(),
  createdAt: Instant,
  endedAt: Instant.nullable(),
});
export type StaffDispute = z.output<typeof StaffDispute>;
export const listStaffDisputes = endpoint({
  method: 'GET',
  path: '/api/console/payments/disputes',
  summary: 'Disputes and warnings of fraud.',
  query,
  reply: z.object({ items: z.array(StaffDispute), next: Cursor.nullable() }),
});

export const StaffPayout = z.object({
  id: Id,
  processorId: z.string(),
  bank: z.string(),
  state: z.enum(['paid', 'returned']),
  amountMicro: Micro,
  /** Of it, what stands in no row of ours: other than zero, a person must look. */
  unexplainedMicro: Micro,
  currency: z.string(),
  createdAt: Instant,
});
export type StaffPayout = z.output<typeof StaffPayout>;
export const listPayouts = endpoint({
  method: 'GET',
  path: '/api/console/payments/payouts',
  summary: 'What payment processors paid out to our bank.',
  query,
  reply: z.object({ items: z.array(StaffPayout), next: Cursor.nullable() }),
});

const Reason = z.string().trim().min(10, 'Say why, in a sentence.').max(500);

export const refundForMember = endpoint({
  method: 'POST',
  path: '/api/console/payments/refund',
  summary: 'Sends unspent cash of a member’s payment back to its card.',
  body: z.strictObject({ id: Id, memberId: Id, topUpId: Id, amountMicro: Micro, reason: Reason }),
  reply: Refund,
  problems: ['not-found', 'not-allowed', 'already-exists', 'not-possible-now'],
});
export const clearWarning = endpoint({
  method: 'POST',
  path: '/api/console/payments/warning',
  summary: 'Lets a member spend again: somebody has looked at the warning of fraud.',
  body: z.strictObject({ disputeId: Id, reason: Reason }),
  problems: ['not-found', 'not-allowed'],
});

/** Money at a processor that agrees with no quote: whose it is, a person decides. */
export const UnmatchedMoney = z.object({
  id: Id,
  /** Who paid, as far as it is known: the top-up that it came for is theirs. */
  memberId: Id,
  topUpId: Id,
  /** Why it was not credited. */
  refusal: z.string().nullable(),
  amountMicro: Micro,
  currency: z.string(),
  receivedAt: Instant,
});
export type UnmatchedMoney = z.output<typeof UnmatchedMoney>;
export const listUnmatched = endpoint({
  method: 'GET',
  path: '/api/console/payments/unmatched',
  summary: 'Money that arrived and was not credited, oldest first.',
  reply: z.object({ items: z.array(UnmatchedMoney) }),
});
export const decideUnmatched = endpoint({
  method: 'POST',
  path: '/api/console/payments/unmatched',
  summary: 'Credits such money to who paid it, or sends it back to its card.',
  body: z.strictObject({ id: Id, to: z.enum(['wallet', 'card']), reason: Reason }),
  problems: ['not-found', 'not-allowed', 'not-possible-now', 'provider-fault'],
});
