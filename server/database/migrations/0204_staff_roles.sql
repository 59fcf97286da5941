-- Under which of the staff roles a person may act; members have none. Accounts of before had all of them.
alter table identity.member
  add column staff_roles text[] not null default '{}'
    check (staff_roles <@ array['support', 'finance', 'operator', 'auditor']);
update identity.member set staff_roles = array['support', 'finance', 'operator', 'auditor'] where role = 'staff';
alter table identity.member add check (role = 'staff' or staff_roles = '{}');
