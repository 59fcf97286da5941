grant select on audit.event to auditor, service, member;

-- The one way in. The hash is over a JSON array of the columns in their order; times count in microseconds.
create or replace function audit.record(
  id uuid, actor_id uuid, action text, subject_id uuid, object text, reason text, request_id text,
  details_sealed bytea
) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  -- A member's transaction records what that person did, never an act of another.
  if current_setting('role') = 'member'
    and (actor_id is distinct from mluen.member_id() or subject_id is distinct from actor_id) then
    raise exception 'an entry in the name of another' using errcode = 'insufficient_privilege';
  end if;
  insert into audit.event
  select id, moment, actor_id, acting, action, subject_id, object, reason, request_id, details_sealed,
         sha256(convert_to(json_build_array(
           id, (extract(epoch from moment) * 1000000)::bigint, actor_id, acting, action, subject_id, object,
           reason, request_id, encode(details_sealed, 'hex'))::text, 'UTF8')),
         pg_current_xact_id()
  from (select clock_timestamp() as moment, current_setting('role') as acting) as now;
end $$;
revoke all on function audit.record(uuid, uuid, text, uuid, text, text, text, bytea) from public;
grant execute on function audit.record(uuid, uuid, text, uuid, text, text, text, bytea)
  to member, identity, support, finance, operator, service;
