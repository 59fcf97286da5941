-- What staff may do about money. They decide; the service posts.

-- Asked as one of the staff before the service posts what that person decided. Only finance may run it, hence only
-- finance may have money moved. Answers in whose name.
create or replace function ledger.staff_who_posts() returns uuid
language sql stable set search_path = pg_catalog as $$
  select current_setting('mluen.staff_id')::uuid;
$$;
revoke all on function ledger.staff_who_posts() from public;
grant execute on function ledger.staff_who_posts() to finance;

-- A proposal is made in the own name and nobody else's, and undecided.
drop policy if exists staff_propose on ledger.adjustment;
create policy staff_propose on ledger.adjustment for insert to finance
  with check (proposed_by = current_setting('mluen.staff_id')::uuid and state = 'proposed');
grant insert on ledger.adjustment to finance;

-- The hash of a code is of use to nobody but whoever redeems.
grant select (id, name, amount, currency, uses_left, redeem_until, lasts_days, created_by, created_at)
  on ledger.promotion_code to finance, auditor;
grant insert on ledger.promotion_code to finance;

grant select on ledger.provider_invoice to finance, auditor, service;
grant insert on ledger.provider_invoice to service;
