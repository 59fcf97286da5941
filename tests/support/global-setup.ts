import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { addressOf, type DatabaseAddress } from '#server/database/connections.ts';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { migrate } from '#server/database/migrate.ts';
import { moduleSqlFiles } from '#server/database/module-sql.ts';

export const TEST_SECRET = 'a secret of the tests, thirty-two characters';
export const TEMPLATE = 'mluen_template';

/** One PostgreSQL a run, migrated once into a template that each test file clones. */
export default async function setup(project: TestProject) {
  const outside = process.env.TEST_DATABASE_URL;
  const dir = mkdtempSync(join(tmpdir(), 'mluen-test-'));
  const embedded =
    outside === undefined
      ? await startEmbeddedPostgres(dir, { shared_buffers: '128MB', max_connections: '300' })
      : null;
  const admin: pg.ClientConfig = embedded?.admin ?? addressOf(outside!).admin;
  const address: DatabaseAddress = {
    admin: { ...admin, database: TEMPLATE },
    base: { host: admin.host, port: admin.port, database: TEMPLATE },
  };
  await drop(admin, TEMPLATE);
  await migrate(address, TEST_SECRET, moduleSqlFiles());
  project.provide('admin', {
    host: admin.host,
    port: admin.port,
    user: admin.user,
    password: String(admin.password),
  });
  return async () => {
    await embedded?.stop('immediate');
    rmSync(dir, { recursive: true, force: true });
  };
}

async function drop(admin: pg.ClientConfig, database: string) {
  const client = new pg.Client({ ...admin, database: 'postgres' });
  await client.connect();
  await client.query(`drop database if exists ${database} with (force)`);
  await client.end();
}

declare module 'vitest' {
  export interface ProvidedContext {
    admin: { host: string | undefined; port: number | undefined; user: string | undefined; password: string };
  }
}
