-- A broken invariant stops posting in its currency until a person has looked at it and lifted the stop.
create table ledger.stop (
  id bigint generated always as identity primary key,
  currency text not null,
  -- What the auditor found: the invariant, and the first finding in words.
  invariant text not null,
  finding text not null,
  stopped_at timestamptz not null default clock_timestamp(),
  lifted_at timestamptz,
  lifted_by uuid,
  reason text check (length(reason) between 10 and 500),
  constraint lifted check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (reason is null))
);
create unique index stop_standing on ledger.stop (currency) where lifted_at is null;
grant select on ledger.stop to service, finance, auditor;
create trigger stops_stay before delete on ledger.stop for each row execute function ledger.refuse_change();
