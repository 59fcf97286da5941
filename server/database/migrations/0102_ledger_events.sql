-- What stands behind transfers that a person decided on: codes, adjustments by staff, exchanges.

create table ledger.promotion_code (
  id uuid primary key,
  -- SHA-256 of the code in upper case: whoever reads the table cannot redeem it.
  code_hash bytea not null unique,
  name text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  uses_left int not null check (uses_left >= 0),
  -- Until when it can be redeemed, and for how long the money then lasts.
  redeem_until timestamptz not null,
  lasts_days int not null check (lasts_days > 0),
  created_by uuid not null,
  created_at timestamptz not null default now()
);
grant select, insert on ledger.promotion_code to service;
grant update (uses_left) on ledger.promotion_code to service;

create table ledger.redemption (
  user_id uuid not null,
  code_id uuid not null references ledger.promotion_code,
  -- The grant: its bucket and its transfer are derived from it.
  id uuid not null unique,
  created_at timestamptz not null default now(),
  primary key (user_id, code_id)
);
call mluen.protect('ledger.redemption');
grant select on ledger.redemption to member;
grant select, insert on ledger.redemption to service;

create table ledger.adjustment (
  user_id uuid not null,
  id uuid not null unique,
  -- Signed: positive gives to the member.
  amount bigint not null check (amount <> 0),
  currency text not null,
  reason_code text not null check (reason_code in ('goodwill', 'price_error', 'support_case', 'correction', 'other')),
  reason text not null check (length(reason) between 10 and 500),
  proposed_by uuid not null,
  proposed_at timestamptz not null default now(),
  decided_by uuid,
  decided_at timestamptz,
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'refused')),
  primary key (user_id, id),
  -- Two people decide, and neither of them about their own money.
  constraint two_people check (decided_by <> proposed_by),
  constraint not_their_own check (proposed_by <> user_id and decided_by is distinct from user_id),
  constraint decided check ((state = 'proposed') = (decided_by is null) and (decided_by is null) = (decided_at is null))
);
call mluen.protect('ledger.adjustment');
create policy staff_read on ledger.adjustment for select to finance, auditor using (true);
grant select on ledger.adjustment to finance, auditor;
grant select, insert on ledger.adjustment to service;
grant update (state, decided_by, decided_at) on ledger.adjustment to service;

create table ledger.exchange (
  user_id uuid not null,
  id uuid not null unique,
  from_currency text not null,
  from_amount bigint not null check (from_amount > 0),
  to_currency text not null,
  -- What the member got, and what stayed with us.
  to_amount bigint not null check (to_amount > 0),
  margin_amount bigint not null check (margin_amount >= 0),
  -- to = from × numerator ÷ denominator, rounded down.
  rate_numerator bigint not null check (rate_numerator > 0),
  rate_denominator bigint not null check (rate_denominator > 0),
  rate_source text not null,
  rate_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (user_id, id),
  constraint two_currencies check (from_currency <> to_currency)
);
call mluen.protect('ledger.exchange');
create policy staff_read on ledger.exchange for select to finance, auditor using (true);
grant select on ledger.exchange to member, finance, auditor;
grant select, insert on ledger.exchange to service;

create trigger exchange_only_append before update or delete on ledger.exchange
  for each row execute function ledger.refuse_change();
