-- A hold of a generation no longer counts on the revenue account that it names: that account changes at the capture. So
-- what open holds had put there goes, and the auditor begins anew, since its known totals had been made by the old rule.
update ledger.account a set credits_pending = a.credits_pending - x.held
from (select h.credit_account, sum(h.amount) as held from ledger.hold h where h.code = 'hold' group by h.credit_account) x
where a.id = x.credit_account;
delete from ledger.audit_mark;
delete from ledger.audited_account;
drop function if exists ledger.hold_plainly(uuid, bigint, bigint, int, timestamptz, uuid, bytea, bigint);

-- I3, I12. As types, not as checks of a table: PostgreSQL keeps a domain's check parsed, and reads a table's anew for
-- every statement that writes it.
drop trigger totals_only_grow on ledger.account;
drop trigger identity_stays on ledger.account;
create domain ledger.total as bigint check (value >= 0);
alter table ledger.account drop constraint totals_not_negative,
  alter column debits_pending type ledger.total, alter column debits_posted type ledger.total,
  alter column credits_pending type ledger.total, alter column credits_posted type ledger.total;
alter table ledger.transfer drop constraint two_accounts, drop constraint amount_not_negative,
  alter column amount type ledger.total;
alter table ledger.hold drop constraint hold_amount_check, alter column amount type ledger.total;

-- After the row, not before it: a trigger before an update makes PostgreSQL lock and log each row by itself first, though
-- the trigger is not for the columns that change.
create trigger totals_only_grow after update of debits_posted, credits_posted on ledger.account for each row
  when (new.debits_posted < old.debits_posted or new.credits_posted < old.credits_posted)
  execute function ledger.refuse_change();
create trigger identity_stays after update of id, user_id, code, currency, label, shard on ledger.account for each row
  execute function ledger.refuse_change();
