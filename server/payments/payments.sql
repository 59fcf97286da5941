-- A member reads the own top-ups; only the service, which asked the processor, changes them.
grant select on payments.top_up, payments.money_in to member, finance, auditor;
grant select, insert, update on payments.top_up to service;
grant select, insert on payments.money_in to service;
grant select, insert, update on payments.webhook_inbox to service;
grant select on payments.webhook_inbox to finance, auditor;

drop policy if exists finance_reads on payments.top_up;
create policy finance_reads on payments.top_up for select to finance, auditor using (true);
drop policy if exists finance_reads on payments.money_in;
create policy finance_reads on payments.money_in for select to finance, auditor using (true);
