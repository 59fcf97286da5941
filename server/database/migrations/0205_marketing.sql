-- Clause 4.2: a yes counts once it was confirmed from the mailbox. What was ticked until now never was: it is asked.
alter table identity.consent add column step text check (step in ('asked', 'confirmed', 'withdrawn'));
update identity.consent set step = case when given then 'asked' else 'withdrawn' end;
alter table identity.consent alter column step set not null;
alter table identity.consent drop column given;

-- Rows follow each other: nothing is confirmed that was not asked for just before. One at a time for each person.
create function identity.consent_follows() returns trigger language plpgsql set search_path = pg_catalog as $$
declare
  last text;
begin
  perform pg_advisory_xact_lock(hashtextextended('consent ' || new.user_id, 0));
  select c.step into last from identity.consent c
  where c.user_id = new.user_id and c.topic = new.topic order by c.id desc limit 1;
  if new.step = 'confirmed' and last is distinct from 'asked' then
    raise exception 'nobody asked for this consent' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger consent_follows before insert on identity.consent
  for each row execute function identity.consent_follows();

-- Where a mail that is no duty of ours is stopped with one click (RFC 8058). No such mail goes without it.
alter table mail.outbox add column list_unsubscribe text;
alter table mail.outbox add constraint marketing_is_stopped_by_a_click
  check ((kind = 'marketing') = (list_unsubscribe is not null) and (kind <> 'marketing' or person_id is not null));
