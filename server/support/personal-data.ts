import type { PersonalData } from '#server/privacy/personal-data-kinds.ts';

const ticket = {
  table: 'support.ticket',
  purpose: 'Answering what you wrote to us.',
  basis: 'contract',
  keep: { days: 730, after: 'it was closed' },
  onErasure: 'delete',
} as const;

const message = {
  table: 'support.message',
  purpose: 'Answering what you wrote to us.',
  basis: 'contract',
  keep: { days: 730, after: 'it was closed' },
} as const;

const request = {
  table: 'support.rights_request',
  purpose: 'Answering your request about your data in the time of the law, and proving that we did.',
  basis: 'legal',
  keep: { days: 3 * 365, after: 'it was answered' },
  onErasure: 'pseudonymise',
} as const;

export const personalData: PersonalData[] = [
  {
    ...ticket,
    columns: ['user_id', 'id', 'topic', 'state', 'opened_at', 'waiting_since', 'closed_at'],
    readers: ['member', 'support', 'service'],
    export: true,
  },
  { ...ticket, columns: ['is_member'], readers: ['support', 'service'], export: true },
  {
    ...ticket,
    columns: ['assigned_to'],
    readers: ['support', 'service'],
    export: { no: 'It is about one of our staff: who looks after it.' },
  },
  {
    ...ticket,
    columns: ['address_sealed', 'reported_sealed'],
    readers: ['service'],
    onErasure: 'shred',
    export: true,
    sealed: 'value',
  },
  {
    ...message,
    columns: ['user_id', 'id', 'ticket_id', 'author', 'file_ids', 'at'],
    readers: ['member', 'support', 'service'],
    onErasure: 'delete',
    export: true,
  },
  {
    ...message,
    columns: ['text_sealed'],
    readers: ['member', 'service'],
    onErasure: 'shred',
    export: true,
    sealed: 'value',
  },
  {
    ...message,
    columns: ['staff_id'],
    readers: ['support', 'service'],
    onErasure: 'delete',
    export: { no: 'It is about one of our staff: who answered.' },
  },
  {
    ...request,
    columns: [
      'user_id',
      'id',
      'ticket_id',
      'kind',
      'country',
      'regime',
      'received_at',
      'due_at',
      'extended_from',
      'extension_reason',
      'proven_at',
      'outcome',
      'outcome_reason',
      'closed_at',
    ],
    readers: ['member', 'support', 'auditor', 'service'],
    export: true,
  },
  {
    ...request,
    columns: ['alarm'],
    readers: ['support', 'auditor', 'service'],
    export: { no: 'Whether we reminded ourselves.' },
  },
  {
    table: 'support.child_report',
    columns: [
      'user_id',
      'id',
      'ticket_id',
      'suspended_at',
      'lifted_at',
      'refund_micro',
      'erasure_asked_at',
      'refund_reference',
      'refunded_at',
    ],
    purpose: 'Removing an account that is a child’s, paying back what is in it, and proving that we did.',
    basis: 'legal',
    readers: ['support', 'finance', 'auditor', 'service'],
    keep: { days: 3 * 365, after: 'the erasure' },
    onErasure: 'pseudonymise',
    export: true,
  },
];
