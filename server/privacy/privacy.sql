-- Acceptances are proof: nobody changes or removes one, erasure keeps them without a name.
grant select, insert on privacy.acceptance to member, identity, service;
grant select on privacy.acceptance to auditor;
drop policy if exists identity_all on privacy.acceptance;
create policy identity_all on privacy.acceptance to identity using (true) with check (true);
drop policy if exists auditor_reads on privacy.acceptance;
create policy auditor_reads on privacy.acceptance for select to auditor using (true);

grant select on privacy.erasure, privacy.certificate, privacy.export to member;
grant select, insert, update on privacy.erasure to service;
grant select, insert on privacy.erasure_step, privacy.certificate, privacy.signing_key to service;
grant select, insert, update, delete on privacy.export to service;
grant select on privacy.erasure, privacy.erasure_step, privacy.certificate to auditor;

drop policy if exists auditor_reads on privacy.erasure;
create policy auditor_reads on privacy.erasure for select to auditor using (true);
drop policy if exists auditor_reads on privacy.erasure_step;
create policy auditor_reads on privacy.erasure_step for select to auditor using (true);
drop policy if exists auditor_reads on privacy.certificate;
create policy auditor_reads on privacy.certificate for select to auditor using (true);

-- At sign-in the identity role asks whether an account is closing.
grant select on privacy.erasure to identity;
drop policy if exists identity_reads on privacy.erasure;
create policy identity_reads on privacy.erasure for select to identity using (true);

-- Removes a person from one table: the rows, or only the columns in `emptied`. Books and audit log are never touched.
create or replace function privacy.erase_rows(target text, person text, emptied text[], who uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
  relation regclass := target::regclass;
  touched bigint;
begin
  if split_part(target, '.', 1) in ('ledger', 'audit') then
    raise exception '% is kept', target using errcode = 'restrict_violation';
  end if;
  if cardinality(emptied) = 0 then
    execute format('delete from %s where %I = $1', relation, person) using who;
  else
    execute format('update %s set %s where %I = $1', relation,
      (select string_agg(format('%I = null', one), ', ') from unnest(emptied) one), person) using who;
  end if;
  get diagnostics touched = row_count;
  return touched;
end $$;
revoke all on function privacy.erase_rows(text, text, text[], uuid) from public;
grant execute on function privacy.erase_rows(text, text, text[], uuid) to service;

-- Removes waiting jobs that name the person; answers how many, and how many are running at this moment.
create or replace function privacy.sweep_jobs(who uuid, out swept bigint, out running bigint)
language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from jobs._private_jobs
  where locked_at is null and (payload::text like '%' || who || '%' or key like '%' || who || '%');
  get diagnostics swept = row_count;
  select count(*) into running from jobs._private_jobs
  where payload::text like '%' || who || '%' or key like '%' || who || '%';
end $$;
revoke all on function privacy.sweep_jobs(uuid) from public;
grant execute on function privacy.sweep_jobs(uuid) to service;

grant select, insert on privacy.announcement to service;
grant select on privacy.announcement to auditor;
drop policy if exists auditor_reads on privacy.announcement;
create policy auditor_reads on privacy.announcement for select to auditor using (true);

-- Restrictions: a person sets and lifts the own ones, `identity` sets one when an account is secured. Nobody else does
-- more than read, and nobody changes when one began.
grant select, insert (user_id, id, cause), update (lifted_at) on privacy.restriction to member;
grant select, insert (user_id, id, cause) on privacy.restriction to identity;
grant select on privacy.restriction to service, auditor;
drop policy if exists identity_reads on privacy.restriction;
create policy identity_reads on privacy.restriction for select to identity using (true);
drop policy if exists identity_secures on privacy.restriction;
create policy identity_secures on privacy.restriction for insert to identity with check (cause = 'secured');
drop policy if exists auditor_reads on privacy.restriction;
create policy auditor_reads on privacy.restriction for select to auditor using (true);

-- Objections are the person's own, to make and to take back; whatever records something asks `privacy.objects_to`.
grant select, insert (user_id, id, purpose), update (withdrawn_at) on privacy.objection to member;
grant select on privacy.objection to service, auditor;
drop policy if exists auditor_reads on privacy.objection;
create policy auditor_reads on privacy.objection for select to auditor using (true);

-- Whether the person has objected to this purpose. For triggers and functions beside what is recorded.
create or replace function privacy.objects_to(who uuid, what text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select from privacy.objection o where o.user_id = who and o.purpose = what and o.withdrawn_at is null);
$$;
revoke all on function privacy.objects_to(uuid, text) from public;

-- The list of who works for us is open to everyone; operators add versions, and nobody changes one.
grant select on privacy.subprocessor to member, operator, auditor;
grant insert on privacy.subprocessor to operator;
drop policy if exists open_to_all on privacy.subprocessor;
create policy open_to_all on privacy.subprocessor for select to member, operator, auditor using (true);
drop policy if exists operator_adds on privacy.subprocessor;
create policy operator_adds on privacy.subprocessor for insert to operator with check (true);
