-- What was read of a file's own content when it came in, so that limits and prices know it before anything is sent.
alter table artifacts.file
  add column frames_per_second double precision check (frames_per_second > 0),
  add column pages integer check (pages >= 0),
  add column text_bytes bigint check (text_bytes >= 0);

-- Who fetched a file of a generation by its temporary address, and how much: the receipt of what left that way.
create table artifacts.file_fetch (
  user_id uuid not null,
  generation_id uuid not null,
  file_id uuid not null,
  host text not null,
  provider_id text not null,
  route_id text not null,
  times integer not null default 1 check (times > 0),
  bytes bigint not null check (bytes >= 0),
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  primary key (user_id, generation_id, file_id, host)
);
call mluen.protect('artifacts.file_fetch');
grant select on artifacts.file_fetch to member;
grant select, insert, update, delete on artifacts.file_fetch to service;
