-- Countries whose law the European Commission finds adequate, and the EEA itself. Not the United States: its decision holds
-- for single companies, so that each names its safeguard.
create function privacy.is_adequate(country text) returns boolean language sql immutable set search_path = pg_catalog as $$
  select country = any (string_to_array('AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO '
    || 'AD AR CA FO GG IL IM JP JE NZ KR CH GB UY', ' '));
$$;

-- Who works for us with people's data (clauses 5.4, 6.2, 7.2). A row is a version that never changes; the next one of the
-- same name follows it from its day on, and the day before it is announced.
create table privacy.subprocessor (
  name text not null check (length(name) between 2 and 100),
  version integer not null check (version > 0),
  category text not null check (category in ('hosting', 'identity', 'payment', 'mail', 'model-provider')),
  purpose text not null check (length(purpose) between 10 and 300),
  -- Where the data lies or is read, ISO 3166-1.
  country text not null check (country ~ '^[A-Z]{2}$'),
  safeguard text check (safeguard in ('scc', 'uk-idta', 'dpf', 'bcr')),
  -- Of the contract that binds it to confidentiality.
  contract_on date not null,
  announced_on date not null,
  effective_on date not null,
  -- From its day on it works for us no more.
  is_end boolean not null default false,
  primary key (name, version),
  constraint announced_two_weeks_ahead check (effective_on >= announced_on + 14 or is_end),
  constraint bound_before_it_begins check (contract_on <= effective_on),
  constraint safeguard_where_not_adequate check (privacy.is_adequate(country) or safeguard is not null)
);
alter table privacy.subprocessor enable row level security;
alter table privacy.subprocessor force row level security;
create policy owner_all on privacy.subprocessor to mluen_owner using (true) with check (true);

-- Versions follow each other without a gap, and nothing is announced as of an earlier day than it is.
create function privacy.subprocessor_follows() returns trigger language plpgsql set search_path = pg_catalog as $$
declare
  before record;
begin
  select s.version, s.effective_on into before from privacy.subprocessor s
  where s.name = new.name order by s.version desc limit 1;
  if new.version <> coalesce(before.version, 0) + 1 or new.effective_on < before.effective_on then
    raise exception 'the next version of % is another, or begins later', new.name using errcode = 'integrity_constraint_violation';
  end if;
  if new.announced_on < current_date then
    raise exception 'what is announced today was not announced before' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger subprocessor_follows before insert on privacy.subprocessor
  for each row execute function privacy.subprocessor_follows();
