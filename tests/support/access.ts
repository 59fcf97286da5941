import { randomInt } from 'node:crypto';
import type pg from 'pg';
import type { Role } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asSuperuser, type TestDatabase } from './database.ts';

export const roles = ['member', 'identity', 'support', 'finance', 'operator', 'auditor', 'service'] as const;
export const operations = ['select', 'insert', 'update', 'delete'] as const;
type Operation = (typeof operations)[number];

/**
 * By table, role and operation: `own` (the person's own rows), `all` (anyone's, or a table without persons), with the
 * columns in brackets where only some are granted. What is not there is refused.
 */
export type AccessMatrix = Record<string, Partial<Record<Role, Partial<Record<Operation, string>>>>>;

export interface Column {
  name: string;
  type: string;
  generated: boolean;
}

export interface Table {
  name: string;
  columns: Column[];
  /** The column of the person's id, or null for a table without persons. */
  person: string | null;
}

/**
 * Tries everything: each role, on each table, reads, inserts, updates and deletes rows of two persons. Only for a
 * database of the test's own: rules of content (CHECK, foreign keys, triggers) are taken off, since rights do not
 * hang on them, so that a row of any table can be made from the catalogue alone.
 */
export async function tryEverything(
  database: TestDatabase,
  persons: ReadonlyMap<string, string>,
): Promise<AccessMatrix> {
  return asSuperuser(database, async (client) => {
    await takeOffRulesOfContent(client);
    const matrix: AccessMatrix = {};
    for (const table of await catalogueTables(client, persons)) {
      const line: AccessMatrix[string] = {};
      for (const role of roles) {
        const cell: Partial<Record<Operation, string>> = {};
        for (const operation of operations) {
          const reach = await reachOf(client, database, table, role, operation);
          if (reach !== null) cell[operation] = reach;
        }
        if (Object.keys(cell).length > 0) line[role] = cell;
      }
      matrix[table.name] = line;
    }
    return matrix;
  });
}

export async function catalogueTables(
  client: pg.Client,
  persons: ReadonlyMap<string, string>,
): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; columns: Column[] }>(`
    select n.nspname || '.' || c.relname as name,
           json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null),
             'generated', a.attgenerated <> '' or a.attidentity = 'a') order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
      and n.nspname not in ('pg_catalog', 'information_schema')
    group by 1 order by 1`);
  return rows.map(({ name, columns }) => ({
    name,
    columns,
    person: persons.get(name) ?? (columns.some((column) => column.name === 'user_id') ? 'user_id' : null),
  }));
}

/** Takes off CHECKs, foreign keys and triggers, so that a row of any table can be made from the catalogue alone. */
export async function takeOffRulesOfContent(client: pg.Client) {
  await client.query(`do $$ declare r record; begin
    for r in select conrelid::regclass as t, conname from pg_constraint
      where contype in ('f', 'c') and conislocal and conparentid = 0 and conrelid <> 0
        and connamespace::regnamespace::text not in ('pg_catalog', 'information_schema') loop
      execute format('alter table %s drop constraint %I cascade', r.t, r.conname);
    end loop;
    for r in select distinct tgrelid::regclass as t from pg_trigger where not tgisinternal loop
      execute format('alter table %s disable trigger user', r.t);
    end loop;
  end $$`);
}

/** `own`, `all`, or null when refused; with the columns when only some are granted. */
async function reachOf(
  client: pg.Client,
  database: TestDatabase,
  table: Table,
  role: Role,
  operation: Operation,
): Promise<string | null> {
  const granted = await grantedColumns(client, table, role, operation);
  if (granted.length === 0) return null;
  const me = newId();
  const other = newId();
  const mine = await works(client, database, table, role, operation, granted, me, me);
  const others = await works(client, database, table, role, operation, granted, me, other);
  if (others && !mine) throw new Error(`${role} reaches others in ${table.name}, and not itself`);
  if (!mine) return null;
  const some =
    granted.length < table.columns.length && operation !== 'delete' && !insertsAll(table, granted, operation);
  return `${others ? 'all' : 'own'}${some ? ` (${granted.map(({ name }) => name).join(', ')})` : ''}`;
}

