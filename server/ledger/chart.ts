/** The chart of accounts, one set per currency. Signs: assets and expenses hold debits, the others credits. */
export const chart = {
  1100: { name: 'Payment processor clearing', normal: 'debit' }, // one per processor; back to zero at each payout
  1110: { name: 'Disputed, taken by the processor', normal: 'debit' }, // while a dispute is open
  1200: { name: 'Bank, till and mobile-money float', normal: 'debit' }, // equals the statement, line by line
  1300: { name: 'Receivable from members', normal: 'debit' }, // after a lost dispute or a reversed payment
  2100: { name: 'Wallet, cash', normal: 'credit' }, // never below zero; refundable
  2110: { name: 'Wallet, promotional', normal: 'credit' }, // one per grant; not refundable; ends
  2200: { name: 'Unmatched receipts', normal: 'credit' }, // money came, its owner is unknown
  2300: { name: 'Refunds payable', normal: 'credit' }, // between our decision and the processor's word
  2400: { name: 'Tax payable', normal: 'credit' },
  2500: { name: 'Upstream providers payable', normal: 'credit' }, // accrued cost
  3100: { name: 'Usage revenue', normal: 'credit' }, // sharded by posting process
  3200: { name: 'Breakage', normal: 'credit' }, // expired cash, only where the law allows it
  3300: { name: 'Exchange margin', normal: 'credit' }, // the spread of an exchange, visible by itself
  4100: { name: 'Processor fees', normal: 'debit' },
  4110: { name: 'Dispute fees', normal: 'debit' },
  4200: { name: 'Losses', normal: 'debit' }, // disputes and bad debt
  4300: { name: 'Promotions granted', normal: 'debit' },
  4400: { name: 'Upstream cost', normal: 'debit' },
  4500: { name: 'Adjustments by staff', normal: 'debit' },
  6100: { name: 'Exchange position', normal: 'debit' }, // the two ends of every exchange, one per currency
  7000: { name: 'Spend caps', normal: 'debit' }, // what a cap has counted; one per cap and month. No money
  7100: { name: 'Counted under caps', normal: 'credit' }, // the other side of 7000, one per member
} as const satisfies Record<number, { name: string; normal: 'debit' | 'credit' }>;

export type AccountCode = keyof typeof chart;

/** Accounts that hold no more debits than credits: the database refuses what would overdraw them. */
export const noOverdraft: ReadonlySet<AccountCode> = new Set([2100, 2110]);
