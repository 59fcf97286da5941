import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { Id, Instant } from './ids.ts';
import { Currency, Micro } from './money.ts';

/** Money that goes back to the card that paid it. */
export const Refund = z.object({
  id: Id,
  topUpId: Id,
  amountMicro: Micro,
  currency: Currency,
  /** `asked` and `pending`: the sum is set aside. `failed`: it is in the wallet. `returned`: it left, and the bank sent it back. */
  state: z.enum(['asked', 'pending', 'succeeded', 'failed', 'returned']),
  createdAt: Instant,
  endedAt: Instant.nullable(),
});
export type Refund = z.infer<typeof Refund>;

export const listRefunds = endpoint({
  method: 'GET',
  path: '/api/top-ups/:topUpId/refunds',
  summary: 'What of a payment can go back to its card, and what went.',
  params: z.object({ topUpId: Id }),
  reply: z.object({ refundableMicro: Micro, items: z.array(Refund) }),
  problems: ['not-found'],
});
export const createRefund = endpoint({
  method: 'POST',
  path: '/api/top-ups/:topUpId/refunds',
  summary:
    'Sends unspent cash of a payment back to its card. The id is made by the caller: a repeat returns the first.',
  params: z.object({ topUpId: Id }),
  body: z.strictObject({ id: Id, amountMicro: Micro }),
  reply: Refund,
  problems: ['not-found', 'already-exists', 'not-possible-now', 'fresh-sign-in-required'],
});
