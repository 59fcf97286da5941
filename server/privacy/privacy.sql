-- Acceptances are proof: nobody changes or removes one, erasure keeps them without a name.
grant select, insert on privacy.acceptance to member, identity, service;
grant select on privacy.acceptance to auditor;
drop policy if exists identity_all on privacy.acceptance;
create policy identity_all on privacy.acceptance to identity using (true) with check (true);
drop policy if exists auditor_reads on privacy.acceptance;
create policy auditor_reads on privacy.acceptance for select to auditor using (true);

grant select on privacy.erasure, privacy.certificate, privacy.export to member;
grant select, insert, update on privacy.erasure to service;
grant select, insert on privacy.erasure_step, privacy.certificate, privacy.signing_key to service;
grant select, insert, update, delete on privacy.export to service;
grant select on privacy.erasure, privacy.erasure_step, privacy.certificate to auditor;

drop policy if exists auditor_reads on privacy.erasure;
create policy auditor_reads on privacy.erasure for select to auditor using (true);
drop policy if exists auditor_reads on privacy.erasure_step;
create policy auditor_reads on privacy.erasure_step for select to auditor using (true);
drop policy if exists auditor_reads on privacy.certificate;
create policy auditor_reads on privacy.certificate for select to auditor using (true);

-- At sign-in the identity role asks whether an account is closing.
grant select on privacy.erasure to identity;
drop policy if exists identity_reads on privacy.erasure;
create policy identity_reads on privacy.erasure for select to identity using (true);
