-- Months that left for the archive, and what stays of them so that the rest can be proved:
-- docs/decisions/ledger-archive.md.

create table ledger.archive (
  -- Its first day.
  month date primary key check (extract(day from month) = 1),
  -- The sealed file in the artifact store: what it is called, its bytes there, and SHA-256 of its lines, signed.
  file_id uuid not null unique,
  bytes bigint not null,
  digest bytea not null,
  signature text not null,
  transfers bigint not null,
  -- Of the rows as they stood when the file was written.
  fingerprint numeric not null,
  state text not null default 'verified' check (state in ('verified', 'dropped')),
  verified_at timestamptz not null default clock_timestamp(),
  dropped_at timestamptz,
  constraint dropped_when check ((state = 'dropped') = (dropped_at is not null))
);
grant select on ledger.archive to member, service, finance, auditor;
grant insert on ledger.archive to service;

-- Opening balances: of an account the archived transfers whose versions follow each other without a gap, folded. The
-- posted balance before the first and after the last, and what they moved.
create table ledger.archived_run (
  user_id uuid not null,
  account_id bigint not null,
  month date not null references ledger.archive,
  from_version bigint not null,
  to_version bigint not null check (to_version >= from_version),
  before bigint not null,
  after bigint not null,
  debits_pending bigint not null,
  debits_posted bigint not null,
  credits_pending bigint not null,
  credits_posted bigint not null,
  -- When the last of them was posted.
  last_at timestamptz not null,
  primary key (user_id, account_id, from_version)
);
call mluen.protect('ledger.archived_run');
create policy staff_read on ledger.archived_run for select to finance, auditor using (true);
grant select on ledger.archived_run to member, service, finance, auditor;

-- Which leaves of a seal lie in a month's file: the seal's other leaves are the live rows.
create table ledger.archived_leaf (
  month date not null references ledger.archive,
  seal_number bigint not null references ledger.seal,
  positions int4multirange not null,
  primary key (month, seal_number)
);
grant select, insert on ledger.archived_leaf to service;
grant select on ledger.archived_leaf to finance, auditor;

create trigger run_only_append before update or delete on ledger.archived_run
  for each row execute function ledger.refuse_change();
-- A file that was written too early is written again; what a month left behind stays.
create function ledger.refuse_dropped() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if exists (select 1 from ledger.archive a where a.month = old.month and a.state = 'dropped') then
    raise exception '% of % is refused: its month has left', tg_op, tg_table_name using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger leaf_stays before update or delete on ledger.archived_leaf
  for each row execute function ledger.refuse_dropped();
create trigger archive_stays before update or delete on ledger.archive
  for each row execute function ledger.refuse_dropped();

-- An id of a dropped month finds no partition but the default one.
create function ledger.refuse_archived() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if exists (select 1 from ledger.archive a where a.state = 'dropped'
    and new.id >= ledger.lowest_id(a.month::timestamp at time zone 'UTC')
    and new.id < ledger.lowest_id((a.month + interval '1 month') at time zone 'UTC')) then
    raise exception 'transfer % belongs to a month that is archived: it was posted or refused then', new.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger refuse_archived before insert on ledger.transfer_default
  for each row execute function ledger.refuse_archived();
