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
      'created_at',
    ],
    onErasure: 'delete',
    export: true,
  },
  { ...file, columns: ['name_sealed'], onErasure: 'shred', export: true, sealed: 'value' },
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
