import type { PersonalData, WithoutPersonalData } from '#server/privacy/personal-data-kinds.ts';

const file = {
  table: 'artifacts.file',
  purpose: 'Keeping the files that you upload and the pictures, films and sounds that are made for you.',
  basis: 'contract',
  readers: ['member', 'service'],
  keep: 'until-removed',
} as const;

export const personalData: PersonalData[] = [
  {
    ...file,
    columns: [
      'user_id',
      'id',
      'generation_id',
      'role',
      'media_type',
      'bytes',
      'width',
      'height',
      'duration_ms',
      'frames_per_second',
      'pages',
      'text_bytes',
      'used',
      'created_at',
    ],
    onErasure: 'delete',
    export: true,
  },
  { ...file, columns: ['name_sealed'], onErasure: 'shred', export: true, sealed: 'value' },
  {
    table: 'artifacts.file_fetch',
    columns: [
      'user_id',
      'generation_id',
      'file_id',
      'host',
      'provider_id',
      'route_id',
      'times',
      'bytes',
      'first_at',
      'last_at',
    ],
    purpose: 'Telling you when a provider fetched a file of yours, from where, and how much of it.',
    basis: 'contract',
    readers: ['member', 'service'],
    keep: 'until-removed',
    onErasure: 'delete',
    export: true,
  },
  {
    table: 'vault.member_key',
    columns: ['user_id', 'version', 'wrapped', 'created_at'],
    purpose:
      'The key that everything you send and receive is sealed with. Destroying it destroys all of that.',
    basis: 'contract',
    readers: ['service'],
    keep: 'account',
    onErasure: 'delete',
    export: { no: 'A secret: the export itself is what it opens.' },
  },
];

export const withoutPersonalData: WithoutPersonalData[] = [
  { table: 'vault.master_check', why: 'Tells whether the master key is the right one.' },
];
