create schema mail;
grant usage on schema mail to member, identity, support, finance, operator, auditor, service;

-- Mail on its way: written in the transaction that causes it, so that neither exists without the other.
create table mail.outbox (
  -- Also the Message-ID: a server that gets it twice can tell.
  id uuid primary key,
  -- The person it is for; null for a stranger who wrote to us.
  person_id uuid,
  -- What it is, for counting: `verify`, `receipt`.
  kind text not null,
  recipient text not null,
  subject text not null,
  -- Null once it has left: what it said (a code, a link) is nobody's business any more.
  body_text text,
  body_html text,
  -- kept: there is no mail server (sandbox), it is read in the console.
  state text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'kept')),
  attempts integer not null default 0,
  queued_at timestamptz not null default now(),
  sent_at timestamptz,
  -- The mail server's answer; never its whole dialogue, which holds the address.
  last_error text
);
create index outbox_person on mail.outbox (person_id) where person_id is not null;

alter table mail.outbox enable row level security;
alter table mail.outbox force row level security;
create policy owner_all on mail.outbox to mluen_owner using (true) with check (true);
create policy service_all on mail.outbox to service using (true) with check (true);
create policy identity_writes on mail.outbox for insert to identity with check (true);
-- A queued mail may hold a code that still opens an account: staff see it only once it has left or will never leave.
create policy operator_reads on mail.outbox for select to operator using (state <> 'queued');
