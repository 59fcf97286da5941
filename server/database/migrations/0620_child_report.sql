-- A third cause (clause 11.2): a report says that the account is a child's. Support sets it and support alone lifts it,
-- by `support.suspend_child` and `support.lift_suspension`; the person cannot.
alter table privacy.restriction drop constraint restriction_cause_check;
alter table privacy.restriction add constraint restriction_cause_check
  check (cause in ('own-wish', 'secured', 'child-report'));

create or replace function privacy.restriction_lifts() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if old.lifted_at is not null or not (
    current_setting('role') = 'support' and old.cause = 'child-report'
    or current_setting('role') = 'member' and old.cause <> 'child-report') then
    raise exception 'a restriction is lifted once, by who may' using errcode = 'insufficient_privilege';
  end if;
  new.lifted_at := now();
  return new;
end $$;
