-- Set when a generation that names the file begins: what never was used is found without looking through histories.
alter table artifacts.file add column used boolean not null default false;
update artifacts.file f set used = true
where f.role = 'input' and exists (
  select from generations.generation g where g.user_id = f.user_id and f.id = any (g.file_ids)
);
create index file_unused on artifacts.file (created_at) where role = 'input' and not used;
