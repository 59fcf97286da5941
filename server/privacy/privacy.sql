-- Acceptances are proof: nobody changes or removes one, erasure keeps them without a name.
grant select, insert on privacy.acceptance to member, identity, service;
grant select on privacy.acceptance to auditor;
drop policy if exists identity_all on privacy.acceptance;
create policy identity_all on privacy.acceptance to identity using (true) with check (true);
drop policy if exists auditor_reads on privacy.acceptance;
create policy auditor_reads on privacy.acceptance for select to auditor using (true);
