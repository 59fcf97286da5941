import { createHash, createHmac } from 'node:crypto';
import pg from 'pg';

pg.types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text));

/** The zones of the database: each has its login, its pool, and the roles it may become. */
export const zones = {
  web: { login: 'web_login', roles: ['member'], connections: 16 },
  auth: { login: 'auth_login', roles: ['identity'], connections: 6 },
  staff: { login: 'staff_login', roles: ['support', 'finance', 'operator', 'auditor'], connections: 3 },
  worker: { login: 'worker_login', roles: ['service'], connections: 12 },
} as const;
export type Zone = keyof typeof zones;
export type Role = (typeof zones)[Zone]['roles'][number];
export type StaffRole = (typeof zones)['staff']['roles'][number];

/** Where the database is, and how its administrator (who migrates) signs in. */
export interface DatabaseAddress {
  admin: pg.ClientConfig;
  /** Same server and database, without a login. */
  base: pg.ClientConfig;
}

/** Passwords of the logins follow from the application's secret: nothing to store, the same on every machine. */
export function loginPassword(secret: string, login: string): string {
  return createHmac('sha256', secret).update(`database login ${login}`).digest('hex');
}

/** What proofs of members' transactions are made with; the database holds it where no role can read it. */
export function proofSecret(secret: string): Buffer {
  return createHmac('sha256', secret).update('proof of a member’s transaction').digest();
}

export interface Pools extends Record<Zone, pg.Pool> {
  /** Proves to row-level security that the application, not injected SQL, named this member. */
  proofOf(memberId: string): string;
  end(): Promise<void>;
}

/**
 * One pool per zone. A connection of `worker` and `auth` acts as its only role from the start; `web` and `staff`
 * take theirs in each transaction.
 */
export function openPools(address: DatabaseAddress, secret: string, onError: (error: Error) => void): Pools {
  const open = (zone: Zone) => {
    const { login, connections } = zones[zone];
    const pool = new pg.Pool({
      ...address.base,
      ...(zone === 'worker'
        ? { options: '-c role=service -c jit=off -c plan_cache_mode=force_generic_plan' }
        : {}),
      ...(zone === 'auth' ? { options: '-c search_path=identity -c role=identity' } : {}),
      user: login,
      password: loginPassword(secret, login),
      max: connections,
      application_name: `mluen-${zone}`,
      idleTimeoutMillis: 60_000,
      connectionTimeoutMillis: 10_000,
    });
    // One that is cut while it is in use is told by its query; without a listener the process would end of it.
    pool.on('connect', (client) => client.on('error', () => undefined));
    pool.on('error', onError); // an idle connection was cut; the pool opens another when it is needed
    return pool;
  };
  const pools = { web: open('web'), auth: open('auth'), staff: open('staff'), worker: open('worker') };
  const proving = proofSecret(secret);
  return {
    ...pools,
    proofOf: (memberId) => createHash('sha256').update(proving).update(memberId).digest('hex'),
    end: async () => void (await Promise.all(Object.values(pools).map((pool) => pool.end()))),
  };
}

/** `DATABASE_URL` as an address. Several hosts are left to the driver of the outside pooler. */
export function addressOf(url: string): DatabaseAddress {
  const parsed = new URL(url);
  const base: pg.ClientConfig = {
    host: parsed.searchParams.get('host') ?? parsed.hostname,
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    database: decodeURIComponent(parsed.pathname.slice(1)) || 'mluen',
    ssl: sslOf(parsed.searchParams.get('sslmode')),
  };
  return {
    base,
    admin: {
      ...base,
      user: decodeURIComponent(parsed.username),
      password: decodeURIComponent(parsed.password),
    },
  };
}

function sslOf(mode: string | null): pg.ClientConfig['ssl'] {
  if (mode === null || mode === 'disable') return false;
  return { rejectUnauthorized: mode !== 'require' && mode !== 'prefer' };
}
