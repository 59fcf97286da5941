-- The ledger's functions, policies and grants. Money moves only through them, all locks are taken in one order.
--
-- A hold of a generation is one-sided: it reserves on the wallet and only names the account that it will be earned on,
-- whose totals change at the capture. Such rows have credit_version 0 (docs/decisions/ledger-hot-path.md).
-- Stops and spend caps are set in stops-and-caps.sql.
-- Functions that others may call pin the search path; the helpers inherit it, since nobody but those may call them.
-- Statuses of one item (server/ledger/transfer.ts names them too):
--   0 ok · 1 replay: this id was posted before with the same content · 2 mismatch: with other content
--   3 insufficient · 4 closed · 5 not_found · 6 not_pending: resolved before, or not by this
--   7 exceeds: a capture above its hold; the hold was posted in full and the rest stands in ledger.memo
--   8 currency · 9 frozen · 10 invalid · 11 linked: another item of its linked group was refused
--   12 stopped: the auditor stopped this currency · 13 capped: a spend cap leaves less

grant select on ledger.account, ledger.transfer, ledger.hold to member, service, finance, auditor;
grant select on ledger.memo to service, finance, auditor;
grant select on ledger.shard_lease to service;
grant select on sequence ledger.transfer_seq to service; -- the auditor and the sealer read how far it is

drop policy if exists staff_read on ledger.account;
create policy staff_read on ledger.account for select to finance, auditor using (true);
drop policy if exists staff_read on ledger.transfer;
create policy staff_read on ledger.transfer for select to finance, auditor using (true);
drop policy if exists staff_read on ledger.hold;
create policy staff_read on ledger.hold for select to finance, auditor using (true);
-- Its arguments became more.
drop function if exists ledger.settle_and_hold(uuid[], uuid[], bigint[], uuid[], bigint[], bigint[], int[], timestamptz[], uuid[], bytea[], bigint);
drop function if exists ledger.settle_and_hold_many(uuid[], uuid[], bigint[], uuid[], bigint[], bigint[], int[], timestamptz[], uuid[], bytea[], bigint);
drop function if exists ledger.hold_half(uuid[], bigint[], bigint[], int[], timestamptz[], uuid[], bytea[], bigint);
drop function if exists ledger.hold_carefully(uuid[], bigint[], bigint[], int[], timestamptz[], uuid[], bytea[], bigint);
drop function if exists ledger.hold_one(uuid, bigint, bigint, int, timestamptz, uuid, bytea, bigint);

drop policy if exists staff_read on ledger.memo;
create policy staff_read on ledger.memo for select to finance, auditor using (true);

-- An id that follows from another and keeps its time: `derivedId` of transfer.ts computes the same.
create or replace function ledger.derived_id(id uuid, purpose text) returns uuid
language sql immutable strict set search_path = pg_catalog as $$
  select encode(substr(uuid_send(id), 1, 6)
    || set_byte(set_byte(substr(h, 1, 10), 0, 112 | (get_byte(h, 0) & 15)), 2, 128 | (get_byte(h, 2) & 63)), 'hex')::uuid
  from (select sha256(uuid_send(id) || convert_to(purpose, 'UTF8')) h) hashed;
$$;

-- The id of a further leg of a transfer over several buckets; leg 0 has the transfer's own.
create or replace function ledger.leg_id(id uuid, leg int) returns uuid
language sql immutable strict set search_path = pg_catalog as $$
  select case leg when 0 then id else ledger.derived_id(id, 'leg:' || leg) end;
$$;

-- The account with these marks, made when it is missing. `owner` null: the platform.
create or replace function ledger.open_account(
  owner uuid, code int, currency text, label text, shard int, no_overdraft boolean, expires_at timestamptz
) returns bigint language plpgsql security definer set search_path = pg_catalog as $$
declare
  -- Not named as the columns are: `on conflict` takes the marks as they stand in the table.
  whose uuid := coalesce(owner, '00000000-0000-0000-0000-000000000000');
  found_id bigint;
begin
  loop
    select a.id into found_id from ledger.account a
    where a.user_id = whose and a.code = open_account.code and a.currency = open_account.currency
      and a.label = open_account.label and a.shard = open_account.shard;
    exit when found_id is not null;
    insert into ledger.account (id, user_id, code, currency, label, shard, no_overdraft, expires_at, frozen)
    values (case when owner is null then nextval('ledger.platform_account_id') else nextval('ledger.member_account_id') end,
      whose, open_account.code, open_account.currency, open_account.label, open_account.shard,
      open_account.no_overdraft, open_account.expires_at,
      owner is null and open_account.code = 3100 and ledger.is_stopped(open_account.currency))
    on conflict do nothing;
  end loop;
  if owner is not null and open_account.code = 2110 then
    update ledger.account a set promo = true
    where a.user_id = whose and a.code = 2100 and a.currency = open_account.currency and not a.promo;
  end if;
  return found_id;
end $$;

create or replace function ledger.set_frozen(wallet bigint, value boolean) returns void
language sql security definer set search_path = pg_catalog as $$
  update ledger.account set frozen = value where id = wallet and code = 2100 and frozen <> value;
