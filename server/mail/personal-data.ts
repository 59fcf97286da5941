import type { PersonalData } from '#server/privacy/personal-data-kinds.ts';

const outbox = {
  table: 'mail.outbox',
  person: 'person_id',
  basis: 'contract',
  keep: { days: 30, after: 'sending' },
  onErasure: 'delete',
} as const;

export const personalData: PersonalData[] = [
  {
    ...outbox,
    columns: ['id', 'kind', 'recipient', 'subject', 'state', 'queued_at', 'sent_at'],
    purpose: 'Sending you codes, receipts and notices.',
    readers: ['operator', 'service'],
    export: true,
  },
  {
    ...outbox,
    columns: ['body_text', 'attempts', 'last_error'],
    purpose: 'Sending a mail again when the mail server was not there.',
    readers: ['operator', 'service'],
    export: { no: 'It is in your mailbox; the text may hold a code that is still good.' },
  },
  {
    ...outbox,
    columns: ['person_id', 'body_html', 'list_unsubscribe'],
    purpose: 'Sending a mail again when the mail server was not there.',
    readers: ['service'],
    export: { no: 'It is in your mailbox; the text may hold a code that is still good.' },
  },
];
