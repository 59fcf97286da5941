-- The ledger's tables. Functions, policies and grants stand in server/ledger/ledger.sql.
-- An account of the platform belongs to nobody: its user_id is the nil UUID, which no member can have.

create schema ledger;
grant usage on schema ledger to member, service, finance, auditor, operator, support;

-- Members' accounts count from 1, the platform's from 10^15: locks are taken in ascending id, so the accounts that
-- everybody shares are locked last and held shortest.
create sequence ledger.member_account_id;
create sequence ledger.platform_account_id start 1000000000000000;
-- Taken after the accounts are locked: per account, seq order is commit order.
create sequence ledger.transfer_seq;

create table ledger.account (
  id bigint primary key,
  user_id uuid not null,
  code smallint not null,
  currency text not null,
  -- Tells accounts of one code apart: the provider of 1100, the till of 1200, the grant of 2110.
  label text not null default '',
  -- Hot platform accounts are split; each posting process leases one shard.
  shard smallint not null default 0,
  -- Promotional buckets end; null never ends.
  expires_at timestamptz,
  no_overdraft boolean not null,
  -- Spending is stopped (a dispute, a debt); money in, refunds and settlements still work.
  frozen boolean not null default false,
  closed boolean not null default false,
  -- On a cash wallet: the member has promotional buckets, which are spent first.
  promo boolean not null default false,
  debits_pending bigint not null default 0,
  debits_posted bigint not null default 0,
  credits_pending bigint not null default 0,
  credits_posted bigint not null default 0,
  -- The number of transfers that touch the account.
  version bigint not null default 0,
  created_at timestamptz not null default now(),
  unique (user_id, code, currency, label, shard),
  -- Few constraints and short ones: PostgreSQL reads each anew for every statement, and a lone hold waits for it.
  -- I3. No total is below zero.
  constraint totals_not_negative check (least(debits_pending, debits_posted, credits_pending, credits_posted, version) >= 0),
  -- I2. What is spent and held never passes what came in.
  constraint no_overdraft check (not no_overdraft or debits_pending + debits_posted <= credits_posted)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create table ledger.transfer (
  id uuid not null,
  user_id uuid not null,
  seq bigint not null default nextval('ledger.transfer_seq'),
  kind text not null,
  -- Why: see server/ledger/chart.ts.
  code text not null,
  debit_account bigint not null,
  credit_account bigint not null,
  -- Of a void: what was released.
  amount bigint not null,
  currency text not null,
  pending_id uuid,
  -- The business event: the generation, the top-up, the dispute.
  group_id uuid not null,
  debit_version bigint not null,
  credit_version bigint not null,
  -- Posted credits less posted debits of both accounts after this transfer.
  debit_after bigint not null,
  credit_after bigint not null,
  request_hash bytea not null,
  actor uuid,
  reason text,
  created_at timestamptz not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (id),
  -- Only these two, for the reason given above: nobody may insert but the functions, which keep the rest, and the auditor
  -- looks at it. A resolution's id carries the time of what it resolves, hence lies in the same partition, where
  -- pending_id is unique (I6).
  constraint two_accounts check (debit_account <> credit_account),
  constraint amount_not_negative check (amount >= 0)
) partition by range (id);

-- Everything a member sees is read by this index, in the order in which it happened.
create index transfer_of_member on ledger.transfer (user_id, seq desc)
  where user_id <> '00000000-0000-0000-0000-000000000000';
-- The events of a top-up, refund or dispute. The many rows of generations are found by their derived ids instead.
create index transfer_of_group on ledger.transfer (group_id) where code not in ('hold', 'capture', 'release');
create index transfer_by_seq on ledger.transfer using brin (seq) with (pages_per_range = 16, autosummarize = on);

-- An open pending transfer, leg by leg: an index over transfers, deleted when it is resolved.
create table ledger.hold (
  hold_id uuid not null,
  leg smallint not null,
  user_id uuid not null,
  -- The pending transfer of this leg; of leg 0 it is the hold's own id.
  transfer_id uuid not null,
  debit_account bigint not null,
  credit_account bigint not null,
  amount bigint not null check (amount >= 0),
  currency text not null,
  code text not null,
  group_id uuid not null,
  -- Null: resolved by its flow alone (refunds, disputes), never by the reaper.
  lease_until timestamptz,
  deadline timestamptz,
  created_at timestamptz not null,
  primary key (hold_id, leg)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- What was worth an alarm and moved no money: a capture above its hold, a late capture that could not be charged.
create table ledger.memo (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  kind text not null check (kind in ('exceeds', 'late_shortfall')),
  group_id uuid not null,
  transfer_id uuid not null unique,
  amount bigint not null check (amount > 0),
  created_at timestamptz not null
);

-- Buckets that end, for the sweeper. None of these columns changes while money moves, so updates stay within the page.
create index account_ending on ledger.account (expires_at) where code = 2110 and not closed;

-- Who posts on which shard of the hot platform accounts.
create table ledger.shard_lease (
  shard smallint primary key,
  holder uuid not null,
  lease_until timestamptz not null
);

call mluen.protect('ledger.account');
call mluen.protect('ledger.transfer');
call mluen.protect('ledger.hold');
call mluen.protect('ledger.memo');

-- I9. Not even the owner changes a posted row; a correction is a new transfer.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: the ledger only appends', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger only_append before update or delete on ledger.transfer
  for each row execute function ledger.refuse_change();
create trigger no_truncate before truncate on ledger.transfer
  for each statement execute function ledger.refuse_change();
create trigger memo_only_append before update or delete on ledger.memo
  for each row execute function ledger.refuse_change();

-- I3. Only statements that name these columns fire it: a hold does not.
create trigger totals_only_grow before update of debits_posted, credits_posted on ledger.account for each row
  when (new.debits_posted < old.debits_posted or new.credits_posted < old.credits_posted)
  execute function ledger.refuse_change();
create trigger identity_stays before update of id, user_id, code, currency, label, shard on ledger.account for each row
  execute function ledger.refuse_change();
create function ledger.check_currency() returns trigger language plpgsql as $$
begin
  if new.currency !~ '^[A-Z]{3}$' then raise exception 'not a currency: %', new.currency using errcode = 'check_violation'; end if;
  return new;
end $$;
create trigger known_currency before insert on ledger.account for each row execute function ledger.check_currency();
create trigger accounts_stay before delete on ledger.account for each row execute function ledger.refuse_change();
create trigger accounts_stay_all before truncate on ledger.account for each statement execute function ledger.refuse_change();

-- The lowest UUIDv7 of a moment: partitions are cut at these.
create function ledger.lowest_id(at timestamptz) returns uuid language sql immutable set search_path = pg_catalog as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
$$;

-- I6. Indexes and triggers that a partition does not inherit.
create procedure ledger.finish_partition(part regclass) language plpgsql as $$
declare
  short text := (select relname from pg_class where oid = part);
begin
  execute format('create unique index %I on %s (pending_id) where pending_id is not null', short || '_resolved_once', part);
  execute format('create trigger no_truncate before truncate on %s for each statement execute function ledger.refuse_change()', part);
end $$;

-- Makes the partition of the month that holds `at`, unless it is there.
create function ledger.make_partition(at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  -- Without a zone: a month added in local time may be an hour off.
  month timestamp := date_trunc('month', at at time zone 'UTC');
  part text := 'transfer_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('ledger.' || part) is not null then return false; end if;
  execute format('create table ledger.%I partition of ledger.transfer for values from (%L) to (%L)', part,
    ledger.lowest_id(month at time zone 'UTC'), ledger.lowest_id((month + interval '1 month') at time zone 'UTC'));
  execute format('alter table ledger.%I set (autovacuum_vacuum_insert_scale_factor = 0.1)', part);
  call ledger.finish_partition(('ledger.' || part)::regclass);
  return true;
end $$;
revoke all on function ledger.make_partition(timestamptz) from public;
grant execute on function ledger.make_partition(timestamptz) to service;

create table ledger.transfer_default partition of ledger.transfer default;
call ledger.finish_partition('ledger.transfer_default');
select ledger.make_partition(now() + n * interval '1 month') from generate_series(-1, 3) n;