$$;

create or replace function ledger.set_closed(which bigint, value boolean) returns void
language sql security definer set search_path = pg_catalog as $$
  update ledger.account set closed = value where id = which and closed <> value;
$$;

-- Locks accounts in the one order and tells what is available in each. Flows that decide on a balance begin here.
create or replace function ledger.lock_accounts(ids bigint[])
returns table (id bigint, available bigint, posted bigint, frozen boolean, closed boolean, version bigint)
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform 1 from ledger.account a where a.id = any (ids) order by a.id for no key update;
  -- A second statement: its snapshot is taken after the locks were granted.
  return query select a.id, a.credits_posted - a.debits_posted - a.debits_pending,
    a.credits_posted - a.debits_posted, a.frozen, a.closed, a.version
  from ledger.account a where a.id = any (ids) order by a.id;
end $$;

-- What a capture took, over all its legs. Only replays ask.
create or replace function ledger.taken_by(capture uuid) returns bigint
language plpgsql stable as $$
declare
  total bigint := 0;
  leg int := 0;
  found_kind text;
  found_code text;
  found_amount bigint;
begin
  loop
    select t.kind, t.code, t.amount into found_kind, found_code, found_amount from ledger.transfer t
    where t.id = ledger.leg_id(capture, leg);
    exit when found_kind is null;
    if found_kind = 'post' and found_code = 'capture' then total := total + found_amount; end if;
    leg := leg + 1;
  end loop;
  return total;
end $$;

-- Settles holds of generations: amount 0 releases, less than the hold frees the rest, more posts the hold in full.
-- The accounts are locked by the caller. It believes that no id was used before and none stands twice; when that is
-- wrong, the primary key stops it and the caller goes item by item instead.
create or replace function ledger.settle_half(
  hold_ids uuid[], ids uuid[], amounts bigint[], out status smallint[], out captured bigint[]
) language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  known smallint;
begin
  -- In the same partition as what it resolves: there, the unique index on pending_id sees both.
  if exists (select 1 from unnest(hold_ids, ids) i (hold_id, id) where substr(uuid_send(i.id), 1, 6) <> substr(uuid_send(i.hold_id), 1, 6)) then
    raise exception 'the id of a settlement must be derived from its generation' using errcode = 'invalid_parameter_value';
  end if;
  with gone as (
    delete from ledger.hold h using unnest(hold_ids, ids, amounts) with ordinality i (hold_id, id, amount, ord)
    where h.hold_id = i.hold_id and h.code in ('hold', 'cap_hold') and i.amount >= 0
    returning h.*, i.ord, i.id, i.amount as asked
  ), split as (
    -- What is asked goes through the buckets in turn; each cap counts all of it.
    select g.*, greatest(0, least(g.amount, g.asked
      - case g.code when 'hold' then coalesce(sum(g.amount) over earlier_legs, 0) else 0 end))::bigint as taken
    from gone g
    window earlier_legs as (partition by g.ord order by g.leg rows between unbounded preceding and 1 preceding)
  ), leg as materialized (
    -- A release leaves the credit account as it was, since its hold had not touched it.
    select s.*, d.version + row_number() over on_debit as debit_version,
      case when s.taken > 0 then c.version + count(*) filter (where s.taken > 0) over on_credit else 0 end as credit_version,
      (d.credits_posted - d.debits_posted - sum(s.taken) over on_debit)::bigint as debit_after,
      case when s.taken > 0 then c.credits_posted - c.debits_posted + sum(s.taken) over on_credit else 0 end::bigint as credit_after
    from split s
    join ledger.account d on d.id = s.debit_account
    join ledger.account c on c.id = s.credit_account
    window on_debit as (partition by s.debit_account order by s.ord, s.leg),
      on_credit as (partition by s.credit_account order by s.ord, s.leg)
  ), written as (
    insert into ledger.transfer (id, user_id, kind, code, debit_account, credit_account, amount, currency, pending_id,
      group_id, debit_version, credit_version, debit_after, credit_after, request_hash, created_at)
    select case l.leg when 0 then l.id else ledger.leg_id(l.id, l.leg) end, l.user_id,
      case when l.taken > 0 then 'post' else 'void' end,
      case l.code when 'hold' then '' else 'cap_' end || case when l.taken > 0 then 'capture' else 'release' end,
      l.debit_account, l.credit_account, case when l.taken > 0 then l.taken else l.amount end, l.currency, l.transfer_id,
      l.group_id, l.debit_version, l.credit_version, l.debit_after, l.credit_after, int8send(l.asked), at
    from leg l order by l.ord, l.leg
  ), moved as (
    update ledger.account a set debits_pending = a.debits_pending - x.freed, debits_posted = a.debits_posted + x.debit,
      credits_posted = a.credits_posted + x.credit, version = a.version + x.n
    from (
      select l.debit_account as id, sum(l.amount)::bigint as freed, sum(l.taken)::bigint as debit, 0::bigint as credit,
        count(*) as n from leg l group by l.debit_account
      union all
      select l.credit_account, 0, 0, sum(l.taken)::bigint, count(*) from leg l where l.taken > 0 group by l.credit_account
    ) x where a.id = x.id
  ), whole as (
    select l.ord, sum(l.amount)::bigint as held, sum(l.taken)::bigint as taken, min(l.asked) as asked
    from leg l where l.code = 'hold' group by l.ord
  ), alarmed as (
    insert into ledger.memo (user_id, kind, group_id, transfer_id, amount, created_at)
    select l.user_id, 'exceeds', l.group_id, l.id, w.asked - w.held, at
    from whole w join leg l on l.ord = w.ord and l.leg = 0 where w.asked > w.held
  )
  -- Grouped, not joined: a join of the two would compare each with each.
  select array_agg(case when x.asked is null then -1 when x.asked > x.held then 7 else 0 end::smallint order by x.ord),
    array_agg(coalesce(x.taken, 0) order by x.ord)
  into status, captured
  from (select y.ord, max(y.held) as held, max(y.taken) as taken, max(y.asked) as asked from (
      select w.ord, w.held, w.taken, w.asked from whole w
      union all select i, null, null, null from generate_series(1, cardinality(ids)) i
    ) y group by y.ord) x;

  for n in 1 .. cardinality(ids) loop
    continue when status[n] >= 0;
    status[n] := case when amounts[n] < 0 then 10
      when exists (select 1 from ledger.transfer t where t.id = hold_ids[n] and t.kind = 'pending') then 6 else 5 end;
    select case when t.pending_id = hold_ids[n] and t.request_hash = int8send(amounts[n]) then 1 else 2 end into known
    from ledger.transfer t where t.id = ids[n];
    if known is not null then status[n] := known; end if;
    if status[n] = 1 then captured[n] := ledger.taken_by(ids[n]); end if;
  end loop;
