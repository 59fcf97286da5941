-- A member reads the own top-ups, refunds and disputes; only the service, which asked the processor, changes them.
grant select on payments.top_up, payments.money_in, payments.refund, payments.dispute to member, finance, auditor;
grant select, insert, update on payments.top_up, payments.refund, payments.dispute to service;
grant select, insert on payments.money_in to service;
grant update (fee_micro) on payments.money_in to service;
grant select, insert, update on payments.webhook_inbox, payments.payout, payments.events_read to service;
grant select on payments.webhook_inbox, payments.payout to finance, auditor;

drop policy if exists finance_reads on payments.top_up;
create policy finance_reads on payments.top_up for select to finance, auditor using (true);
drop policy if exists finance_reads on payments.money_in;
create policy finance_reads on payments.money_in for select to finance, auditor using (true);
drop policy if exists finance_reads on payments.refund;
create policy finance_reads on payments.refund for select to finance, auditor using (true);
drop policy if exists finance_reads on payments.dispute;
create policy finance_reads on payments.dispute for select to finance, auditor using (true);

-- Whether money was matched stands in the ledger, under ids that follow from the money's.
grant execute on function ledger.derived_id(uuid, text) to service, finance;
