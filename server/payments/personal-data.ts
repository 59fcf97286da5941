import type { PersonalData, WithoutPersonalData } from '#server/privacy/personal-data-kinds.ts';

const books = ['member', 'finance', 'auditor', 'service'] as const;

export const personalData: PersonalData[] = [
  {
    table: 'payments.top_up',
    columns: [
      'user_id',
      'id',
      'channel',
      'state',
      'amount_micro',
      'currency',
      'live',
      'session_id',
      'created_at',
      'expires_at',
      'settled_at',
    ],
    purpose: 'Taking payments into your wallet, and the books about them.',
    basis: 'legal',
    readers: books,
    keep: 'tax-date',
    onErasure: 'keep',
    export: true,
  },
  {
    table: 'payments.top_up',
    columns: ['card_brand', 'card_last4', 'checkout_url', 'return_to'],
    purpose: 'Showing you which card paid and leading you back afterwards.',
    basis: 'contract',
    readers: books,
    keep: 'account',
    onErasure: 'delete',
    export: true,
  },
  {
    table: 'payments.top_up',
    columns: ['request_key', 'refusal'],
    purpose: 'Asking the processor only once, and telling staff why money was not credited.',
    basis: 'legal',
    readers: books,
    keep: 'tax-date',
    onErasure: 'keep',
    export: { no: 'How we check payments: keys between us and the processor, and fraud checks.' },
  },
  {
    table: 'payments.money_in',
    columns: [
      'user_id',
      'id',
      'rail',
      'receipt',
      'top_up_id',
      'amount_micro',
      'currency',
      'live',
      'received_at',
    ],
    purpose: 'Crediting each payment once.',
    basis: 'legal',
    readers: books,
    keep: 'tax-date',
    onErasure: 'keep',
    export: true,
  },
];

export const withoutPersonalData: WithoutPersonalData[] = [
  {
    table: 'payments.webhook_inbox',
    why: 'Ids of notices of payment processors. What the notices say of a person is not kept.',
  },
];