end $$;

-- Item by item: for repeats, for batches in which one id or one hold stands twice, and while a currency is stopped.
create or replace function ledger.settle_carefully(
  hold_ids uuid[], ids uuid[], amounts bigint[], out status smallint[], out captured bigint[]
) language plpgsql as $$
declare
  one record;
begin
  status := '{}'; captured := '{}';
  for n in 1 .. cardinality(ids) loop
    if exists (select 1 from ledger.hold h join ledger.account c on c.id = h.credit_account
      where h.hold_id = hold_ids[n] and h.leg = 0 and h.code = 'hold' and c.frozen) then
      status := status || 12::smallint;
      captured := captured || 0::bigint;
      continue;
    end if;
    if exists (select 1 from ledger.transfer t where t.id = ids[n])
      and exists (select 1 from ledger.hold h where h.hold_id = hold_ids[n]) then
      -- The hold is open, so the id stands for something else.
      status := status || 2::smallint;
      captured := captured || 0::bigint;
      continue;
    end if;
    select h.status, h.captured into one from ledger.settle_half(hold_ids[n:n], ids[n:n], amounts[n:n]) h;
    status := status || one.status;
    captured := captured || one.captured;
  end loop;
end $$;

-- One pending transfer of a generation's hold, and its row among the open ones.
create or replace function ledger.hold_leg(
  hold uuid, leg smallint, debit ledger.account, credit bigint, part bigint, why text, lease_until timestamptz,
  until timestamptz, event uuid, hash bytea, at timestamptz
) returns void language plpgsql as $$
begin
  insert into ledger.transfer (id, user_id, kind, code, debit_account, credit_account, amount, currency, group_id,
    debit_version, credit_version, debit_after, credit_after, request_hash, created_at)
  values (ledger.leg_id(hold, leg), debit.user_id, 'pending', why, debit.id, credit, part, debit.currency, event,
    debit.version + 1, 0, debit.credits_posted - debit.debits_posted, 0, hash, at);
  insert into ledger.hold (hold_id, leg, user_id, transfer_id, debit_account, credit_account, amount, currency, code,
    group_id, lease_until, deadline, created_at)
  values (hold, leg, debit.user_id, ledger.leg_id(hold, leg), debit.id, credit, part, debit.currency, why, event,
    lease_until, until, at);
  update ledger.account a set debits_pending = a.debits_pending + part, version = a.version + 1 where a.id = debit.id;
end $$;

-- One hold, decided alone: for wallets with promotional buckets or caps, and for those where not everything can be granted.
-- Buckets are spent first, soonest to end first; each gives a leg. Each cap gives a further leg over the whole amount.
create or replace function ledger.hold_one(
  hold uuid, wallet bigint, wanted bigint, lease int, until timestamptz, event uuid, hash bytea, api_key uuid, revenue bigint,
  out status smallint, out available bigint
) language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  cash ledger.account;
  earned record;
  known record;
  bucket ledger.account;
  missing bigint := wanted;
  leg smallint := 0;
  part bigint;
  cap ledger.cap;
  cap_ids bigint[] := '{}';
  allowed bigint;
