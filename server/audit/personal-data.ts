import type { PersonalData } from '#server/privacy/personal-data-kinds.ts';

export const personalData: PersonalData[] = [
  {
    table: 'audit.event',
    person: 'subject_id',
    columns: ['id', 'at', 'actor_id', 'role', 'action', 'subject_id', 'object', 'reason', 'request_id'],
    purpose: 'Proving who did what with your account, and finding misuse.',
    basis: 'legal',
    readers: ['member', 'auditor', 'service'],
    keep: { days: 2 * 365, after: 'the event' },
    onErasure: 'pseudonymise',
    export: true,
  },
  {
    table: 'audit.event',
    person: 'subject_id',
    columns: ['details_sealed'],
    purpose: 'Details of an event. They become unreadable when your key is destroyed.',
    basis: 'legal',
    readers: ['member', 'auditor', 'service'],
    keep: { days: 2 * 365, after: 'the event' },
    onErasure: 'pseudonymise',
    export: true,
    sealed: 'value',
  },
  {
    table: 'audit.event',
    person: 'subject_id',
    columns: ['row_hash', 'xid'],
    purpose: 'Proving that the log was not changed.',
    basis: 'legal',
    readers: ['member', 'auditor', 'service'],
    keep: { days: 2 * 365, after: 'the event' },
    onErasure: 'pseudonymise',
    export: { no: 'A checksum and a transaction number; they tell nothing about you.' },
  },
];
