import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { type DatabaseAddress, openPools, type Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { TEMPLATE, TEST_SECRET } from './global-setup.ts';

export interface TestDatabase {
  address: DatabaseAddress;
  pools: Pools;
  secret: string;
  drop(): Promise<void>;
}

/** A database of its own, cloned from the migrated template. `drop` fails when a connection leaked from a transaction. */
export async function freshDatabase(): Promise<TestDatabase> {
  const admin = inject('admin');
  const name = `mluen_${newId().replaceAll('-', '')}`;
  await administer(admin, `create database ${name} template ${TEMPLATE}`);
  const address: DatabaseAddress = {
    admin: { ...admin, database: name },
    base: { host: admin.host, port: admin.port, database: name },
  };
  const pools = openPools(address, TEST_SECRET, () => undefined);
  return {
    address,
    pools,
    secret: TEST_SECRET,
    drop: async () => {
      const busy = [pools.web, pools.auth, pools.staff, pools.worker].filter(
        (pool) => pool.totalCount !== pool.idleCount,
      );
      await pools.end();
      await administer(admin, `drop database if exists ${name} with (force)`);
      if (busy.length > 0) throw new Error('a connection was not given back');
    },
  };
}

/** The database of this test file: made before its first test, dropped after its last. */
export function testDatabase(): () => TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await freshDatabase();
  }, 60_000);
  afterAll(async () => {
    await database?.drop();
  });
  return () => {
    if (database === undefined) throw new Error('the database is there only inside tests');
    return database;
  };
}

/** A connection as the server's superuser, for what only an attacker or an auditor would do. */
export async function asSuperuser<T>(
  database: Pick<TestDatabase, 'address'>,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(database.address.admin);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function administer(admin: pg.ClientConfig, statement: string) {
  const client = new pg.Client({ ...admin, database: 'postgres' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
