import type { Notice } from './notice.ts';

/** What a processor does with money after it came. Each question throws `ChannelFault` when it cannot be asked. */
export interface ProcessorBooks {
  /** All that the processor has booked about this money, by its receipt. */
  look(receipt: string): Promise<PaymentBooks>;
  /** Sends money back to where it came from. Repeating it with the same `requestKey` sends none twice. */
  refund(ask: RefundAsk): Promise<ProcessorRefund | RefundRefused>;
  payout(processorId: string): Promise<ProcessorPayout>;
  /** Payouts begun since then, without their movements. */
  payoutsSince(since: Date): Promise<ProcessorPayout[]>;
  /** The processor's own list of what happened: notices that never came are in it. */
  noticesSince(since: Date): Promise<Notice[]>;
}

export interface PaymentBooks {
  /** Null: not known yet. */
  feeMicro: bigint | null;
  /** The processor settles it in another currency or as another sum than it told: nothing of it can be booked. */
  differs: boolean;
  refunds: ProcessorRefund[];
  disputes: ProcessorDispute[];
}

export interface RefundAsk {
  /** Null: of money that is unmatched, for which no refund is kept before. */
  refundId: string | null;
  requestKey: string;
  receipt: string;
  amountMicro: bigint;
  currency: string;
}

export interface ProcessorRefund {
  is: 'refund';
  processorId: string;
  /** What the processor says it was asked by; null when by nobody of ours. */
  refundId: string | null;
  amountMicro: bigint;
  state: 'pending' | 'succeeded' | 'failed';
  fault: string | null;
}

/** The processor will not do it, now or later. */
export interface RefundRefused {
  is: 'refused';
  fault: string;
}

export interface ProcessorDispute {
  processorId: string;
  kind: 'dispute' | 'warning';
  /** `over`: an inquiry that closed, a warning that asks for nothing any more. */
  state: 'open' | 'won' | 'lost' | 'over';
  amountMicro: bigint;
  /** What was taken from our balance for it, and what came back. */
  takenMicro: bigint;
  returnedMicro: bigint;
  feeMicro: bigint;
  feeReturnedMicro: bigint;
  reason: string | null;
  answerBy: Date | null;
}

export interface ProcessorPayout {
  processorId: string;
  state: 'on-its-way' | 'paid' | 'failed';
  /** Below zero: the processor took it from our bank. */
  amountMicro: bigint;
  currency: string;
  /** Our account at the bank, by the processor's id. */
  bank: string;
  /** What it consists of; null when it was not asked for, or the processor cannot tell. */
  movements: Movement[] | null;
}

export interface Movement {
  id: string;
  /** `fee`: the processor's own, of no payment. `known`: payouts that came back, which are booked by themselves. */
  kind: 'payment' | 'fee' | 'known' | 'other';
  netMicro: bigint;
  /** Of the payment that it belongs to. */
  receipt: string | null;
}