begin
  select * into known from ledger.transfer t where t.id = hold;
  if found then status := case when known.kind = 'pending' and known.request_hash = hash then 1 else 2 end; end if;
  select * into cash from ledger.account a where a.id = wallet and a.code = 2100;
  if not found then status := coalesce(status, 5); available := 0; return; end if;
  available := cash.credits_posted - cash.debits_posted - cash.debits_pending;
  if cash.promo then
    available := available + coalesce((select sum(a.credits_posted - a.debits_posted - a.debits_pending) from ledger.account a
      where a.user_id = cash.user_id and a.code = 2110 and a.currency = cash.currency
        and not a.closed and (a.expires_at is null or a.expires_at > at)), 0);
  end if;
  if status is not null then return; end if;
  select r.currency, r.frozen into earned from ledger.account r where r.id = revenue and r.code = 3100;
  status := case when wanted < 0 then 10 when cash.closed then 4 when cash.frozen then 9
    when earned.currency is distinct from cash.currency then 8 when earned.frozen then 12
    when wanted > available then 3 else 0 end;
  if status = 0 and cash.capped and wanted > 0 then
    for cap in
      select c.* from ledger.cap c
      where c.user_id = cash.user_id and c.currency = cash.currency and c.subject in (api_key, '00000000-0000-0000-0000-000000000000')
    loop
      cap_ids := cap_ids || ledger.cap_account(cap, at);
      select * into bucket from ledger.account a where a.id = cap_ids[cardinality(cap_ids)];
      allowed := least(allowed, cap.limit_micro - bucket.debits_posted - bucket.debits_pending);
    end loop;
    if wanted > allowed then status := 13; available := greatest(0, allowed); end if;
  end if;
  if status <> 0 then return; end if;
  for bucket in
    select a.* from ledger.account a
    where a.user_id = cash.user_id and a.currency = cash.currency and (a.id = wallet or (cash.promo and a.code = 2110
      and not a.closed and (a.expires_at is null or a.expires_at > at)))
    order by a.code desc, a.expires_at nulls last, a.id
  loop
    part := least(missing, bucket.credits_posted - bucket.debits_posted - bucket.debits_pending);
    -- A hold of nothing stands on the cash wallet.
    continue when part <= 0 and not (wanted = 0 and bucket.id = wallet);
    perform ledger.hold_leg(hold, leg, bucket, revenue, part, 'hold', at + lease * interval '1 second', until, event, hash, at);
    missing := missing - part;
    leg := leg + 1;
    exit when missing = 0;
  end loop;
  for bucket in select a.* from ledger.account a where a.id = any (cap_ids) order by a.id loop
    perform ledger.hold_leg(hold, leg, bucket, ledger.open_account(cash.user_id, 7100, cash.currency, '', 0, false, null),
      wanted, 'cap_hold', null, null, event, hash, at);
    leg := leg + 1;
  end loop;
  available := available - wanted;
end $$;

-- Holds for generations, in arrival order per wallet. The accounts are locked by the caller. Plain wallets that can pay
-- all that is asked of them are done together, in the belief that no id was used before; when that is wrong, the primary
-- key stops it and the caller goes item by item instead. All others go item by item at once: a large refusal must not
-- starve the small ones behind it.
create or replace function ledger.hold_half(
  ids uuid[], wallets bigint[], amounts bigint[], leases int[], deadlines timestamptz[], events uuid[], hashes bytea[],
  api_keys uuid[], revenue bigint, out status smallint[], out available bigint[]
) language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  one record;
  money text;
begin
  -- Null while the currency is stopped: then nothing is plain.
  select r.currency into money from ledger.account r where r.id = revenue and r.code = 3100 and not r.frozen;
  with item as (
    select u.*, a.user_id, a.version, a.credits_posted - a.debits_posted as posted,
      a.credits_posted - a.debits_posted - a.debits_pending as free,
      sum(u.amount) over (partition by u.wallet) as asked, sum(u.amount) over arrival as running, count(*) over arrival as nth,
      bool_or(a.id is null or u.amount < 0 or a.promo or a.capped or a.closed or a.frozen or a.currency is distinct from money)
        over (partition by u.wallet) as alone
    from unnest(ids, wallets, amounts, leases, deadlines, events, hashes) with ordinality
      u (id, wallet, amount, lease, deadline, event, hash, ord)
    left join ledger.account a on a.id = u.wallet and a.code = 2100
    window arrival as (partition by u.wallet order by u.ord)
  ), judged as materialized (
    select i.*, not i.alone and i.asked <= i.free as plain from item i
  ), written as (
    insert into ledger.transfer (id, user_id, kind, code, debit_account, credit_account, amount, currency, group_id,
      debit_version, credit_version, debit_after, credit_after, request_hash, created_at)
    select j.id, j.user_id, 'pending', 'hold', j.wallet, revenue, j.amount, money, j.event,
      j.version + j.nth, 0, j.posted, 0, j.hash, at
    from judged j where j.plain order by j.ord
  ), opened as (
    insert into ledger.hold (hold_id, leg, user_id, transfer_id, debit_account, credit_account, amount, currency, code,
      group_id, lease_until, deadline, created_at)
    select j.id, 0, j.user_id, j.id, j.wallet, revenue, j.amount, money, 'hold', j.event,
      at + j.lease * interval '1 second', j.deadline, at
    from judged j where j.plain
  ), moved as (
    update ledger.account a set debits_pending = a.debits_pending + x.debit, version = a.version + x.n
    from (
      select j.wallet as id, sum(j.amount)::bigint as debit, count(*) as n from judged j where j.plain group by j.wallet
    ) x where a.id = x.id
  )
  select array_agg(case when j.plain then 0 else -1 end::smallint order by j.ord),
    array_agg(case when j.plain then (j.free - j.running)::bigint end order by j.ord)
  into status, available from judged j;

  if -1 = any (status) then
    for n in 1 .. cardinality(ids) loop
      continue when status[n] = 0;
      select * into one
      from ledger.hold_one(ids[n], wallets[n], amounts[n], leases[n], deadlines[n], events[n], hashes[n],
        api_keys[n], revenue);
      status[n] := one.status;
      available[n] := one.available;
    end loop;
  end if;