/** A generated column cannot be inserted, so it is no gap in the right to insert. */
function insertsAll(table: Table, granted: Column[], operation: Operation): boolean {
  return (
    operation !== 'select' && granted.length === table.columns.filter((column) => !column.generated).length
  );
}

async function grantedColumns(
  client: pg.Client,
  table: Table,
  role: Role,
  operation: Operation,
): Promise<Column[]> {
  if (operation === 'delete') {
    const { rows } = await client.query<{ yes: boolean }>('select has_table_privilege($1, $2, $3) as yes', [
      role,
      table.name,
      operation,
    ]);
    return rows[0]!.yes ? table.columns : [];
  }
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $2::regclass and attnum > 0 and not attisdropped
       and has_column_privilege($1, attrelid, attnum, $3)`,
    [role, table.name, operation],
  );
  const names = new Set(rows.map(({ name }) => name));
  return table.columns.filter(
    ({ name, generated }) => names.has(name) && !(operation !== 'select' && generated),
  );
}

/** Whether the operation reaches the only row, which is `owner`'s, when `role` acts as `me`. All is rolled back. */
async function works(
  client: pg.Client,
  database: TestDatabase,
  table: Table,
  role: Role,
  operation: Operation,
  granted: Column[],
  me: string,
  owner: string,
): Promise<boolean> {
  await client.query('begin');
  try {
    await client.query(`delete from ${table.name}`);
    const writable = table.columns.filter(({ generated }) => !generated);
    if (operation !== 'insert') await client.query(insertion(table, writable, owner));
    await client.query(`set local role ${role}`);
    await client.query(
      role === 'member'
        ? `set local mluen.user_id = '${me}'; set local mluen.proof = '${database.pools.proofOf(me)}'`
        : `set local mluen.staff_id = '${me}'`,
    );
    return ((await client.query(statement(table, operation, granted, owner))).rowCount ?? 0) > 0;
  } catch (error) {
    // 42501: no such right, or row-level security refused the new row. Anything else is a fault of this test.
    if ((error as { code?: string }).code === '42501') return false;
    throw new Error(`${role} ${operation} ${table.name}: ${String(error)}`, { cause: error });
  } finally {
    await client.query('rollback');
  }
}

/** Without conditions, which would ask for the right to read the columns they name. */
function statement(table: Table, operation: Operation, granted: Column[], owner: string): string {
  switch (operation) {
    case 'insert':
      return insertion(table, granted, owner);
    case 'select':
      return `select ${granted.map(({ name }) => `"${name}"`).join(', ')} from ${table.name}`;
    case 'update':
      return `update ${table.name} set "${granted[0]!.name}" = ${sampleOf(table, granted[0]!, owner)}`;
    case 'delete':
      return `delete from ${table.name}`;
    default:
      return operation satisfies never;
  }
}

function insertion(table: Table, columns: Column[], owner: string): string {
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  return `insert into ${table.name} (${names}) values (${columns.map((column) => sampleOf(table, column, owner)).join(', ')})`;
}

/** A value of the column's type, as SQL; the person's id in the person's column. */
export function sampleOf(table: Table, { name, type }: Column, owner: string): string {
  if (name === table.person) return `'${owner}'`;
  if (type.endsWith('[]') || type.endsWith('multirange')) return `'{}'::${type}`;
  switch (type) {
    case 'uuid':
      return `'${newId()}'`;
    case 'boolean':
      return 'true';
    case 'json':
    case 'jsonb':
      return `'{}'`;
    case 'bytea':
      return `'\\x${newId().replaceAll('-', '')}'`; // unique, as hashes are
    case 'timestamp with time zone':
    case 'date':
      return 'now()';
    case 'bigint':
      return String(randomInt(1, 2 ** 47)); // unique, as numbers of accounts are
    case 'pg_snapshot':
      return 'pg_current_snapshot()';
    case 'inet':
      return `'192.0.2.1'`;
    case 'text':
    case 'character varying':
      return `'${newId().slice(-8)}@example.org'`; // an address, for columns that are generated from one
    default:
      return `'1'::${type}`;
  }
}
