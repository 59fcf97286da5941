-- What staff decide about money in the console.

-- A debt that is given up needs two people, as a correction does: both wait in one queue.
alter table ledger.adjustment add column kind text not null default 'adjustment';
alter table ledger.adjustment add constraint known_kind check (kind in ('adjustment', 'write_off'));
-- A debt is given up, never made.
alter table ledger.adjustment add constraint write_off_gives check (kind = 'adjustment' or amount > 0);
alter table ledger.adjustment drop constraint adjustment_reason_code_check;
alter table ledger.adjustment add constraint known_reason_code check (
  reason_code in ('goodwill', 'price_error', 'support_case', 'correction', 'uncollectible', 'other'));
create index adjustment_waiting on ledger.adjustment (id) where state = 'proposed';

-- Invoices of providers that were paid: one number of one provider is paid once.
create table ledger.provider_invoice (
  -- The ids of its transfers follow from it.
  id uuid primary key,
  provider text not null,
  number text not null,
  currency text not null,
  invoiced bigint not null check (invoiced > 0),
  -- What had been accrued for it.
  accrued bigint not null check (accrued >= 0),
  bank text not null,
  reason text not null,
  paid_by uuid not null,
  created_at timestamptz not null default now(),
  unique (provider, number)
);
create trigger invoice_only_append before update or delete on ledger.provider_invoice
  for each row execute function ledger.refuse_change();