end $$;

-- Item by item: for repeats.
create or replace function ledger.hold_carefully(
  ids uuid[], wallets bigint[], amounts bigint[], leases int[], deadlines timestamptz[], events uuid[], hashes bytea[],
  api_keys uuid[], revenue bigint, out status smallint[], out available bigint[]
) language plpgsql as $$
declare
  one record;
begin
  status := '{}'; available := '{}';
  for n in 1 .. cardinality(ids) loop
    select * into one
    from ledger.hold_one(ids[n], wallets[n], amounts[n], leases[n], deadlines[n], events[n], hashes[n],
        api_keys[n], revenue);
    status := status || one.status;
    available := available || one.available;
  end loop;
end $$;

-- One hold on a plain wallet, by one statement of three small ones in place of a plan for many: a lone caller waits for
-- its latency. The conditional update locks and decides at once. Null: nothing was done, the general way must decide. An
-- id that was used before is stopped by the primary key, and the caller goes the general way too: no savepoint stands here.
create or replace function ledger.hold_alone(
  hold uuid, wallet bigint, wanted bigint, lease int, until timestamptz, event uuid, hash bytea, revenue bigint
) returns bigint language plpgsql security definer set search_path = pg_catalog as $$
declare
  free bigint;
begin
  with cash as (
    update ledger.account a set debits_pending = a.debits_pending + wanted, version = a.version + 1
    where a.id = wallet and a.code = 2100 and not a.promo and not a.capped and not a.closed and not a.frozen and wanted >= 0
      and wanted <= a.credits_posted - a.debits_posted - a.debits_pending
      and a.currency = (select r.currency from ledger.account r where r.id = revenue and r.code = 3100 and not r.frozen)
    -- The time and the transfer's number are taken once the lock is held: both follow the order of versions.
    returning a.user_id, a.currency, a.version, a.credits_posted - a.debits_posted as posted,
      a.credits_posted - a.debits_posted - a.debits_pending as left_over, clock_timestamp() as at
  ), written as (
    insert into ledger.transfer (id, user_id, kind, code, debit_account, credit_account, amount, currency, group_id,
      debit_version, credit_version, debit_after, credit_after, request_hash, created_at)
    select hold, c.user_id, 'pending', 'hold', wallet, revenue, wanted, c.currency, event, c.version, 0, c.posted, 0, hash, c.at
    from cash c
  ), opened as (
    insert into ledger.hold (hold_id, leg, user_id, transfer_id, debit_account, credit_account, amount, currency, code,
      group_id, lease_until, deadline, created_at)
    select hold, 0, c.user_id, hold, wallet, revenue, wanted, c.currency, 'hold', event,
      c.at + lease * interval '1 second', until, c.at
    from cash c
  )
  select c.left_over into free from cash c;
  return free;
end $$;

-- One commit for the captures of finished generations and the holds of new ones, a lone hold by its short way.
-- `hold_keys`: the API keys by which the holds were asked, for their caps; null where none was.
create or replace function ledger.settle_and_hold(
  settle_holds uuid[], settle_ids uuid[], settle_amounts bigint[],
  hold_ids uuid[], hold_wallets bigint[], hold_amounts bigint[], hold_leases int[], hold_deadlines timestamptz[],
  hold_events uuid[], hold_hashes bytea[], hold_keys uuid[], revenue bigint,
  out settle_status smallint[], out settle_captured bigint[], out hold_status smallint[], out hold_available bigint[]
) language plpgsql security definer set search_path = pg_catalog as $$
declare
  free bigint;
