import { expect, test } from 'vitest';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { declaredInventory } from '#tests/support/inventory.ts';

const database = testDatabase();

test('3.11 who can read a column is who the inventory names for its purpose, and PostgreSQL refuses all others', async () => {
  const { personal } = await declaredInventory();
  const declared = personal.flatMap(({ table, columns, readers }) =>
    columns.map((column) => `${table}.${column}: ${[...readers].sort().join(', ')}`),
  );
  const granted = await readersByColumn(new Set(personal.map(({ table }) => table)));
  expect(declared.sort()).toEqual(granted.sort());
});

test('3.11 5.9 prompts, files and outputs are for the member and the pipeline: no role of staff can read them', async () => {
  const { personal } = await declaredInventory();
  const content = personal.filter(
    ({ table, sealed }) => sealed !== undefined && /^(generations|artifacts)\./.test(table),
  );
  expect(content.flatMap(({ columns }) => columns).length).toBeGreaterThan(3);
  for (const { table, columns, readers } of content)
    expect([table, columns, readers.filter((role) => role !== 'member' && role !== 'service')]).toEqual([
      table,
      columns,
      [],
    ]);
});

/** From the catalogue: a role reads a column that is granted to it, where a policy of row-level security lets it. */
async function readersByColumn(tables: ReadonlySet<string>): Promise<string[]> {
  return asSuperuser(database(), async (client) => {
    const { rows } = await client.query<{ column: string; readers: string[] }>(
      `
      select c.oid::regclass::text || '.' || a.attname as column,
        array_agg(r.rolname::text order by r.rolname) filter (where r.rolname is not null) as readers
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_roles r on r.rolname in ('member', 'identity', 'support', 'finance', 'operator', 'auditor', 'service')
          and has_column_privilege(r.rolname, c.oid, a.attnum, 'select')
          and (not c.relrowsecurity or exists (select 1 from pg_policy p
            where p.polrelid = c.oid and p.polcmd in ('*', 'r') and r.oid = any (p.polroles)))
      where n.nspname || '.' || c.relname = any ($1)
      group by 1`,
      [[...tables]],
    );
    return rows.map(({ column, readers }) => `${column}: ${(readers ?? []).join(', ')}`);
  });
}
