-- Work whose hold was released before its outcome was known: docs/decisions/late-capture.md.

-- Jobs that are looked at again though their generation has ended, until `until`.
create table generations.late_look (
  user_id uuid not null,
  id uuid not null,
  -- The job at the provider.
  task jsonb not null,
  look_at timestamptz not null default now(),
  until timestamptz not null,
  primary key (user_id, id)
);
call mluen.protect('generations.late_look');

-- The work came after its hold had been given back: it was charged then, and the person is told.
alter table generations.generation add column came_late boolean not null default false;
