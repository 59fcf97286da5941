-- Who has stopped processing: by an own wish (clause 9.5), or because the account was endangered (clause 10.6). While a
-- row is not lifted, `generations.commit_batch` holds nothing for that person; storage, reading, export, erasure go on.
create table privacy.restriction (
  user_id uuid not null,
  id uuid not null,
  cause text not null check (cause in ('own-wish', 'secured')),
  since timestamptz not null default now(),
  lifted_at timestamptz check (lifted_at >= since),
  primary key (user_id, id)
);
-- One of each cause at a time: a second wish finds the first.
create unique index restriction_in_force on privacy.restriction (user_id, cause) where lifted_at is null;
call mluen.protect('privacy.restriction');

-- Lifted once, now, and by the person alone: no other role may, by whichever function.
create function privacy.restriction_lifts() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if old.lifted_at is not null or current_setting('role') <> 'member' then
    raise exception 'a restriction is lifted once, by the person alone' using errcode = 'insufficient_privilege';
  end if;
  new.lifted_at := now();
  return new;
end $$;
create trigger restriction_lifts before update on privacy.restriction
  for each row execute function privacy.restriction_lifts();
