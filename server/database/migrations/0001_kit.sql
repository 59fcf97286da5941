-- The kit that every later migration uses. Roles are made before migrations, since they belong to the server.

revoke all on schema public from public;
grant usage on schema mluen to member, identity, support, finance, operator, auditor, service;

-- Whom a member's transaction acts for. Any SQL may set `mluen.user_id`, so the id alone would prove nothing: with it
-- comes a proof that only the application can make. Hand-written SQL under web_login reaches nobody's rows.
create table mluen.proof_secret (
  one boolean primary key default true check (one),
  secret bytea not null
);
create function mluen.member_id() returns uuid
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  claimed text := current_setting('mluen.user_id');
begin
  if current_setting('mluen.proof')
    = (select encode(sha256(secret || convert_to(claimed, 'UTF8')), 'hex') from mluen.proof_secret) then
    return claimed::uuid;
  end if;
  raise exception 'mluen.user_id comes without its proof' using errcode = 'insufficient_privilege';
end $$;
revoke all on function mluen.member_id() from public;
grant execute on function mluen.member_id() to member;

-- Makes a member's table safe: row-level security on and forced, the owner (migrations, definer functions) and the
-- service see all rows, a member sees the own ones. The table must have `user_id uuid not null`.
-- Grants are separate: a policy without a grant opens nothing.
create procedure mluen.protect(protected regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', protected);
  execute format('alter table %s force row level security', protected);
  execute format('create policy owner_all on %s to mluen_owner using (true) with check (true)', protected);
  execute format('create policy service_all on %s to service using (true) with check (true)', protected);
  -- (select …) makes PostgreSQL ask once a statement, not once a row.
  execute format(
    'create policy own_rows on %s to member using (user_id = (select mluen.member_id())) '
    'with check (user_id = (select mluen.member_id()))', protected);
end $$;

-- Adds a job in the caller's transaction. Payloads hold ids, never content or addresses.
create function mluen.add_job(task text, payload json, job_key text default null, run_at timestamptz default null)
returns void language sql security definer set search_path = pg_catalog as $$
  select jobs.add_job(task, payload, job_key => job_key, run_at => run_at);
$$;
revoke all on function mluen.add_job(text, json, text, timestamptz) from public;
-- Not to members: jobs run as the service, so whoever adds one acts for everybody.
grant execute on function mluen.add_job(text, json, text, timestamptz) to identity, service, operator, finance, support;

-- Tells every process that something changed (a key revoked, a model edited). Never inside posting transactions.
create function mluen.tell(topic text, message text) returns void language sql set search_path = pg_catalog as $$
  select pg_notify('mluen', topic || ' ' || message);
$$;
grant execute on function mluen.tell(text, text) to member, identity, service, operator, finance, support;
