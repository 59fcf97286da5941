-- Spend caps: of a whole wallet in a month, and of an API key in a month or for good.
create table ledger.cap (
  user_id uuid not null,
  currency text not null,
  -- The API key that it bounds; the nil UUID: the whole wallet.
  subject uuid not null,
  period text not null check (period in ('month', 'total')),
  limit_micro ledger.total not null,
  created_at timestamptz not null default now(),
  primary key (user_id, currency, subject),
  constraint wallets_by_month check (subject <> '00000000-0000-0000-0000-000000000000' or period = 'month')
);
call mluen.protect('ledger.cap');
grant select on ledger.cap to member, service;

-- On a cash wallet: the member has caps, which every hold looks at.
alter table ledger.account add column capped boolean not null default false;
