-- What staff changed, with what stood there before. Who did it stands in the audit log, under the same request.
create table catalogue.change (
  id uuid primary key,
  at timestamptz not null default now(),
  what text not null check (what in ('markup', 'prices', 'offered', 'provider', 'route', 'import')),
  -- Model, provider or route; of an import, the digest of the difference that was applied.
  target text not null,
  before jsonb,
  after jsonb,
  reason text not null check (reason <> ''),
  request_id text not null
);
create index change_target on catalogue.change (target, id);

-- Written once: nobody may update or delete.
grant select on catalogue.change to support, finance, operator, auditor, service;
grant insert on catalogue.change to finance, operator, service;
