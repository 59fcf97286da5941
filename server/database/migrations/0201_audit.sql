create schema audit;
grant usage on schema audit to member, identity, support, finance, operator, auditor, service;

-- Who did what to whom, why, in which request. Written by audit.record alone; nobody changes or removes a row.
create table audit.event (
  id uuid primary key,
  at timestamptz not null,
  -- The person who acted; null for the system itself.
  actor_id uuid,
  -- The database role it was done under.
  role text not null,
  action text not null check (action ~ '^[a-z]+(\.[a-z-]+)+$'),
  -- The person whom it concerns; null where it concerns nobody.
  subject_id uuid,
  object text,
  reason text,
  request_id text,
  -- Sealed under the subject's key: erasure shreds it and the row still verifies.
  details_sealed bytea,
  -- Over all columns above as stored, so the ciphertext.
  row_hash bytea not null,
  -- In which transaction: the sealer takes only rows whose neighbours can no longer appear.
  xid xid8 not null
);
create index event_subject on audit.event (subject_id, id) where subject_id is not null;
create index event_actor on audit.event (actor_id, id) where actor_id is not null;

alter table audit.event enable row level security;
alter table audit.event force row level security;
create policy owner_writes on audit.event to mluen_owner using (true) with check (true);
create policy auditor_reads on audit.event for select to auditor using (true);
create policy service_reads on audit.event for select to service using (true);
create policy about_me on audit.event for select to member
  using (subject_id = (select mluen.member_id()));
