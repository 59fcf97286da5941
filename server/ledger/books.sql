-- What the ledger's functions need beside the hot path of ledger.sql.

-- Keeps what moved no money and is worth an alarm: `late_shortfall` or `undelivered`. Once for a transfer's id.
create or replace function ledger.remember(kind text, member uuid, event uuid, transfer uuid, amount bigint) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into ledger.memo (user_id, kind, group_id, transfer_id, amount, created_at)
  values (member, remember.kind, event, transfer, remember.amount, clock_timestamp()) on conflict (transfer_id) do nothing;
$$;

revoke all on function ledger.remember(text, uuid, uuid, uuid, bigint) from public;
grant execute on function ledger.remember(text, uuid, uuid, uuid, bigint) to service;

-- Makes the partition of the month that holds `at`, unless it is there. Never of a month that left for the archive: an id
-- of it must meet the trigger of the default partition.
create or replace function ledger.make_partition(at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  -- Without a zone: a month added in local time may be an hour off.
  starts timestamp := date_trunc('month', at at time zone 'UTC');
  part text := 'transfer_' || to_char(starts, 'YYYY_MM');
begin
  if to_regclass('ledger.' || part) is not null
    or exists (select 1 from ledger.archive a where a.month = starts::date and a.state = 'dropped') then return false; end if;
  execute format('create table ledger.%I partition of ledger.transfer for values from (%L) to (%L)', part,
    ledger.lowest_id(starts at time zone 'UTC'), ledger.lowest_id((starts + interval '1 month') at time zone 'UTC'));
  execute format('alter table ledger.%I set (autovacuum_vacuum_insert_scale_factor = 0.1)', part);
  call ledger.finish_partition(('ledger.' || part)::regclass);
  return true;
end $$;
revoke all on function ledger.make_partition(timestamptz) from public;
grant execute on function ledger.make_partition(timestamptz) to service;

-- The ids of a month: from the first, below the second.
create or replace function ledger.first_id_of(month date) returns uuid language sql immutable set search_path = pg_catalog as $$
  select ledger.lowest_id(month::timestamp at time zone 'UTC');
$$;
create or replace function ledger.first_id_after(month date) returns uuid language sql immutable set search_path = pg_catalog as $$
  select ledger.lowest_id((month + interval '1 month') at time zone 'UTC');
$$;

-- How many rows a month has, and a sum of their hashes: whether it is still what was archived.
create or replace function ledger.month_fingerprint(month date, out transfers bigint, out fingerprint numeric)
language sql stable set search_path = pg_catalog set timezone = 'UTC' set datestyle = 'ISO' as $$
  select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) from ledger.transfer t
  where t.id >= ledger.first_id_of(month) and t.id < ledger.first_id_after(month);
$$;

-- A month's transfers folded by account, a row for each run of versions without a gap.
create or replace function ledger.runs_of_month(month date)
returns table (user_id uuid, account_id bigint, from_version bigint, to_version bigint, before bigint, after bigint,
  debits_pending bigint, debits_posted bigint, credits_pending bigint, credits_posted bigint, last_at timestamptz)
language sql stable set search_path = pg_catalog as $$
  with side as (
    select x.account, x.version, x.after_it, x.sign, t.created_at,
      -- A generation's hold is pending on its wallet alone.
      case when x.sign = 1 and coalesce(p.code, t.code) in ('hold', 'cap_hold') or t.kind = 'single' then 0 when t.kind = 'pending' then t.amount
        else -p.amount end as pend,
      case when t.kind in ('single', 'post') then t.amount else 0 end as posted
    from ledger.transfer t left join ledger.transfer p on p.id = t.pending_id
    cross join lateral (values (t.debit_account, t.debit_version, t.debit_after, -1), (t.credit_account, t.credit_version, t.credit_after, 1))
      x (account, version, after_it, sign)
    where t.id >= ledger.first_id_of(month) and t.id < ledger.first_id_after(month) and x.version > 0
  ), island as (
    select s.*, s.version - row_number() over (partition by s.account order by s.version) as nth from side s
  )
  select a.user_id, i.account, min(i.version), max(i.version),
    (array_agg(i.after_it - i.sign * i.posted order by i.version))[1], (array_agg(i.after_it order by i.version desc))[1],
    coalesce(sum(i.pend) filter (where i.sign = -1), 0)::bigint, coalesce(sum(i.posted) filter (where i.sign = -1), 0)::bigint,
    coalesce(sum(i.pend) filter (where i.sign = 1), 0)::bigint, coalesce(sum(i.posted) filter (where i.sign = 1), 0)::bigint,
    max(i.created_at)
  from island i join ledger.account a on a.id = i.account group by a.user_id, i.account, i.nth;
