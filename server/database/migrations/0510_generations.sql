create schema generations;
grant usage on schema generations to member, support, finance, auditor, service;

-- One generation: asked, held, sent, delivered, charged. Prompts and answers lie sealed in segment files; here are
-- their addresses. The rows of a month lie together, since the id begins with the time.
create table generations.generation (
  user_id uuid not null,
  id uuid not null,
  source text not null check (source in ('studio', 'api')),
  api_key_id uuid,
  model_id text not null,
  kind text not null check (kind in ('text', 'image', 'video', 'speech', 'transcription', 'sound', 'music')),
  provider_id text not null,
  route_id text not null,
  price_version text not null,
  state text not null check (state in ('held', 'dispatched', 'running', 'delivering', 'settled', 'released', 'cancelled', 'unknown')),
  held_micro bigint not null check (held_micro >= 0),
  charged_micro bigint not null default 0 check (charged_micro >= 0 and charged_micro <= held_micro),
  -- What the provider charges us; not shown to members.
  cost_micro bigint not null default 0 check (cost_micro >= 0),
  request_hash bytea not null,
  title_sealed bytea,
  ask_body text,
  answer_body text,
  file_ids uuid[] not null default '{}',
  units jsonb,
  counted_by text check (counted_by in ('provider', 'estimated')),
  ending text check (ending in ('rejected_content', 'bad_input', 'rate_limited', 'overloaded', 'auth', 'timeout', 'unknown', 'cancelled', 'interrupted', 'cut')),
  task jsonb,
  progress_permille integer check (progress_permille between 0 and 1000),
  sent_to jsonb not null default '[]',
  outputs jsonb not null default '[]',
  cancel_asked boolean not null default false,
  held_until timestamptz,
  finished_at timestamptz,
  primary key (user_id, id)
) partition by range (id);
alter table generations.generation alter column title_sealed set storage external;

-- Partitions by month, made ahead by a job; this one catches what they do not cover.
create table generations.generation_other partition of generations.generation default with (fillfactor = 70);
call mluen.protect('generations.generation');

-- The partition of the month of `at`; false when it is there. Made by a job, before its first row.
create function generations.make_partition(at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  month timestamp := date_trunc('month', at at time zone 'UTC');
  part text := 'generation_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('generations.' || part) is not null then return false; end if;
  execute format('create table generations.%I partition of generations.generation for values from (%L) to (%L) with (fillfactor = 70)', part,
    ledger.lowest_id(month at time zone 'UTC'), ledger.lowest_id((month + interval '1 month') at time zone 'UTC'));
  return true;
end $$;
revoke all on function generations.make_partition(timestamptz) from public;
grant execute on function generations.make_partition(timestamptz) to service;
select generations.make_partition(now() + n * interval '1 month') from generate_series(-1, 3) n;
