-- What becomes of money after it came: the processor's fee, refunds, disputes, and what it pays out to our bank.

-- The processor's fee, once its balance transaction tells it. Null: not known yet.
alter table payments.money_in add column fee_micro bigint check (fee_micro >= 0);

create table payments.refund (
  user_id uuid not null,
  -- Ours: the transfers' ids follow from it, and the processor's Idempotency-Key.
  id uuid not null unique,
  money_in_id uuid not null,
  top_up_id uuid not null,
  amount_micro bigint not null check (amount_micro > 0),
  currency text not null,
  -- Who began it. `processor`: on its own dashboard, where we are not asked.
  origin text not null check (origin in ('member', 'staff', 'processor')),
  -- asked: reserved, the processor has not answered yet. returned: it failed after it had succeeded.
  state text not null default 'asked' check (state in ('asked', 'pending', 'succeeded', 'failed', 'returned')),
  rail text not null,
  processor_id text,
  asked_by uuid,
  reason text,
  -- The processor's code for why it failed.
  fault text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (user_id, id),
  unique (rail, processor_id),
  foreign key (user_id, money_in_id) references payments.money_in (user_id, id),
  check ((state in ('succeeded', 'failed', 'returned')) = (ended_at is not null))
);
create index refund_of_payment on payments.refund (user_id, money_in_id);
create index refund_open on payments.refund (created_at) where state in ('asked', 'pending');
call mluen.protect('payments.refund');

-- A payment that its owner disputes at the bank, or of which the bank warns.
create table payments.dispute (
  user_id uuid not null,
  id uuid not null unique,
  money_in_id uuid not null,
  top_up_id uuid not null,
  -- dispute: a case, which may begin as an inquiry. warning: a report of fraud, after which a case may come.
  kind text not null check (kind in ('dispute', 'warning')),
  -- warned: nothing was taken. cleared: it ended without anything taken.
  state text not null check (state in ('warned', 'opened', 'won', 'lost', 'cleared')),
  amount_micro bigint not null check (amount_micro > 0),
  currency text not null,
  rail text not null,
  processor_id text not null,
  reason text,
  -- Until when the processor takes evidence.
  answer_by timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (user_id, id),
  unique (rail, processor_id),
  foreign key (user_id, money_in_id) references payments.money_in (user_id, id),
  check ((state in ('won', 'lost', 'cleared')) = (ended_at is not null))
);
create index dispute_of_payment on payments.dispute (user_id, money_in_id);
create index dispute_open on payments.dispute (created_at) where state in ('warned', 'opened');
call mluen.protect('payments.dispute');

-- What the processor paid out to our bank.
create table payments.payout (
  id uuid primary key,
  rail text not null,
  processor_id text not null,
  -- Our account at the bank, by the processor's id.
  bank text not null,
  -- returned: the bank refused it after it had been told as paid.
  state text not null check (state in ('paid', 'returned')),
  amount_micro bigint not null check (amount_micro > 0),
  currency text not null,
  -- Of it, what moved at the processor and stands in no row of ours: zero, or a person must look.
  unexplained_micro bigint not null default 0,
  created_at timestamptz not null default now(),
  unique (rail, processor_id)
);

-- Until when a processor's own list of events was read: what it did not send is found there.
create table payments.events_read (
  channel text primary key,
  until timestamptz not null
);

-- What a notice is a reason to ask about, and the processor's id of that payment or payout.
alter table payments.webhook_inbox add column concerns text not null default 'top-up'
  check (concerns in ('top-up', 'payment', 'payout', 'nothing'));
alter table payments.webhook_inbox add column about text;
