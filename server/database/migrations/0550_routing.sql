-- By which ways a generation was tried, what a member demands of the way, and whom a member has been told of.

-- Each try: route, provider, region, time, and what came of it.
alter table generations.generation add column tries jsonb not null default '[]';

-- The result was made and could not be fetched or kept.
alter table generations.generation drop constraint generation_ending_check;
alter table generations.generation add constraint generation_ending_check check (ending in ('rejected_content', 'bad_input',
  'rate_limited', 'overloaded', 'auth', 'timeout', 'unknown', 'cancelled', 'interrupted', 'cut', 'undelivered'));

-- No row: any region, and another way where the first takes nothing.
create table generations.routing_wish (
  user_id uuid primary key,
  region text check (region <> ''),
  fallback boolean not null,
  changed_at timestamptz not null default now()
);
call mluen.protect('generations.routing_wish');

-- Clause 5.3: what a provider publishes about itself was shown, and the member went on. Append-only.
create table generations.acknowledgement (
  user_id uuid not null,
  provider_id text not null,
  -- The day the facts were read, and a digest of them: other facts are shown anew.
  version text not null,
  -- At the first use in the studio, or with an API key, whose page lists every provider.
  via text not null check (via in ('first-use', 'api-key')),
  at timestamptz not null default now(),
  primary key (user_id, provider_id, version)
);
call mluen.protect('generations.acknowledgement');

-- Calls of /v1 that came with an Idempotency-Key, for a day.
create table generations.idempotency_key (
  user_id uuid not null,
  -- SHA-256 of API key and idempotency key.
  key_hash bytea not null,
  request_hash bytea not null,
  generation_id uuid not null,
  made_at timestamptz not null default now(),
  primary key (user_id, key_hash)
);
create index idempotency_key_made on generations.idempotency_key (made_at);
call mluen.protect('generations.idempotency_key');
