-- A person reads the own tickets; what is written comes in through the service, for members and visitors alike.
grant select (user_id, id, topic, state, opened_at, waiting_since, closed_at) on support.ticket to member;
grant select (user_id, id, ticket_id, author, text_sealed, file_ids, at) on support.message to member;
grant select (user_id, id, ticket_id, kind, country, regime, received_at, due_at, extended_from, extension_reason,
  proven_at, outcome, outcome_reason, closed_at) on support.rights_request to member;

grant select, insert, update, delete on support.ticket, support.message, support.rights_request, support.child_report to service;

-- Support sees what waits, and since when. Words and addresses come out by `support.read_thread` alone.
grant select (user_id, id, topic, is_member, state, assigned_to, opened_at, waiting_since, closed_at),
  update (state, assigned_to, waiting_since, closed_at) on support.ticket to support;
grant select (user_id, id, ticket_id, author, staff_id, file_ids, at), insert on support.message to support;
grant select on support.rights_request to support, auditor;
grant update (due_at, extended_from, extension_reason, outcome, outcome_reason, closed_at, alarm)
  on support.rights_request to support;
grant select on support.child_report to support, finance, auditor;
grant insert, update (lifted_at, refund_micro, erasure_asked_at) on support.child_report to support;
grant update (refund_reference, refunded_at) on support.child_report to finance;

do $$
declare one text;
begin
  foreach one in array array['ticket', 'message', 'rights_request', 'child_report'] loop
    execute format('drop policy if exists support_all on support.%I', one);
    execute format('create policy support_all on support.%I to support using (true) with check (true)', one);
  end loop;
end $$;
drop policy if exists auditor_reads on support.rights_request;
create policy auditor_reads on support.rights_request for select to auditor using (true);
drop policy if exists auditor_reads on support.child_report;
create policy auditor_reads on support.child_report for select to auditor using (true);
drop policy if exists finance_reads on support.child_report;
create policy finance_reads on support.child_report for select to finance using (true);
drop policy if exists finance_refunds on support.child_report;
create policy finance_refunds on support.child_report for update to finance using (true) with check (true);

-- The sealed words of a ticket, for staff: with the entry in the audit log, or not at all.
create or replace function support.read_thread(entry uuid, ticket uuid, why text, request text)
returns table (
  user_id uuid, id uuid, author text, staff_id uuid, text_sealed bytea, file_ids uuid[], at timestamptz,
  address_sealed bytea, reported_sealed bytea
) language plpgsql security definer set search_path = pg_catalog as $$
begin
  if length(trim(why)) < 3 then
    raise exception 'reading needs a reason' using errcode = 'check_violation';
  end if;
  perform audit.record(entry, current_setting('mluen.staff_id')::uuid, 'support.read', t.user_id, t.id::text, why, request, null)
  from support.ticket t where t.id = ticket;
  return query
    select m.user_id, m.id, m.author, m.staff_id, m.text_sealed, m.file_ids, m.at, t.address_sealed, t.reported_sealed
    from support.ticket t join support.message m on m.user_id = t.user_id and m.ticket_id = t.id
    where t.id = ticket order by m.id limit 500;
end $$;
revoke all on function support.read_thread(uuid, uuid, text, text) from public;
grant execute on function support.read_thread(uuid, uuid, text, text) to support;

-- An account that is said to be a child's does nothing more until support lifts it. False when it is restricted so already.
create or replace function support.suspend_child(restriction uuid, person uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into privacy.restriction (user_id, id, cause) values (person, restriction, 'child-report')
  on conflict do nothing;
  return found;
end $$;
revoke all on function support.suspend_child(uuid, uuid) from public;
grant execute on function support.suspend_child(uuid, uuid) to support;

create or replace function support.lift_suspension(person uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update privacy.restriction set lifted_at = now()
  where user_id = person and cause = 'child-report' and lifted_at is null;
  return found;
end $$;
revoke all on function support.lift_suspension(uuid) from public;
grant execute on function support.lift_suspension(uuid) to support;
