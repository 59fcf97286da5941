-- The identity role alone sees addresses, credentials and sessions.
grant select, insert, update, delete on identity.member, identity.sign_in, identity.session, identity.verification,
  identity.age_check to identity;
grant select, insert, update on identity.age_refusal to identity;
grant select, insert on identity.consent to identity;
grant select (user_id, id, name, prefix, secret_hash, created_at, last_used_at, expires_at, revoked_at),
  insert, update (last_used_at, revoked_at) on identity.api_key to identity;

do $$
declare one text;
begin
  foreach one in array array['member', 'sign_in', 'session', 'verification', 'age_check', 'age_refusal', 'consent', 'api_key']
  loop
    execute format('drop policy if exists identity_all on identity.%I', one);
    execute format('create policy identity_all on identity.%I to identity using (true) with check (true)', one);
  end loop;
end $$;

-- A person changes the own profile and keys; never role, address or verification.
grant select (id, email, email_verified, display_name, country, phone, locale, role, created_at) on identity.member to member;
grant update (display_name, country, phone, locale, updated_at) on identity.member to member;
grant select (user_id, id, name, prefix, created_at, last_used_at, expires_at, revoked_at) on identity.api_key to member;
grant insert on identity.api_key to member;
grant select on identity.consent, identity.age_check to member;

-- The service mails people, exports and erases them. It never reads a password hash or a token.
grant select on identity.member, identity.consent, identity.age_check to service;
grant select (user_id, id, provider, subject, created_at, updated_at) on identity.sign_in to service;
grant select (user_id, id, expires_at, ip, user_agent, created_at, updated_at) on identity.session to service;
grant select (user_id, id, name, prefix, created_at, last_used_at, expires_at, revoked_at) on identity.api_key to service;
grant delete on identity.member, identity.sign_in, identity.session, identity.api_key, identity.age_check to service;

-- Staff see who there is, with the address masked.
grant select (id, email_masked, email_verified, display_name, country, role, staff_roles, created_at) on identity.member to support;
drop policy if exists support_reads on identity.member;
create policy support_reads on identity.member for select to support using (true);
grant select (user_id, state) on privacy.erasure to support;
drop policy if exists support_reads on privacy.erasure;
create policy support_reads on privacy.erasure for select to support using (true);
grant select on identity.age_check, identity.consent to auditor;
drop policy if exists auditor_reads on identity.age_check;
create policy auditor_reads on identity.age_check for select to auditor using (true);
drop policy if exists auditor_reads on identity.consent;
create policy auditor_reads on identity.consent for select to auditor using (true);

-- Whoever's address is confirmed, by whatever way, gets a wallet and a content key: the job stands in the same
-- transaction, so that a crash cannot lose it.
create or replace function identity.member_confirmed() returns trigger language plpgsql
security definer set search_path = pg_catalog as $$
begin
  perform mluen.add_job('members.open', json_build_object('memberId', new.id), 'members.open:' || new.id);
  return new;
end $$;
revoke all on function identity.member_confirmed() from public;
create or replace trigger member_confirmed after insert or update of email_verified on identity.member
  for each row when (new.email_verified) execute function identity.member_confirmed();

-- Who is staff, and under which roles: operators say so of others, never of themselves. Answers the roles of before;
-- null when there is no such person.
create or replace function identity.set_staff_roles(person uuid, roles text[]) returns text[] language plpgsql
security definer set search_path = pg_catalog as $$
declare before text[];
begin
  if person = current_setting('mluen.staff_id')::uuid then
    raise exception 'nobody sets the own roles' using errcode = 'insufficient_privilege';
  end if;
  select staff_roles into before from identity.member where id = person for update;
  update identity.member
  set staff_roles = roles, role = case when roles = '{}' then 'member' else 'staff' end, updated_at = now()
  where id = person;
  return before;
end $$;
revoke all on function identity.set_staff_roles(uuid, text[]) from public;
grant execute on function identity.set_staff_roles(uuid, text[]) to operator;

-- Clause 9.6: of whoever objected, no session keeps an address or a browser, by whatever way it is written; those that
-- were kept go in the transaction of the objection.
create or replace function identity.skip_traces() returns trigger language plpgsql
security definer set search_path = pg_catalog as $$
begin
  if privacy.objects_to(new.user_id, 'sign-in-traces') then
    new.ip := null;
    new.user_agent := null;
  end if;
  return new;
end $$;
revoke all on function identity.skip_traces() from public;
create or replace trigger skip_traces before insert or update of ip, user_agent on identity.session
  for each row when (new.ip is not null or new.user_agent is not null) execute function identity.skip_traces();

create or replace function identity.remove_traces() returns trigger language plpgsql
security definer set search_path = pg_catalog as $$
begin
  update identity.session set ip = null, user_agent = null where user_id = new.user_id;
  return new;
end $$;
revoke all on function identity.remove_traces() from public;
create or replace trigger remove_traces after insert on privacy.objection
  for each row when (new.purpose = 'sign-in-traces') execute function identity.remove_traces();

-- Clause 4.2: whether the person takes mail that is no duty of ours: the last word is a confirmed yes, and processing is
-- not restricted (clause 9.5).
create or replace function identity.takes_marketing(who uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select coalesce((select c.step = 'confirmed' from identity.consent c
      where c.user_id = who and c.topic = 'marketing' order by c.id desc limit 1), false)
    and not exists (select from privacy.restriction r where r.user_id = who and r.lifted_at is null);
$$;
revoke all on function identity.takes_marketing(uuid) from public;
grant execute on function identity.takes_marketing(uuid) to service;
