import { expect, test } from 'vitest';
import { tablesOf } from '#server/privacy/inventory.ts';
import { type AccessMatrix, operations, roles, tryEverything } from '#tests/support/access.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { declaredInventory } from '#tests/support/inventory.ts';

const database = testDatabase();

/**
 * To change who may do what: change the grants, run this file with `-u`, and read the difference of both files.
 */
test('10.4 every table × every role × own and other person: allowed exactly as the matrix says', async () => {
  const persons = new Map(tablesOf(await declaredInventory()).map(({ table, person }) => [table, person]));
  const matrix = await tryEverything(database(), persons);
  await expect(`${JSON.stringify(matrix, null, 2)}\n`).toMatchFileSnapshot('./access-matrix.json');
  await expect(rendered(matrix)).toMatchFileSnapshot('../../docs/access.md');
}, 120_000);

/** A row a table, a column a role: r read, a add, c change, d delete; capitals reach everyone's rows. */
function rendered(matrix: AccessMatrix): string {
  const letters = { select: 'r', insert: 'a', update: 'c', delete: 'd' } as const;
  const lines = Object.entries(matrix).map(([table, line]) => {
    const cells = roles.map((role) =>
      operations
        .map((operation) => {
          const reach = line[role]?.[operation];
          if (reach === undefined) return '';
          const letter = reach.startsWith('all') ? letters[operation].toUpperCase() : letters[operation];
          return reach.includes('(') ? `${letter}*` : letter;
        })
        .join(''),
    );
    return `| \`${table}\` | ${cells.join(' | ')} |`;
  });
  return `# Who may do what in the database

Written by \`tests/policy/10-access.test.ts\`, which tries every table as every role against rows of two persons.
\`r\` read, \`a\` add, \`c\` change, \`d\` delete: the person's own rows; in capitals: rows of anyone, or of a table that
belongs to nobody. \`*\`: only some columns, which \`tests/policy/access-matrix.json\` names. Empty: PostgreSQL refuses.

| table | ${roles.join(' | ')} |
| --- | ${roles.map(() => '---').join(' | ')} |
${lines.join('\n')}
`;
}

async function column<T>(sql: string): Promise<T[]> {
  return asSuperuser(database(), async (client) =>
    (await client.query<{ it: T }>(sql)).rows.map(({ it }) => it),
  );
}

test('10.4 row-level security is on and forced wherever a table names a person', async () => {
  const open = await column<string>(`
    select c.oid::regclass::text as it from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind in ('r', 'p') and not c.relispartition and a.attname = 'user_id' and not a.attisdropped
      and not (c.relrowsecurity and c.relforcerowsecurity)`);
  expect(open).toEqual([]);
});

test('10.4 policies for members ask once a statement who it is, and ask for the proof', async () => {
  const loose = await column<string>(`
    select schemaname || '.' || tablename || ': ' || policyname as it from pg_policies
    where 'member' = any(roles)
      and coalesce(qual, '') || coalesce(with_check, '') not like '%( SELECT mluen.member_id()%'
      and coalesce(qual, '') || coalesce(with_check, '') like '%mluen.%'`);
  expect(loose).toEqual([]);
});

test('10.4 views run with the rights of who asks', async () => {
  const owners = await column<string>(`
    select c.oid::regclass::text as it from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'jobs')
      and not coalesce(c.reloptions @> array['security_invoker=true'], false)`);
  expect(owners).toEqual([]);
});

test('10.4 nobody is granted a partition, nor rights that row-level security does not see', async () => {
  const grants = await column<string>(`
    select c.oid::regclass::text || ' ' || g.grantee::regrole::text || ' ' || g.privilege_type as it
    from pg_class c cross join aclexplode(c.relacl) g join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
      and g.grantee <> c.relowner
      and (c.relispartition or g.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER') or g.grantee = 0)`);
  expect(grants).toEqual([]);
});

test('10.4 functions that run as their owner pin their search path and are not open to everyone', async () => {
  const loose = await column<string>(`
    select p.oid::regprocedure::text as it from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema', 'jobs')
      and (not exists (select 1 from unnest(p.proconfig) c where c like 'search_path=%')
        or exists (select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g where g.grantee = 0))`);
  expect(loose).toEqual([]);
});

test('10.4 of the functions that run with more rights, a member’s transaction may call these and no others', async () => {
  const callable = await column<string>(`
    select n.nspname || '.' || p.proname as it from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema') and p.prosecdef
      and has_schema_privilege('member', n.oid, 'usage') and has_function_privilege('member', p.oid, 'execute')
    order by 1`);
  expect(callable).toEqual(['audit.record', 'mluen.member_id']);
});

test('10.4 no login is a superuser or passes by row-level security', async () => {
  const mighty = await column<string>(`
    select rolname as it from pg_roles where (rolsuper or rolbypassrls)
      and rolname in ('web_login', 'auth_login', 'staff_login', 'worker_login', 'mluen_owner', ${roles.map((role) => `'${role}'`).join(', ')})`);
  expect(mighty).toEqual([]);
});
