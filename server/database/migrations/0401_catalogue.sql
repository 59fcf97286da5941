-- Models, what they take, and what they cost. Nothing here belongs to a person.

create schema catalogue;
grant usage on schema catalogue to member, support, finance, operator, auditor, service;

create table catalogue.provider (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]*$'),
  name text not null,
  position int not null,
  -- Staff close a provider here; whether it has a key is configuration.
  open boolean not null default true,
  closed_because text,
  changed_at timestamptz not null default now()
);

-- A way to a provider (key, host, region), named by configuration. No row: open, with full weight.
create table catalogue.route (
  id text primary key,
  provider_id text not null references catalogue.provider,
  open boolean not null default true,
  weight int not null default 100 check (weight between 0 and 100),
  closed_because text,
  changed_at timestamptz not null default now()
);

create table catalogue.model (
  id text primary key check (id ~ '^[a-z0-9-]+/\S+$'),
  provider_id text not null references catalogue.provider,
  position int not null,
  kind text not null check (kind in ('text', 'image', 'video', 'speech', 'transcription', 'sound', 'music')),
  upstream text not null,
  name text not null,
  summary text not null,
  parameters jsonb not null,
  context_tokens int check (context_tokens > 0),
  default_max_output_tokens int check (default_max_output_tokens > 0),
  max_output_tokens int check (max_output_tokens >= default_max_output_tokens),
  accepts jsonb not null,
  examples jsonb not null,
  usual jsonb not null,
  typical jsonb not null,
  markup_basis_points int not null check (markup_basis_points between 0 and 100000),
  offered boolean not null default true,
  -- Columns that staff changed: an import leaves them alone.
  edited text[] not null default '{}',
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index model_provider on catalogue.model (provider_id);

-- All prices of a model from one moment to another. A quote names its list, so that a capture pays what was quoted.
-- Lists and prices are never changed: a new price is a new list, and the one before it ends.
create table catalogue.price_list (
  id uuid primary key,
  model_id text not null references catalogue.model,
  valid_from timestamptz not null,
  valid_until timestamptz check (valid_until >= valid_from),
  markup_basis_points int not null check (markup_basis_points between 0 and 100000),
  origin text not null check (origin in ('shipped', 'staff')),
  reason text not null,
  made_at timestamptz not null default now()
);
create index price_list_model on catalogue.price_list (model_id, valid_from);

create table catalogue.price (
  price_list_id uuid not null references catalogue.price_list,
  position int not null,
  unit text not null,
  -- Micro-units of US dollars for 1,000,000 units: what the provider takes, and what a member pays.
  cost_micro bigint not null check (cost_micro >= 0),
  price_micro bigint not null check (price_micro >= cost_micro),
  conditions jsonb,
  source_url text not null,
  source_basis text not null check (source_basis in ('official', 'list', 'derived', 'staff')),
  read_on text not null check (read_on ~ '^\d{4}-\d\d-\d\d$'),
  primary key (price_list_id, position)
);

grant select on all tables in schema catalogue to member, support, finance, operator, auditor, service;
grant insert on all tables in schema catalogue to service, finance, operator;
grant update on catalogue.provider, catalogue.route, catalogue.model to service, finance, operator;
grant update (valid_until) on catalogue.price_list to service, finance, operator;
