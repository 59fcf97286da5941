grant insert on mail.outbox to identity;
grant select, insert, update, delete on mail.outbox to service;
grant select (id, kind, recipient, subject, body_text, state, attempts, queued_at, sent_at, last_error)
  on mail.outbox to operator;

-- Clause 4.2: no marketing mail is queued without a live consent, and what waits goes with the withdrawal.
create or replace function mail.refuse_unasked() returns trigger language plpgsql
security definer set search_path = pg_catalog as $$
begin
  if not identity.takes_marketing(new.person_id) then
    raise exception 'this person takes no marketing mail' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
revoke all on function mail.refuse_unasked() from public;
create or replace trigger refuse_unasked before insert on mail.outbox
  for each row when (new.kind = 'marketing') execute function mail.refuse_unasked();

create or replace function mail.drop_unasked() returns trigger language plpgsql
security definer set search_path = pg_catalog as $$
begin
  delete from mail.outbox where person_id = new.user_id and kind = 'marketing' and state = 'queued';
  return new;
end $$;
revoke all on function mail.drop_unasked() from public;
create or replace trigger drop_marketing after insert on identity.consent
  for each row when (new.step = 'withdrawn' and new.topic = 'marketing') execute function mail.drop_unasked();
create or replace trigger drop_marketing after insert on privacy.restriction
  for each row execute function mail.drop_unasked();
