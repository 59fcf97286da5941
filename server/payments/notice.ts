/** What a processor told, by webhook or in its list of events: never believed, a reason to ask. */
export interface Notice {
  is: 'notice';
  /** Unique in the channel; a repeated notice has the same. */
  eventKey: string;
  kind: string;
  /** What it is a reason to ask about; a notice of nothing is kept and left. */
  concerns: 'top-up' | 'payment' | 'payout' | 'nothing';
  /** The processor's id of that payment (its receipt) or payout. */
  about: string | null;
  topUpId: string | null;
  sessionId: string | null;
  live: boolean;
}
