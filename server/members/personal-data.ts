import type { PersonalData, WithoutPersonalData } from '#server/privacy/personal-data-kinds.ts';

const member = {
  table: 'identity.member',
  person: 'id',
  basis: 'contract',
  keep: 'account',
  onErasure: 'delete',
} as const;

const signIn = {
  table: 'identity.sign_in',
  purpose: 'Signing you in.',
  basis: 'contract',
  keep: 'until-removed',
  onErasure: 'delete',
} as const;

const session = {
  table: 'identity.session',
  purpose: 'Keeping you signed in, and showing you where you are signed in.',
  basis: 'contract',
  keep: { days: 30, after: 'expiry' },
  onErasure: 'delete',
} as const;

const apiKey = {
  table: 'identity.api_key',
  purpose: 'Letting your programs work in your name.',
  basis: 'contract',
  keep: 'account',
  onErasure: 'delete',
} as const;

const account: PersonalData[] = [
  {
    ...member,
    columns: ['id', 'email_verified', 'display_name', 'country', 'role', 'created_at'],
    purpose: 'Your account: who you are to us, and which laws and limits apply.',
    readers: ['member', 'identity', 'support', 'service'],
    export: true,
  },
  {
    ...member,
    columns: ['staff_roles'],
    purpose: 'Deciding what someone who works for us may see and do.',
    readers: ['identity', 'support', 'service'],
    export: true,
  },
  {
    ...member,
    columns: ['email', 'phone', 'locale'],
    purpose: 'Reaching you: codes, receipts, notices, in your language.',
    readers: ['member', 'identity', 'service'],
    export: true,
  },
  {
    ...member,
    columns: ['email_masked'],
    purpose: 'Showing staff which account they look at, without your address.',
    readers: ['identity', 'support', 'service'],
    export: { no: 'It is made from your address, which is there whole.' },
  },
  {
    ...member,
    columns: ['updated_at'],
    purpose: 'Removing sign-ups that nobody confirmed.',
    readers: ['identity', 'service'],
    export: true,
  },
];

const waysIn: PersonalData[] = [
  {
    ...signIn,
    columns: ['user_id', 'id', 'provider', 'subject', 'created_at', 'updated_at'],
    readers: ['identity', 'service'],
    export: true,
  },
  {
    ...signIn,
    columns: ['password_hash'],
    readers: ['identity'],
    export: { no: 'A secret: whoever has it can try to guess your password.' },
  },
  {
    ...session,
    columns: ['user_id', 'id', 'expires_at', 'created_at', 'updated_at'],
    readers: ['identity', 'service'],
    export: true,
  },
  {
    ...session,
    columns: ['ip', 'user_agent'],
    purpose: 'Telling a sign-in of yours from one of somebody else, by its network address and browser.',
    basis: 'legitimate',
    objection: 'sign-in-traces',
    readers: ['identity', 'service'],
    export: true,
  },
  {
    ...session,
    columns: ['token_hash'],
    readers: ['identity'],
    export: { no: 'A secret of your sign-in.' },
  },
  {
    ...apiKey,
    columns: ['user_id', 'id', 'name', 'prefix', 'created_at', 'last_used_at', 'expires_at', 'revoked_at'],
    readers: ['member', 'identity', 'service'],
    export: true,
  },
  {
    ...apiKey,
    columns: ['secret_hash'],
    readers: ['identity'],
    export: { no: 'A secret of your key.' },
  },
];

const proofs: PersonalData[] = [
  {
    table: 'identity.age_check',
    columns: ['user_id', 'country', 'threshold', 'passed_at'],
    purpose: 'Proving that the age question was asked. Your birth date is not kept.',
    basis: 'legal',
    readers: ['member', 'identity', 'auditor', 'service'],
    keep: 'account',
    onErasure: 'delete',
    export: true,
  },
  {
    table: 'identity.consent',
    columns: ['user_id', 'id', 'topic', 'step', 'form', 'at'],
    purpose: 'Knowing what you agreed to, and since when you do not.',
    basis: 'legal',
    readers: ['member', 'identity', 'auditor', 'service'],
    keep: { days: 3 * 365, after: 'the end of the account' },
    onErasure: 'pseudonymise',
    export: true,
  },
];

export const personalData: PersonalData[] = [...account, ...waysIn, ...proofs];

export const withoutPersonalData: WithoutPersonalData[] = [
  {
    table: 'identity.verification',
    why: 'Codes under way, for some minutes. Addresses and codes are there only as hashes with our secret.',
  },
  {
    table: 'identity.age_refusal',
    why: 'How often the age question was answered with too young: a number by country and day.',
  },
];
