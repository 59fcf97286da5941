-- Work that was paid for at the provider and reached nobody: it stands beside the other things that moved no money.
alter table ledger.memo drop constraint memo_kind_check;
alter table ledger.memo add constraint memo_kind_check check (kind in ('exceeds', 'late_shortfall', 'undelivered'));
-- `ledger.remember` in books.sql took its place.
drop function if exists ledger.remember_shortfall(uuid, uuid, uuid, bigint);