$$;

-- Why a month may not leave yet; null when it may.
create or replace function ledger.month_stays(which date) returns text
language plpgsql stable set search_path = pg_catalog as $$
declare
  part text := 'transfer_' || to_char(which, 'YYYY_MM');
  anchored pg_snapshot;
  audited pg_snapshot;
begin
  if exists (select 1 from ledger.archive a where a.month = which and a.state = 'dropped') then return 'dropped_before'; end if;
  if to_regclass('ledger.' || part) is null then return 'no_such_month'; end if;
  if (which + interval '1 month') at time zone 'UTC' > now() - interval '24 months' then return 'too_young'; end if;
  if exists (select 1 from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'ledger.transfer'::regclass and c.relname ~ '^transfer_\d{4}_\d{2}$' and c.relname < part) then return 'not_the_oldest'; end if;
  if exists (select 1 from ledger.hold h where h.transfer_id >= ledger.first_id_of(which) and h.transfer_id < ledger.first_id_after(which)) then
    return 'held'; end if;
  select s.snapshot into anchored from ledger.anchor n join ledger.seal s on s.number = n.seal_number order by n.seal_number desc limit 1;
  select m.snapshot into audited from ledger.audit_mark m order by m.id desc limit 1;
  if anchored is null or exists (select 1 from ledger.transfer t where t.id >= ledger.first_id_of(which) and t.id < ledger.first_id_after(which)
    and not pg_visible_in_snapshot(t.xid, anchored)) then return 'not_anchored'; end if;
  if audited is null or exists (select 1 from ledger.transfer t where t.id >= ledger.first_id_of(which) and t.id < ledger.first_id_after(which)
    and not pg_visible_in_snapshot(t.xid, audited)) then return 'not_audited'; end if;
  return null;
end $$;

-- Forgets a file that was written before its month could leave.
create or replace function ledger.forget_archive(which date) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from ledger.archived_leaf l where l.month = which;
  delete from ledger.archive a where a.month = which;
$$;

-- Removes a month whose archive was verified, and keeps its opening balances, in one transaction. Answers why not, or
-- null. It is the one way in which rows leave: no role may drop or detach, and this asks for all that makes it safe.
create or replace function ledger.drop_month(which date) returns text
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '5s' as $$
declare
  part text := 'transfer_' || to_char(which, 'YYYY_MM');
  why text;
  kept record;
  now_there record;
begin
  -- Neither the auditor nor the sealer may be half-way through.
  lock table ledger.audited_account in share row exclusive mode;
  perform pg_advisory_xact_lock(7254012);
  select a.transfers, a.fingerprint into kept from ledger.archive a where a.month = which for update;
  if not found then return 'not_archived'; end if;
  why := ledger.month_stays(which);
  if why is not null then return why; end if;
  select f.transfers, f.fingerprint into now_there from ledger.month_fingerprint(which) f;
  if (now_there.transfers, now_there.fingerprint) is distinct from (kept.transfers, kept.fingerprint) then return 'changed'; end if;

  insert into ledger.archived_run (user_id, account_id, month, from_version, to_version, before, after, debits_pending, debits_posted,
    credits_pending, credits_posted, last_at)
  select r.user_id, r.account_id, which, r.from_version, r.to_version, r.before, r.after, r.debits_pending, r.debits_posted,
    r.credits_pending, r.credits_posted, r.last_at
  from ledger.runs_of_month(which) r;
  execute format('alter table ledger.transfer detach partition ledger.%I', part);
  execute format('drop table ledger.%I', part);
  update ledger.archive a set state = 'dropped', dropped_at = clock_timestamp() where a.month = which;
  return null;
end $$;
revoke all on function ledger.first_id_of(date), ledger.first_id_after(date), ledger.month_fingerprint(date),
  ledger.runs_of_month(date), ledger.month_stays(date), ledger.forget_archive(date), ledger.drop_month(date) from public;
grant execute on function ledger.lowest_id(timestamptz), ledger.first_id_of(date), ledger.first_id_after(date), ledger.month_fingerprint(date),
  ledger.runs_of_month(date), ledger.month_stays(date), ledger.forget_archive(date), ledger.drop_month(date) to service;
