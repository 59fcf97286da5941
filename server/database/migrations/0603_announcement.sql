-- Whom we have written to about a material change of terms or policy (clause 13.1): each person once a version.
create table privacy.announcement (
  user_id uuid not null,
  document text not null check (document in ('terms', 'privacy')),
  version text not null,
  mailed_at timestamptz not null default now(),
  primary key (user_id, document, version)
);
call mluen.protect('privacy.announcement');
