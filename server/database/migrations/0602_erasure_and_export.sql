-- A person's wish to be erased and how far it has come. The row stays as a tombstone: an id, dates, a country.
create table privacy.erasure (
  user_id uuid not null,
  id uuid not null,
  state text not null check (state in ('waiting', 'erasing', 'erased', 'cancelled')),
  asked_at timestamptz not null default now(),
  erase_at timestamptz not null,
  erased_at timestamptz,
  country text,
  -- Until when what the law keeps about this person is kept.
  keep_until timestamptz,
  primary key (user_id, id),
  check ((state = 'erased') = (erased_at is not null))
);
-- One at a time: a second wish finds the first.
create unique index erasure_open on privacy.erasure (user_id) where state <> 'cancelled';
create index erasure_due on privacy.erasure (erase_at) where state in ('waiting', 'erasing');
call mluen.protect('privacy.erasure');

-- Each step that was done, so that after a crash the erasure goes on where it stopped.
create table privacy.erasure_step (
  user_id uuid not null,
  erasure_id uuid not null,
  step text not null,
  -- Counts by table and the like: numbers, never content.
  found jsonb not null,
  done_at timestamptz not null default now(),
  primary key (user_id, erasure_id, step)
);
call mluen.protect('privacy.erasure_step');

-- The signed proof of an erasure. It names nobody: an id, dates, counts.
create table privacy.certificate (
  user_id uuid not null,
  -- The erasure's id. Whoever knows it may read the certificate: it is in the last mail.
  id uuid not null unique,
  body text not null,
  signature text not null,
  key_id text not null,
  created_at timestamptz not null default now(),
  primary key (user_id, id)
);
call mluen.protect('privacy.certificate');

-- The key that certificates are signed with; its secret half is sealed by the master key.
create table privacy.signing_key (
  id text primary key,
  public_key text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now()
);

-- Exports of a person's data; the ZIP lies sealed in the store under `id`.
create table privacy.export (
  user_id uuid not null,
  id uuid not null,
  state text not null default 'working' check (state in ('working', 'ready', 'expired', 'failed')),
  asked_at timestamptz not null default now(),
  bytes bigint check (bytes >= 0),
  ready_at timestamptz,
  expires_at timestamptz,
  primary key (user_id, id)
);
create index export_expiring on privacy.export (expires_at) where state = 'ready';
call mluen.protect('privacy.export');
