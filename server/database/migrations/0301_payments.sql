create schema payments;
grant usage on schema payments to member, identity, support, finance, operator, auditor, service;

-- What a person asked to add: our quote, against which everything that arrives is compared.
create table payments.top_up (
  user_id uuid not null,
  -- Made by the caller; the processor knows the payment by it, so it is one in the whole system.
  id uuid not null unique,
  channel text not null,
  state text not null default 'asked'
    check (state in ('asked', 'pending', 'settled', 'failed', 'expired', 'cancelled')),
  amount_micro bigint not null check (amount_micro > 0),
  currency text not null,
  -- Whether real money moves: a payment of the other kind never settles it.
  live boolean not null,
  return_to text,
  -- The processor's Idempotency-Key: kept before the first request, so that a repeat asks for the same payment.
  request_key uuid not null,
  -- The processor's name for it: for cards the Checkout Session.
  session_id text,
  checkout_url text,
  card_brand text,
  card_last4 text check (card_last4 ~ '^[0-9]{4}$'),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  settled_at timestamptz,
  -- Why money that arrived was not credited; for staff.
  refusal text,
  primary key (user_id, id),
  unique (channel, session_id),
  check ((state = 'settled') = (settled_at is not null))
);
call mluen.protect('payments.top_up');

-- Money that arrived, once over all channels and roads: the receipt is the processor's id of the money itself.
create table payments.money_in (
  user_id uuid not null,
  id uuid not null,
  rail text not null,
  receipt text not null,
  top_up_id uuid not null,
  amount_micro bigint not null check (amount_micro > 0),
  currency text not null,
  live boolean not null,
  received_at timestamptz not null default now(),
  primary key (user_id, id),
  unique (rail, receipt),
  foreign key (user_id, top_up_id) references payments.top_up (user_id, id)
);
call mluen.protect('payments.money_in');

-- Notices of processors whose signature was good. Of each only its ids: the payment is then asked for at the
-- processor, so names, addresses and e-mails that a notice carries never enter the database.
create table payments.webhook_inbox (
  id uuid primary key,
  channel text not null,
  event_key text not null,
  kind text not null,
  top_up_id uuid,
  session_id text,
  live boolean not null,
  received_at timestamptz not null default now(),
  state text not null default 'received' check (state in ('received', 'done', 'ignored')),
  verdict text,
  handled_at timestamptz,
  unique (channel, event_key)
);