begin
  if cardinality(hold_ids) = 1 and coalesce(cardinality(settle_ids), 0) = 0 then
    begin
      free := ledger.hold_alone(hold_ids[1], hold_wallets[1], hold_amounts[1], hold_leases[1], hold_deadlines[1],
        hold_events[1], hold_hashes[1], revenue);
    exception when unique_violation then free := null;
    end;
    if free is not null then
      settle_status := '{}'; settle_captured := '{}'; hold_status := '{0}'; hold_available := array[free];
      return;
    end if;
  end if;
  select b.settle_status, b.settle_captured, b.hold_status, b.hold_available
  into settle_status, settle_captured, hold_status, hold_available
  from ledger.settle_and_hold_many(settle_holds, settle_ids, settle_amounts, hold_ids, hold_wallets, hold_amounts,
    hold_leases, hold_deadlines, hold_events, hold_hashes, hold_keys, revenue) b;
end $$;

-- The general way. Everything that either half reads is locked first, in ascending id; then it settles, then it holds,
-- so that a hold may spend what a capture freed. Both halves trust that ids are new, as nearly all are: that saves a
-- search of every partition; the primary key tells otherwise.
-- Plans are pinned: a plan made while the table was small must not scan it when it is large.
create or replace function ledger.settle_and_hold_many(
  settle_holds uuid[], settle_ids uuid[], settle_amounts bigint[],
  hold_ids uuid[], hold_wallets bigint[], hold_amounts bigint[], hold_leases int[], hold_deadlines timestamptz[],
  hold_events uuid[], hold_hashes bytea[], hold_keys uuid[], revenue bigint,
  out settle_status smallint[], out settle_captured bigint[], out hold_status smallint[], out hold_available bigint[]
) language plpgsql security definer set search_path = pg_catalog
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  settles int := coalesce(cardinality(settle_ids), 0);
  holds int := coalesce(cardinality(hold_ids), 0);
  accounts bigint[];
  stopped boolean;
begin
  settle_status := '{}'; settle_captured := '{}'; hold_status := '{}'; hold_available := '{}';
  if settles > 0 then
    select array_agg(x.id) into accounts from unnest(settle_holds) s
    join ledger.hold h on h.hold_id = s cross join lateral (values (h.debit_account), (h.credit_account)) x (id);
  end if;
  if holds > 0 then
    accounts := accounts || hold_wallets || array(
      select b.id from unnest(hold_wallets) w join ledger.account a on a.id = w
      join ledger.account b on b.user_id = a.user_id and b.currency = a.currency
        and (a.promo and b.code = 2110 or a.capped and b.code = 7000)
      where (a.promo or a.capped) and not b.closed and (b.code = 2110 or b.expires_at is null or b.expires_at > now()));
  end if;
  -- Two batches that lock crosswise deadlock: hence the order. A key-share lock is not blocked by this one.
  perform 1 from ledger.account a where a.id = any (accounts) order by a.id for no key update;
  stopped := settles > 0 and exists (select 1 from ledger.account a where a.id = any (accounts) and a.code = 3100 and a.frozen);

  if settles > 0 then
    begin
      -- What stands twice must be decided in the order of the list.
      if stopped or settles > 1 and ((select count(distinct x) from unnest(settle_holds) x) < settles
        or (select count(distinct x) from unnest(settle_ids) x) < settles) then raise unique_violation; end if;
      select s.status, s.captured into settle_status, settle_captured
      from ledger.settle_half(settle_holds, settle_ids, settle_amounts) s;
    exception when unique_violation then
      select s.status, s.captured into settle_status, settle_captured
      from ledger.settle_carefully(settle_holds, settle_ids, settle_amounts) s;
    end;
  end if;
  if holds > 0 then
    begin
      if holds > 1 and (select count(distinct x) from unnest(hold_ids) x) < holds then raise unique_violation; end if;
      select h.status, h.available into hold_status, hold_available
      from ledger.hold_half(hold_ids, hold_wallets, hold_amounts, hold_leases, hold_deadlines, hold_events,
        hold_hashes, hold_keys, revenue) h;
    exception when unique_violation then
      select h.status, h.available into hold_status, hold_available
      from ledger.hold_carefully(hold_ids, hold_wallets, hold_amounts, hold_leases, hold_deadlines, hold_events,
        hold_hashes, hold_keys, revenue) h;
    end;
  end if;
end $$;

-- One transfer of `post`, its accounts locked by the caller. Fields of `item`: see `Transfer` in transfer.ts.
create or replace function ledger.post_one(item jsonb) returns smallint
language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  wanted_id uuid := item ->> 'id';
  wanted_kind text := item ->> 'kind';
  pending uuid := item ->> 'pending';
  amount bigint := item ->> 'amount';
  hash bytea := decode(item ->> 'hash', 'hex');
  known record;
  held record;
  debit record;
  credit record;
  freed bigint := 0;
  event uuid := item ->> 'group';
