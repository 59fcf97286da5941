-- What people write to us (clauses 1.2, 2.6, 3.9, 9.8, 9.9, 11.2). Whoever is not signed in gets an id and a content key
-- of the own, so that everything here is sealed, exported and erased by the same rules.
create schema support;
grant usage on schema support to member, support, finance, auditor, service;

create table support.ticket (
  user_id uuid not null,
  id uuid not null,
  topic text not null check (topic in ('security', 'child', 'privacy', 'complaint', 'billing', 'question')),
  is_member boolean not null,
  state text not null default 'open' check (state in ('open', 'answered', 'closed')),
  -- Where who is not signed in is answered.
  address_sealed bytea,
  -- The address of the account that a report of a child is about.
  reported_sealed bytea,
  assigned_to uuid,
  opened_at timestamptz not null default now(),
  -- Since when the person waits for a word of ours; null once they have it.
  waiting_since timestamptz,
  closed_at timestamptz,
  primary key (user_id, id),
  check (is_member = (address_sealed is null)),
  check ((state = 'closed') = (closed_at is not null)),
  check ((state = 'open') = (waiting_since is not null))
);
create unique index ticket_by_id on support.ticket (id);
create index ticket_waiting on support.ticket (topic, waiting_since) where state <> 'closed';
create index ticket_closed on support.ticket (closed_at) where state = 'closed';
call mluen.protect('support.ticket');

create table support.message (
  user_id uuid not null,
  id uuid not null,
  ticket_id uuid not null,
  author text not null check (author in ('person', 'staff')),
  staff_id uuid,
  text_sealed bytea not null,
  -- In artifacts.file, as all that a person uploads.
  file_ids uuid[] not null default '{}',
  at timestamptz not null default now(),
  primary key (user_id, id),
  check ((author = 'staff') = (staff_id is not null))
);
create index message_by_ticket on support.message (user_id, ticket_id, id);
call mluen.protect('support.message');

-- A right that somebody makes use of, and its clock.
create table support.rights_request (
  user_id uuid not null,
  id uuid not null,
  ticket_id uuid not null,
  kind text not null check (kind in ('access', 'correct', 'erase', 'export', 'restrict', 'object', 'other')),
  country text,
  regime text not null,
  received_at timestamptz not null default now(),
  due_at timestamptz not null,
  -- Before the extension; there is one at most.
  extended_from timestamptz,
  extension_reason text,
  -- When it was shown that the person has the address: by a session, or by the link that was mailed there.
  proven_at timestamptz,
  outcome text check (outcome in ('answered', 'refused')),
  outcome_reason text,
  closed_at timestamptz,
  alarm text not null default 'none' check (alarm in ('none', 'soon', 'overdue')),
  primary key (user_id, id),
  check ((outcome is null) = (closed_at is null)),
  -- Nobody is given what is asked for before it is shown who asks (clause 9.8).
  check (outcome is distinct from 'answered' or proven_at is not null),
  check ((extended_from is null) = (extension_reason is null)),
  check (outcome is distinct from 'refused' or outcome_reason is not null)
);
create unique index rights_request_by_ticket on support.rights_request (ticket_id);
create index rights_request_open on support.rights_request (due_at) where closed_at is null;
call mluen.protect('support.rights_request');

-- What became of a report that an account is a child's; `user_id` is the account.
create table support.child_report (
  user_id uuid not null,
  id uuid not null,
  ticket_id uuid not null,
  suspended_at timestamptz not null default now(),
  lifted_at timestamptz,
  -- What is to be paid back, noted as the account is erased; then who did it, by the processor's reference.
  refund_micro bigint check (refund_micro >= 0),
  erasure_asked_at timestamptz,
  refund_reference text,
  refunded_at timestamptz,
  primary key (user_id, id),
  check (lifted_at is null or erasure_asked_at is null),
  check ((erasure_asked_at is null) = (refund_micro is null)),
  check ((refunded_at is null) = (refund_reference is null))
);
create unique index child_report_by_ticket on support.child_report (ticket_id);
call mluen.protect('support.child_report');
