import type { PersonalData, WithoutPersonalData } from '#server/privacy/personal-data-kinds.ts';

/** Books stay: tax law asks for them. They hold ids and amounts; once the account is erased they name nobody. */
const books = { basis: 'legal', keep: 'tax-date', onErasure: 'keep' } as const;
const seenByMember = ['member', 'finance', 'auditor', 'service'] as const;
const seenByStaff = ['finance', 'auditor', 'service'] as const;

const accounts: PersonalData[] = [
  {
    ...books,
    table: 'ledger.account',
    columns: [
      'id',
      'user_id',
      'code',
      'currency',
      'label',
      'expires_at',
      'no_overdraft',
      'frozen',
      'closed',
      'promo',
      'debits_pending',
      'debits_posted',
      'credits_pending',
      'credits_posted',
      'created_at',
    ],
    purpose: 'Your wallet: what is in it, what is held, what came and went.',
    readers: seenByMember,
    export: true,
  },
  {
    ...books,
    table: 'ledger.account',
    columns: ['shard', 'version'],
    purpose: 'Keeping balances right when much happens at once.',
    readers: seenByMember,
    export: { no: 'Numbers of our machinery; they tell nothing about you.' },
  },
  {
    ...books,
    table: 'ledger.hold',
    columns: [
      'hold_id',
      'leg',
      'user_id',
      'transfer_id',
      'debit_account',
      'credit_account',
      'amount',
      'currency',
      'code',
      'group_id',
      'lease_until',
      'deadline',
      'created_at',
    ],
    purpose: 'What running generations, refunds and disputes hold of your wallet.',
    readers: seenByMember,
    export: true,
  },
];

const transfers: PersonalData[] = [
  {
    ...books,
    table: 'ledger.transfer',
    columns: [
      'id',
      'user_id',
      'seq',
      'kind',
      'code',
      'debit_account',
      'credit_account',
      'amount',
      'currency',
      'pending_id',
      'group_id',
      'debit_after',
      'credit_after',
      'actor',
      'reason',
      'created_at',
    ],
    purpose: 'Every movement of your money, in double entry.',
    readers: seenByMember,
    export: true,
  },
  {
    ...books,
    table: 'ledger.transfer',
    columns: ['debit_version', 'credit_version', 'request_hash', 'xid'],
    purpose: 'Proving that no movement was changed, lost or made twice.',
    readers: seenByMember,
    export: { no: 'Checksums and numbers of our machinery; they tell nothing about you.' },
  },
];

const events: PersonalData[] = [
  {
    ...books,
    table: 'ledger.exchange',
    columns: [
      'user_id',
      'id',
      'from_currency',
      'from_amount',
      'to_currency',
      'to_amount',
      'margin_amount',
      'rate_numerator',
      'rate_denominator',
      'rate_source',
      'rate_at',
      'created_at',
    ],
    purpose: 'The rate at which money in another currency came into your wallet.',
    readers: seenByMember,
    export: true,
  },
  {
    ...books,
    table: 'ledger.adjustment',
    columns: [
      'user_id',
      'id',
      'amount',
      'currency',
      'reason_code',
      'reason',
      'proposed_by',
      'proposed_at',
      'decided_by',
      'decided_at',
      'state',
    ],
    purpose: 'Corrections of your wallet by staff: why, and who decided.',
    readers: seenByStaff,
    export: true,
  },
  {
    ...books,
    table: 'ledger.memo',
    columns: ['id', 'user_id', 'kind', 'group_id', 'transfer_id', 'amount', 'created_at'],
    purpose: 'Remembering what a generation cost above what you were charged.',
    readers: seenByStaff,
    export: true,
  },
  {
    ...books,
    table: 'ledger.redemption',
    columns: ['user_id', 'code_id', 'id', 'created_at'],
    purpose: 'Giving the money of a code once.',
    readers: ['member', 'service'],
    export: true,
  },
];

export const personalData: PersonalData[] = [...accounts, ...transfers, ...events];

export const withoutPersonalData: WithoutPersonalData[] = [
  { table: 'ledger.promotion_code', why: 'Codes that anyone may redeem, as hashes.' },
  { table: 'ledger.shard_lease', why: 'Which process posts where.' },
  { table: 'ledger.seal', why: 'Checksums over all transfers.' },
  { table: 'ledger.anchor', why: 'Where checksums were carried to.' },
  { table: 'ledger.audit_mark', why: 'How far the books have been checked.' },
  { table: 'ledger.audited_account', why: 'Totals by account number at the last check.' },
];
