-- What bounds posting beside the balances: a stop by the auditor, and the caps that members set themselves.

create or replace function ledger.is_stopped(which text) returns boolean
language sql stable set search_path = pg_catalog as $$
  select exists (select 1 from ledger.stop s where s.currency = which and s.lifted_at is null);
$$;

-- Stops posting in a currency: holds and settlements see it on the revenue accounts, which they read anyway, all others in
-- ledger.stop. False: it was stopped before.
create or replace function ledger.stop_currency(which text, invariant text, finding text) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into ledger.stop (currency, invariant, finding) values (which, stop_currency.invariant, stop_currency.finding)
  on conflict (currency) where lifted_at is null do nothing;
  if not found then return false; end if;
  perform ledger.set_stopped(which, true);
  return true;
end $$;

-- A person has looked at it. False: nothing was stopped.
create or replace function ledger.lift_stop(which text, by_whom uuid, why text) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update ledger.stop s set lifted_at = clock_timestamp(), lifted_by = by_whom, reason = why
  where s.currency = which and s.lifted_at is null;
  if not found then return false; end if;
  perform ledger.set_stopped(which, false);
  return true;
end $$;

create or replace function ledger.set_stopped(which text, value boolean) returns void language plpgsql as $$
begin
  perform 1 from ledger.account a where a.code = 3100 and a.currency = which order by a.id for no key update;
  update ledger.account a set frozen = value where a.code = 3100 and a.currency = which and a.frozen <> value;
end $$;

-- The account of this period in which a cap counts, made when it is missing. The wallet is locked, so nobody else makes it.
create or replace function ledger.cap_account(cap ledger.cap, at timestamptz) returns bigint
language sql as $$
  select ledger.open_account(cap.user_id, 7000, cap.currency,
    cap.subject || case cap.period when 'month' then to_char(at at time zone 'UTC', ':YYYY-MM') else '' end, 0, false,
    case cap.period when 'month' then (date_trunc('month', at at time zone 'UTC') + interval '1 month') at time zone 'UTC' end);
$$;

-- Sets a cap, or removes it by a null limit. Waits for the holds that are being decided: later ones see it.
create or replace function ledger.set_cap(wallet bigint, key_or_nil uuid, per text, most bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  cash ledger.account;
begin
  perform 1 from ledger.account a where a.id = wallet for no key update;
  select * into strict cash from ledger.account a where a.id = wallet and a.code = 2100;
  if most is null then
    delete from ledger.cap c where c.user_id = cash.user_id and c.currency = cash.currency and c.subject = key_or_nil;
  else
    insert into ledger.cap (user_id, currency, subject, period, limit_micro)
    values (cash.user_id, cash.currency, key_or_nil, per, most)
    on conflict (user_id, currency, subject) do update set period = excluded.period, limit_micro = excluded.limit_micro;
  end if;
  update ledger.account a set capped = not a.capped where a.id = wallet and a.capped <> exists (
    select 1 from ledger.cap c where c.user_id = cash.user_id and c.currency = cash.currency);
end $$;

-- Called by the service, a stop lifted by finance; the helpers by nobody.
revoke all on function ledger.is_stopped(text), ledger.stop_currency(text, text, text), ledger.lift_stop(text, uuid, text),
  ledger.set_stopped(text, boolean), ledger.cap_account(ledger.cap, timestamptz), ledger.set_cap(bigint, uuid, text, bigint)
  from public;
grant execute on function ledger.stop_currency(text, text, text) to service;
grant execute on function ledger.lift_stop(text, uuid, text) to finance;
grant execute on function ledger.set_cap(bigint, uuid, text, bigint) to service;
