-- What a person objected to, of what we do for a legitimate interest (clause 9.6), by the purpose's id in the inventory.
create table privacy.objection (
  user_id uuid not null,
  id uuid not null,
  purpose text not null check (purpose ~ '^[a-z][a-z-]{2,39}$'),
  since timestamptz not null default now(),
  withdrawn_at timestamptz check (withdrawn_at >= since),
  primary key (user_id, id)
);
create unique index objection_in_force on privacy.objection (user_id, purpose) where withdrawn_at is null;
call mluen.protect('privacy.objection');