begin
  select t.request_hash into known from ledger.transfer t where t.id = wanted_id;
  if found then return case when known.request_hash = hash then 1 else 2 end; end if;
  if exists (select 1 from ledger.stop s where s.lifted_at is null and s.currency = coalesce(item ->> 'currency',
    (select h.currency from ledger.hold h where h.hold_id = pending and h.leg = 0))) then return 12; end if;

  if wanted_kind in ('post', 'void') then
    if substr(uuid_send(wanted_id), 1, 6) <> substr(uuid_send(pending), 1, 6) then
      raise exception 'the id of a resolution must be derived from its pending transfer' using errcode = 'invalid_parameter_value';
    end if;
    select h.* into held from ledger.hold h where h.hold_id = pending and h.leg = 0;
    if not found then
      return case when exists (select 1 from ledger.transfer t where t.id = pending and t.kind = 'pending') then 6 else 5 end;
    end if;
    -- A generation's hold may have several legs: only settle_half resolves it.
    if held.code = 'hold' then return 6; end if;
    if wanted_kind = 'void' or amount is null then amount := held.amount; end if;
    if amount > held.amount then return 7; end if;
    select * into debit from ledger.account a where a.id = held.debit_account;
    select * into credit from ledger.account a where a.id = held.credit_account;
    freed := held.amount;
    event := held.group_id;
  else
    select * into debit from ledger.account a where a.id = (item ->> 'debit')::bigint;
    if not found then return 5; end if;
    select * into credit from ledger.account a where a.id = (item ->> 'credit')::bigint;
    if not found then return 5; end if;
    if debit.closed or credit.closed then return 4; end if;
    if debit.currency <> item ->> 'currency' or credit.currency <> item ->> 'currency' then return 8; end if;
  end if;
  if amount is null or amount <= 0 or debit.id = credit.id or wanted_kind not in ('single', 'pending', 'post', 'void')
    -- Two members in one transfer: neither may see it whole.
    or (debit.user_id <> credit.user_id and '00000000-0000-0000-0000-000000000000' not in (debit.user_id, credit.user_id))
  then return 10; end if;
  if debit.no_overdraft and wanted_kind in ('single', 'pending')
    and amount > debit.credits_posted - debit.debits_posted - debit.debits_pending then return 3; end if;

  insert into ledger.transfer (id, user_id, kind, code, debit_account, credit_account, amount, currency, pending_id,
    group_id, debit_version, credit_version, debit_after, credit_after, request_hash, actor, reason, created_at)
  values (wanted_id, greatest(debit.user_id, credit.user_id), wanted_kind, item ->> 'code', debit.id, credit.id, amount, debit.currency,
    pending, event, debit.version + 1, credit.version + 1,
    debit.credits_posted - debit.debits_posted - case when wanted_kind in ('single', 'post') then amount else 0 end,
    credit.credits_posted - credit.debits_posted + case when wanted_kind in ('single', 'post') then amount else 0 end,
    hash, (item ->> 'actor')::uuid, item ->> 'reason', at);
  if wanted_kind = 'pending' then
    insert into ledger.hold (hold_id, leg, user_id, transfer_id, debit_account, credit_account, amount, currency, code,
      group_id, created_at)
    values (wanted_id, 0, greatest(debit.user_id, credit.user_id), wanted_id, debit.id, credit.id, amount, debit.currency,
      item ->> 'code', event, at);
  elsif pending is not null then
    delete from ledger.hold h where h.hold_id = pending and h.leg = 0;
  end if;
  update ledger.account a set
    debits_pending = a.debits_pending + case when a.id = debit.id then case wanted_kind when 'pending' then amount else -freed end else 0 end,
    credits_pending = a.credits_pending + case when a.id = credit.id then case wanted_kind when 'pending' then amount else -freed end else 0 end,
    debits_posted = a.debits_posted + case when a.id = debit.id and wanted_kind in ('single', 'post') then amount else 0 end,
    credits_posted = a.credits_posted + case when a.id = credit.id and wanted_kind in ('single', 'post') then amount else 0 end,
    version = a.version + 1
  where a.id in (debit.id, credit.id);
  return 0;
end $$;

-- Posts transfers in order. Items that share a `link` stand or fall together: after a refusal the others of the group
-- are undone and answer `linked`.
create or replace function ledger.post(items jsonb) returns smallint[]
language plpgsql security definer set search_path = pg_catalog as $$
declare
  accounts bigint[];
  statuses smallint[] := '{}';
  n int := 0;
  total int := jsonb_array_length(items);
  first int;
  link text;
  status smallint;
  refused_at int;
begin
  select array_agg(distinct x.id) into accounts from (
    select (i ->> 'debit')::bigint as id from jsonb_array_elements(items) i
    union all select (i ->> 'credit')::bigint from jsonb_array_elements(items) i
    union all select h.debit_account from jsonb_array_elements(items) i join ledger.hold h on h.hold_id = (i ->> 'pending')::uuid
    union all select h.credit_account from jsonb_array_elements(items) i join ledger.hold h on h.hold_id = (i ->> 'pending')::uuid
  ) x where x.id is not null;
  perform 1 from ledger.account a where a.id = any (accounts) order by a.id for no key update;

  while n < total loop
    first := n;
    link := items -> n ->> 'link';
    refused_at := null;
    begin
      loop
        status := ledger.post_one(items -> n);
        statuses := statuses || status;
        n := n + 1;
        if status > 1 then
          refused_at := n;
          raise exception using errcode = 'ML001';
        end if;
        exit when n = total or link is null or items -> n ->> 'link' is distinct from link;
      end loop;
    exception when sqlstate 'ML001' then
      -- The group's writes are undone; what it would have been stays told.
      while n < total and link is not null and items -> n ->> 'link' = link loop n := n + 1; end loop;
      statuses := statuses[1:first] || array(
        select case when k = refused_at then status else 11 end::smallint from generate_series(first + 1, n) k order by k);
    end;
  end loop;
  return statuses;
