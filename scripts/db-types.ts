/** Writes server/database/tables.ts from the migrated schema: run after adding a migration. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { migrate } from '#server/database/migrate.ts';
import { moduleSqlFiles } from '#server/database/module-sql.ts';

interface Column {
  schema: string;
  table: string;
  column: string;
  type: string;
  nullable: boolean;
  generated: boolean;
}

const TYPES: Record<string, string> = {
  int8: 'bigint',
  int4: 'number',
  int2: 'number',
  float8: 'number',
  numeric: 'string',
  bool: 'boolean',
  bytea: 'Buffer',
  timestamptz: 'Date',
  date: 'string',
  uuid: 'string',
  text: 'string',
  varchar: 'string',
  inet: 'string',
  xid8: 'string',
  json: 'unknown',
  jsonb: 'unknown',
};

const dir = mkdtempSync(join(tmpdir(), 'mluen-types-'));
const postgres = await startEmbeddedPostgres(dir, { fsync: 'off' });
try {
  const admin = { ...postgres.admin, database: 'types' };
  await migrate(
    { admin, base: { host: postgres.host, database: 'types' } },
    'only to read the schema',
    moduleSqlFiles(),
  );
  const client = new pg.Client(admin);
  await client.connect();
  const { rows } = await client.query<Column>(`
    select n.nspname as schema, c.relname as table, a.attname as column, coalesce(b.typname, t.typname) as type,
           not a.attnotnull as nullable, (a.atthasdef or a.attidentity <> '') as generated
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
      left join pg_type b on b.oid = t.typbasetype and t.typtype = 'd'
    where c.relkind in ('r', 'p', 'v') and not c.relispartition and a.attnum > 0 and not a.attisdropped
      and n.nspname not in ('pg_catalog', 'information_schema', 'jobs', 'pg_toast')
    order by 1, 2, a.attnum`);
  await client.end();
  const file = join(import.meta.dirname, '../server/database/tables.ts');
  writeFileSync(file, render(rows));
  spawnSync('npx', ['biome', 'check', '--write', file], { stdio: 'inherit' });
} finally {
  await postgres.stop('immediate');
  rmSync(dir, { recursive: true, force: true });
}

function render(columns: Column[]): string {
  const tables = Map.groupBy(columns, (column) => `${column.schema}.${column.table}`);
  const interfaces = [...tables].map(
    ([name, own]) => `export interface ${pascal(name)} {\n${own.map(field).join('\n')}\n}`,
  );
  const index = [...tables.keys()].map((name) => `  '${camel(name)}': ${pascal(name)};`).join('\n');
  return `// Written by scripts/db-types.ts from the migrated schema. Do not edit.\nimport type { Generated } from 'kysely';\n\n${interfaces.join('\n\n')}\n\nexport interface Tables {\n${index}\n}\n`;
}

function field(column: Column): string {
  const base =
    TYPES[column.type] ??
    (column.type.startsWith('_') ? `${TYPES[column.type.slice(1)] ?? 'string'}[]` : 'string');
  const type = column.nullable ? `${base} | null` : base;
  return `  ${camel(column.column)}: ${column.generated ? `Generated<${type}>` : type};`;
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(name: string): string {
  const joined = name
    .split('.')
    .map((part) => camel(part))
    .map((part) => part[0]!.toUpperCase() + part.slice(1));
  return joined.join('');
}
