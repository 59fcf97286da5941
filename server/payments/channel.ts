import type { Notice } from './notice.ts';
import type { ProcessorBooks } from './processor-books.ts';

/** A way to pay. A further channel is one folder in channels/ and one line in channels/registry.ts. */
export interface Channel {
  /** As on the wire and in `payments.top_up.channel`. */
  id: 'card';
  /** Where its money arrives; with the receipt it makes the key of a credit. */
  rail: string;
  /** In a person's words, for the receipt: "Card". */
  name: string;
  /** Whether real money moves. */
  live: boolean;
  /**
   * Opens a payment at the processor. Repeating it with the same `requestKey` opens no second one.
   * Throws `ChannelFault`.
   */
  open(ask: PaymentAsk): Promise<OpenedPayment>;
  /** What the processor says of a payment now. Throws `ChannelFault`. */
  look(sessionId: string): Promise<PaymentState>;
  books: ProcessorBooks;
  webhook: {
    /** `/webhooks/stripe` */
    path: string;
    /** Verifies the raw bytes. Nothing of an unverified notice is believed or kept. */
    read(raw: Buffer, headers: Record<string, string | string[] | undefined>, now: Date): Notice | Forged;
  };
}

export interface PaymentAsk {
  topUpId: string;
  requestKey: string;
  amountMicro: bigint;
  currency: string;
  expiresAt: Date;
  /** Where the processor sends the browser afterwards. Neither address proves anything. */
  successUrl: string;
  cancelUrl: string;
}

export interface OpenedPayment {
  sessionId: string;
  checkoutUrl: string;
}

export type PaymentState =
  /** Nobody has paid yet. */
  | { is: 'open' }
  /** Paid by a method that takes its time; it may still fail. */
  | { is: 'pending' }
  | { is: 'paid'; payment: ArrivedMoney }
  | { is: 'failed' }
  | { is: 'expired' };

/** Money at the processor, as the processor tells it. All of it is compared with the top-up before anything moves. */
export interface ArrivedMoney {
  /** The processor's id of the money itself: for cards the PaymentIntent. */
  receipt: string;
  sessionId: string;
  /** What the processor says it is for. */
  topUpId: string | null;
  /** Null when the processor's own sums do not agree, or in a currency whose minor unit is not known. */
  amountMicro: bigint | null;
  currency: string;
  live: boolean;
  card: { brand: string; last4: string } | null;
}

export interface Forged {
  is: 'forged';
  why: string;
}

/** The processor could not be asked, or answered with a fault. Says nothing about the payment. */
export class ChannelFault extends Error {
  override name = 'ChannelFault';
}

/** A channel that must not be opened: a secret is missing or malformed. */
export class ChannelRefused extends Error {
  override name = 'ChannelRefused';
}