end $$;

-- Prolongs the leases of holds whose generations live. Answers those that are still open. Rows that are being settled
-- this moment are passed over, so that this waits for nobody and cannot be part of a deadlock.
create or replace function ledger.renew_leases(ids uuid[], seconds int) returns uuid[]
language sql security definer set search_path = pg_catalog as $$
  with mine as (
    select h.hold_id, h.leg from ledger.hold h where h.hold_id = any (ids) and h.lease_until is not null
    for update skip locked
  ), renewed as (
    update ledger.hold h set lease_until = clock_timestamp() + seconds * interval '1 second'
    from mine m where h.hold_id = m.hold_id and h.leg = m.leg returning h.hold_id
  )
  select coalesce(array_agg(distinct hold_id), '{}') from renewed;
$$;

-- Holds whose lease has run out, each taken with a new lease by one caller alone.
create or replace function ledger.take_expired(most int, seconds int)
returns table (hold_id uuid, group_id uuid, user_id uuid, deadline timestamptz)
language sql security definer set search_path = pg_catalog as $$
  with mine as (
    select h.hold_id from ledger.hold h where h.leg = 0 and h.code = 'hold' and h.lease_until < clock_timestamp()
    order by h.lease_until limit most for update skip locked
  )
  update ledger.hold h set lease_until = clock_timestamp() + seconds * interval '1 second'
  from mine m where h.hold_id = m.hold_id and h.leg = 0
  returning h.hold_id, h.group_id, h.user_id, h.deadline;
$$;

-- Takes a shard for `seconds`, or prolongs it: the holder's own, else the lowest free one. Null: all are taken.
create or replace function ledger.lease_shard(who uuid, seconds int, shards int) returns smallint
language plpgsql security definer set search_path = pg_catalog as $$
declare
  taken smallint;
begin
  perform pg_advisory_xact_lock(7254010);
  select l.shard into taken from ledger.shard_lease l where l.holder = who order by l.shard limit 1;
  if taken is null then
    select s into taken from generate_series(0, shards - 1) s
    where not exists (select 1 from ledger.shard_lease l where l.shard = s and l.lease_until > clock_timestamp())
    order by s limit 1;
  end if;
  if taken is null then return null; end if;
  insert into ledger.shard_lease (shard, holder, lease_until)
  values (taken, who, clock_timestamp() + seconds * interval '1 second')
  on conflict (shard) do update set holder = excluded.holder, lease_until = excluded.lease_until;
  return taken;
end $$;

-- Closes buckets that ended and hold nothing more; a wallet without open buckets is fast again.
create or replace function ledger.close_ended_buckets(buckets bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform 1 from ledger.account a
  where a.id = any (buckets) or (a.promo and a.user_id in (select b.user_id from ledger.account b where b.id = any (buckets)))
  order by a.id for no key update;
  update ledger.account a set closed = true
  where a.id = any (buckets) and a.code = 2110 and a.expires_at <= now() and not a.closed
    and a.credits_posted = a.debits_posted and a.debits_pending = 0 and a.credits_pending = 0;
  update ledger.account a set promo = false
  where a.promo and a.user_id in (select b.user_id from ledger.account b where b.id = any (buckets))
    and not exists (select 1 from ledger.account b
      where b.user_id = a.user_id and b.code = 2110 and b.currency = a.currency and not b.closed);
end $$;

-- Called by the service; the helpers by nobody but the functions above.
revoke all on all functions in schema ledger from public;
grant execute on function ledger.open_account(uuid, int, text, text, int, boolean, timestamptz) to service;
grant execute on function ledger.set_frozen(bigint, boolean) to service;
grant execute on function ledger.set_closed(bigint, boolean) to service;
grant execute on function ledger.lock_accounts(bigint[]) to service;
grant execute on function ledger.settle_and_hold(uuid[], uuid[], bigint[], uuid[], bigint[], bigint[], int[], timestamptz[], uuid[], bytea[], uuid[], bigint) to service;
grant execute on function ledger.settle_and_hold_many(uuid[], uuid[], bigint[], uuid[], bigint[], bigint[], int[], timestamptz[], uuid[], bytea[], uuid[], bigint) to service;
grant execute on function ledger.hold_alone(uuid, bigint, bigint, int, timestamptz, uuid, bytea, bigint) to service;
grant execute on function ledger.post(jsonb) to service;
grant execute on function ledger.renew_leases(uuid[], int) to service;
grant execute on function ledger.take_expired(int, int) to service;
grant execute on function ledger.lease_shard(uuid, int, int) to service;
grant execute on function ledger.close_ended_buckets(bigint[]) to service;
grant execute on function ledger.make_partition(timestamptz) to service;
