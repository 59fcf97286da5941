-- What the auditor and the sealer remember. Both read the ledger through one snapshot; a row belongs to the round in
-- which it is first visible, whatever its number: identity numbers commit out of order.

-- A round of the auditor that found nothing.
create table ledger.audit_mark (
  id bigint generated always as identity primary key,
  snapshot pg_snapshot not null,
  -- The last number given out, read before this transaction got its own: a transaction above `horizon` gets higher ones.
  seq_given bigint not null,
  horizon xid8 not null default pg_current_xact_id(),
  checked_transfers bigint not null,
  at timestamptz not null default clock_timestamp()
);
-- Every account's totals at the last mark: the next round adds what came after.
create table ledger.audited_account (
  account_id bigint primary key,
  debits_pending bigint not null,
  debits_posted bigint not null,
  credits_pending bigint not null,
  credits_posted bigint not null,
  version bigint not null
);
grant select, insert on ledger.audit_mark to service;
grant select, insert, update, delete on ledger.audited_account to service;
grant select on ledger.audit_mark to finance, auditor;

-- One link of the chain: over the transfers from first_seq to last_seq that are visible in `snapshot` and were not in
-- `since` (null: from the beginning). A large round makes several seals of one snapshot.
create table ledger.seal (
  number bigint primary key,
  snapshot pg_snapshot not null,
  since pg_snapshot,
  -- As in audit_mark.
  seq_given bigint not null,
  horizon xid8 not null default pg_current_xact_id(),
  first_seq bigint not null,
  last_seq bigint not null,
  transfers bigint not null check (transfers > 0),
  -- SHA-256 root of the Merkle tree over the transfers in seq order (RFC 6962), and its leaves, 32 bytes each: they name
  -- a changed row, and prove a member's rows without showing anybody else's.
  root bytea not null,
  leaves bytea not null,
  -- Sum of amounts per currency, as decimal text.
  sums jsonb not null,
  previous bytea not null,
  hash bytea not null unique,
  sealed_at timestamptz not null
);
grant select, insert on ledger.seal to service;
grant select on ledger.seal to member, finance, auditor;
create trigger seal_only_append before update or delete on ledger.seal
  for each row execute function ledger.refuse_change();
create trigger seal_no_truncate before truncate on ledger.seal
  for each statement execute function ledger.refuse_change();

-- Seals that were carried out of the database, signed.
create table ledger.anchor (
  seal_number bigint primary key references ledger.seal,
  signature bytea not null,
  place text not null,
  at timestamptz not null default clock_timestamp()
);
grant select, insert on ledger.anchor to service;
grant select on ledger.anchor to finance, auditor;
