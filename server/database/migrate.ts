import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { type DatabaseAddress, loginPassword, proofSecret, type Zone, zones } from './connections.ts';

const REQUEST_ROLES = ['member', 'identity', 'support', 'finance', 'operator', 'auditor', 'service'];
/** Two processes that start at once take turns. */
const MIGRATION_LOCK = 7_254_001;

/**
 * Brings the database to the present state: roles and logins, numbered migrations that have not run, and each
 * module's SQL (functions, views, policies, grants) that has changed. Everything in one transaction: a start that
 * fails leaves the database as it was. Throws when the database is newer than this program.
 */
export async function migrate(
  address: DatabaseAddress,
  secret: string,
  moduleSql: string[],
): Promise<string[]> {
  await ensureDatabase(address);
  const client = new pg.Client(address.admin);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(client, secret);
    await ensureQueue(address);
    await client.query('begin');
    await client.query('set local role mluen_owner');
    const applied = [...(await runNumbered(client)), ...(await applyModules(client, moduleSql))];
    await client.query(
      'insert into mluen.proof_secret (secret) values ($1) on conflict (one) do update set secret = excluded.secret',
      [proofSecret(secret)],
    );
    await client.query('commit');
    return applied;
  } finally {
    await client.end();
  }
}

async function ensureDatabase({ admin }: DatabaseAddress) {
  const client = new pg.Client({ ...admin, database: 'postgres' });
  await client.connect();
  const found = await client.query('select 1 from pg_database where datname = $1', [admin.database]);
  if (found.rowCount === 0)
    await client.query(`create database ${pg.escapeIdentifier(admin.database ?? 'mluen')}`);
  await client.end();
}

/** Roles belong to the whole server: another database on it may have made them already. */
async function ensureRoles(client: pg.Client, secret: string) {
  const known = new Set(
    (await client.query<{ rolname: string }>('select rolname from pg_roles')).rows.map((row) => row.rolname),
  );
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK + 1]);
  for (const role of ['mluen_owner', ...REQUEST_ROLES])
    if (!known.has(role)) await client.query(`create role ${role} nologin`);
  const { rows } = await client.query<{ me: string; db: string }>(
    'select current_user as me, current_database() as db',
  );
  await client.query(`grant mluen_owner to ${pg.escapeIdentifier(rows[0]!.me)} with set true, inherit true`);
  await client.query(`grant create, connect on database ${pg.escapeIdentifier(rows[0]!.db)} to mluen_owner`);
  for (const zone of Object.keys(zones) as Zone[]) {
    const { login, roles } = zones[zone];
    if (!known.has(login)) await client.query(`create role ${login} login noinherit`);
    await client.query(`alter role ${login} password ${pg.escapeLiteral(loginPassword(secret, login))}`);
    for (const role of roles) await client.query(`grant ${role} to ${login} with set true, inherit false`);
  }
  // A session of web_login must not read proofs of members out of the statements of other sessions.
  const { rows: mighty } = await client.query(
    'select 1 from pg_roles where rolname = current_user and rolsuper',
  );
  if (mighty.length > 0) await client.query('alter role web_login set track_activities = off');
  await client.query('commit');
}

/** The queue's own tables, owned as all others. It is used by the service role alone. */
async function ensureQueue({ admin }: DatabaseAddress) {
  const pool = new pg.Pool({ ...admin, max: 2, options: '-c role=mluen_owner' });
  // What is cut here is told by the query that fails.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await runMigrations({ pgPool: pool, schema: 'jobs' });
  await pool.query('grant usage on schema jobs to service');
  await pool.query('grant select, insert, update, delete on all tables in schema jobs to service');
  await pool.query('grant usage, select on all sequences in schema jobs to service');
  await pool.query('grant execute on all functions in schema jobs to service');
  await pool.query(QUEUE_POLICIES);
  await pool.end();
}

/** The queue turns row-level security on for its tables and makes no policy: without one the service saw no job. */
const QUEUE_POLICIES = `do $$ declare queue regclass; begin
  for queue in select oid from pg_class
    where relnamespace = 'jobs'::regnamespace and relkind = 'r' and relrowsecurity loop
    execute format('drop policy if exists service_all on %s', queue);
    execute format('create policy service_all on %s to service using (true) with check (true)', queue);
  end loop;
end $$`;

async function runNumbered(client: pg.Client): Promise<string[]> {
  await client.query('create schema if not exists mluen');
  await client.query(
    'create table if not exists mluen.migration (name text primary key, applied_at timestamptz not null default now())',
  );
  const done = new Set(
    (await client.query<{ name: string }>('select name from mluen.migration')).rows.map((row) => row.name),
  );
  const dir = join(import.meta.dirname, 'migrations');
  const names = readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const unknown = [...done].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `The database is newer than this program: it has ${unknown.join(', ')}. Start the newer version.`,
    );
  const fresh = names.filter((name) => !done.has(name));
  for (const name of fresh) {
    await run(client, name, readFileSync(join(dir, name), 'utf8'));
    await client.query('insert into mluen.migration (name) values ($1)', [name]);
  }
  return fresh;
}

async function applyModules(client: pg.Client, files: string[]): Promise<string[]> {
  await client.query(
    'create table if not exists mluen.module_sql (name text primary key, hash text not null, applied_at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ name: string; hash: string }>(
    'select name, hash from mluen.module_sql',
  );
  const known = new Map(rows.map((row) => [row.name, row.hash]));
  const applied: string[] = [];
  for (const file of files) {
    const name = basename(file);
    const sql = readFileSync(file, 'utf8');
    const hash = createHash('sha256').update(sql).digest('hex');
    if (known.get(name) === hash) continue;
    await run(client, name, sql);
    await client.query(
      'insert into mluen.module_sql (name, hash) values ($1, $2) on conflict (name) do update set hash = excluded.hash, applied_at = now()',
      [name, hash],
    );
    applied.push(name);
  }
  return applied;
}

async function run(client: pg.Client, name: string, sql: string) {
  try {
    await client.query(sql);
  } catch (cause) {
    const at =
      cause instanceof pg.DatabaseError && cause.position !== undefined
        ? ` near «${sql.slice(Math.max(0, Number(cause.position) - 60), Number(cause.position) + 60)}»`
        : '';
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}${at}`, { cause });
  }
}
