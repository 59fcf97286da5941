create schema identity;
grant usage on schema identity to member, identity, support, finance, operator, auditor, service;

-- A person with an account (clause 2.1): these fields and no other.
create table identity.member (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  -- What staff see of it.
  email_masked text not null generated always as
    (left(email, 1) || '…' || substring(email from '@.*$')) stored,
  display_name text not null check (length(display_name) between 1 and 80),
  country text check (country ~ '^[A-Z]{2}$'),
  phone text,
  locale text not null default 'en',
  role text not null default 'member' check (role in ('member', 'staff')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- A way to sign in: by password (`credential`) or through Google, of whom only the stable subject is known.
create table identity.sign_in (
  user_id uuid not null references identity.member (id) on delete cascade,
  id uuid not null unique,
  provider text not null,
  subject text not null,
  -- argon2id, as a PHC string; null where the person must set a password first.
  password_hash text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (user_id, id),
  unique (provider, subject)
);
call mluen.protect('identity.sign_in');

create table identity.session (
  user_id uuid not null references identity.member (id) on delete cascade,
  id uuid not null unique,
  -- SHA-256 of the cookie's token: whoever reads this table cannot sign in with it.
  token_hash text not null unique,
  expires_at timestamptz not null,
  ip text,
  user_agent text,
  created_at timestamptz not null default now(),
  -- Last seen, to within some minutes.
  updated_at timestamptz not null default now(),
  primary key (user_id, id)
);
create index session_expired on identity.session (expires_at);
call mluen.protect('identity.session');

-- Codes that were mailed and sign-ins through Google that are under way. Identifiers and codes are hashed.
create table identity.verification (
  id uuid primary key,
  identifier text not null unique,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index verification_expired on identity.verification (expires_at);

create table identity.api_key (
  user_id uuid not null references identity.member (id) on delete cascade,
  id uuid not null unique,
  name text not null check (length(name) between 1 and 60),
  -- What is shown of it.
  prefix text not null,
  secret_hash bytea not null unique,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (user_id, id)
);
call mluen.protect('identity.api_key');

-- That the person was old enough, by which country's age; never the birth date (clause 11.1).
create table identity.age_check (
  user_id uuid primary key references identity.member (id) on delete cascade,
  country text not null,
  threshold integer not null,
  passed_at timestamptz not null
);
call mluen.protect('identity.age_check');

-- How often the age question was answered with too young: a number by country and day, about nobody.
create table identity.age_refusal (
  country text not null,
  day date not null,
  times integer not null,
  primary key (country, day)
);

-- Consents and their withdrawal (clause 4.2): the newest row counts.
create table identity.consent (
  user_id uuid not null,
  id uuid not null,
  topic text not null check (topic in ('marketing')),
  given boolean not null,
  form text not null,
  at timestamptz not null default now(),
  primary key (user_id, id)
);
call mluen.protect('identity.consent');

alter table identity.member enable row level security;
alter table identity.member force row level security;
create policy owner_all on identity.member to mluen_owner using (true) with check (true);
create policy service_all on identity.member to service using (true) with check (true);
create policy own_row on identity.member to member
  using (id = (select mluen.member_id()))
  with check (id = (select mluen.member_id()));

alter table identity.verification enable row level security;
alter table identity.verification force row level security;
create policy owner_all on identity.verification to mluen_owner using (true) with check (true);
alter table identity.age_refusal enable row level security;
alter table identity.age_refusal force row level security;
create policy owner_all on identity.age_refusal to mluen_owner using (true) with check (true);
