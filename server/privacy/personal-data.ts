import type { PersonalData, WithoutPersonalData } from './personal-data-kinds.ts';

const proof = ['member', 'auditor', 'service'] as const;

const erasure = {
  table: 'privacy.erasure',
  purpose: 'Carrying out and proving your wish to be erased.',
  basis: 'legal',
  keep: { days: 3 * 365, after: 'erasure' },
  onErasure: 'pseudonymise',
  export: true,
} as const;

export const personalData: PersonalData[] = [
  {
    table: 'privacy.acceptance',
    columns: ['user_id', 'document', 'version', 'form', 'accepted_at'],
    purpose: 'Proof of what you agreed to.',
    basis: 'legal',
    readers: ['member', 'identity', 'auditor', 'service'],
    keep: { days: 3 * 365, after: 'the end of the account' },
    onErasure: 'pseudonymise',
    export: true,
  },
  {
    ...erasure,
    columns: ['user_id', 'state'],
    readers: ['member', 'identity', 'support', 'auditor', 'service'],
  },
  {
    ...erasure,
    columns: ['id', 'asked_at', 'erase_at', 'erased_at', 'country', 'keep_until'],
    readers: ['member', 'identity', 'auditor', 'service'],
  },
  {
    table: 'privacy.erasure_step',
    columns: ['user_id', 'erasure_id', 'step', 'found', 'done_at'],
    purpose: 'Going on with an erasure that was interrupted.',
    basis: 'legal',
    readers: ['auditor', 'service'],
    keep: { days: 3 * 365, after: 'erasure' },
    onErasure: 'pseudonymise',
    export: { no: 'It exists only while and after the account is erased; the certificate tells it.' },
  },
  {
    table: 'privacy.certificate',
    columns: ['user_id', 'id', 'body', 'signature', 'key_id', 'created_at'],
    purpose: 'Proving that you were erased.',
    basis: 'legal',
    readers: proof,
    keep: { days: 3 * 365, after: 'erasure' },
    onErasure: 'pseudonymise',
    export: { no: 'It is made after the account is gone and is sent by e-mail.' },
  },
  {
    table: 'privacy.announcement',
    columns: ['user_id', 'document', 'version', 'mailed_at'],
    purpose: 'Telling you of a change of terms or policy once.',
    basis: 'legal',
    readers: ['auditor', 'service'],
    keep: 'account',
    onErasure: 'delete',
    export: true,
  },
  {
    table: 'privacy.restriction',
    columns: ['user_id', 'id', 'cause', 'since', 'lifted_at'],
    purpose: 'Processing nothing of yours while you do not want it, and proving that.',
    basis: 'legal',
    readers: ['member', 'identity', 'auditor', 'service'],
    keep: { days: 3 * 365, after: 'the end of the account' },
    onErasure: 'pseudonymise',
    export: true,
  },
  {
    table: 'privacy.objection',
    columns: ['user_id', 'id', 'purpose', 'since', 'withdrawn_at'],
    purpose: 'Leaving out of our own interests whoever objected to them, and proving that.',
    basis: 'legal',
    readers: ['member', 'auditor', 'service'],
    keep: { days: 3 * 365, after: 'the end of the account' },
    onErasure: 'pseudonymise',
    export: true,
  },
  {
    table: 'privacy.export',
    columns: ['user_id', 'id', 'state', 'asked_at', 'bytes', 'ready_at', 'expires_at'],
    purpose: 'Making the export that you asked for.',
    basis: 'legal',
    readers: ['member', 'service'],
    keep: 'account',
    onErasure: 'delete',
    export: true,
  },
];

export const withoutPersonalData: WithoutPersonalData[] = [
  { table: 'privacy.subprocessor', why: 'Companies that work for us: published for everyone.' },
  { table: 'privacy.signing_key', why: 'The key that certificates are signed with.' },
  { table: 'mluen.migration', why: 'Which migrations have run.' },
  { table: 'mluen.module_sql', why: 'Which SQL of the modules has run.' },
  { table: 'mluen.proof_secret', why: 'One secret that members’ transactions are proved with.' },
  { table: 'jobs.migrations', why: 'Which migrations of the job queue have run.' },
  { table: 'jobs._private_job_queues', why: 'Names of queues.' },
  { table: 'jobs._private_known_crontabs', why: 'When repeated jobs ran last.' },
  { table: 'jobs._private_tasks', why: 'Names of kinds of jobs.' },
  {
    table: 'jobs._private_jobs',
    why: 'Work that waits. Payloads hold random ids only; an erasure removes those of the person.',
  },
];
