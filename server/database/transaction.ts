import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type pg from 'pg';
import type { Pools, Role } from './connections.ts';
import { isId } from './ids.ts';
import type { Tables } from './tables.ts';

declare const role: unique symbol;
/** A transaction that runs as `R`: what that role may not do, PostgreSQL refuses. */
export type Tx<R extends Role = Role> = Kysely<Tables> & { readonly [role]: R };

/** Runs `work` in one transaction as the member: row-level security shows that person's rows alone. */
export function asMember<T>(
  pools: Pools,
  memberId: string,
  work: (tx: Tx<'member'>) => Promise<T>,
): Promise<T> {
  return inTransaction(
    pools.web,
    `begin; set local role member; set local mluen.user_id = '${checked(memberId)}'; set local mluen.proof = '${pools.proofOf(memberId)}'`,
    work,
  );
}

/** Runs `work` as the visitor who has not signed in: the member's role without a person sees public rows only. */
export function asVisitor<T>(pools: Pools, work: (tx: Tx<'member'>) => Promise<T>): Promise<T> {
  return asMember(pools, '00000000-0000-7000-8000-000000000000', work);
}

/** Runs `work` as one of the staff roles, in the name of `staffId` (who stands in the audit log). */
export function asStaff<R extends 'support' | 'finance' | 'operator' | 'auditor', T>(
  pools: Pools,
  as: R,
  staffId: string,
  work: (tx: Tx<R>) => Promise<T>,
): Promise<T> {
  return inTransaction(
    pools.staff,
    `begin; set local role ${as}; set local mluen.staff_id = '${checked(staffId)}'`,
    work,
  );
}

/** Runs `work` as the service: jobs, webhooks, the pipeline. */
export function asService<T>(pools: Pools, work: (tx: Tx<'service'>) => Promise<T>): Promise<T> {
  return inTransaction(pools.worker, 'begin', work);
}

/** Runs `work` as the identity role, which alone sees accounts, sessions and credentials. */
export function asIdentity<T>(pools: Pools, work: (tx: Tx<'identity'>) => Promise<T>): Promise<T> {
  return inTransaction(pools.auth, 'begin', work);
}

function checked(id: string): string {
  if (!isId(id)) throw new Error('not an id'); // it goes into SQL as text: `set` takes no parameter
  return id;
}

async function inTransaction<R extends Role, T>(
  pool: pg.Pool,
  preamble: string,
  work: (tx: Tx<R>) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(preamble);
    const result = await work(bound<R>(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Kysely over one checked-out connection, whose transaction is opened and closed by `inTransaction`. */
function bound<R extends Role>(client: pg.PoolClient): Tx<R> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new OneConnection(client),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  }) as Tx<R>;
}

class OneConnection implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(client: pg.PoolClient) {
    this.#connection = {
      async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
        const { command, rowCount, rows } = await client.query(query.sql, [...query.parameters]);
        return command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(rowCount ?? 0) };
      },
      // biome-ignore lint/correctness/useYield: every read has a limit, so nothing streams
      async *streamQuery() {
        throw new Error('streaming is not used');
      },
    };
  }

  async init() {}
  async acquireConnection() {
    return this.#connection;
  }
  async beginTransaction() {
    throw new Error('already in a transaction');
  }
  async commitTransaction() {}
  async rollbackTransaction() {}
  async releaseConnection() {}
  async destroy() {}
}
