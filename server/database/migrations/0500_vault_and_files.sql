-- Content keys, one a member, wrapped by the master key. Destroying the row erases what was sealed with it.
create schema vault;
grant usage on schema vault to service;

create table vault.member_key (
  user_id uuid primary key,
  version integer not null default 1,
  wrapped bytea not null,
  created_at timestamptz not null default now()
);
call mluen.protect('vault.member_key');
grant select, insert, update, delete on vault.member_key to service;

-- Says whether the master key of this start is the one that wrapped the keys. One row.
create table vault.master_check (
  one boolean primary key default true check (one),
  check_value bytea not null
);
grant select, insert on vault.master_check to service;

create schema artifacts;
grant usage on schema artifacts to member, service;

-- A file that a person uploaded or a model made. The bytes lie sealed in the store under `id`.
create table artifacts.file (
  user_id uuid not null,
  id uuid not null,
  generation_id uuid,
  role text not null check (role in ('input', 'output')),
  media_type text not null,
  bytes bigint not null check (bytes >= 0),
  width integer,
  height integer,
  duration_ms bigint,
  name_sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (user_id, id)
);
create index file_by_generation on artifacts.file (user_id, generation_id);
call mluen.protect('artifacts.file');
grant select on artifacts.file to member;
grant select, insert, update, delete on artifacts.file to service;
