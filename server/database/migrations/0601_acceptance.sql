create schema privacy;
grant usage on schema privacy to member, identity, support, finance, operator, auditor, service;

-- Which version of which document a person accepted, when, and through which form (clause 0.1). Append-only.
create table privacy.acceptance (
  user_id uuid not null,
  document text not null check (document in ('terms', 'privacy')),
  version text not null,
  form text not null check (form in ('sign-up', 'google', 'banner')),
  accepted_at timestamptz not null default now(),
  primary key (user_id, document, version)
);
call mluen.protect('privacy.acceptance');
