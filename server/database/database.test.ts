import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { newId } from './ids.ts';
import { asMember, asService } from './transaction.ts';

const database = testDatabase();

test('a member’s transaction runs as the member, with that person’s id', async () => {
  const id = newId();
  const seen = await asMember(database().pools, id, async (tx) => {
    const { rows } = await sql<{
      role: string;
      person: string;
    }>`select current_user as role, current_setting('mluen.user_id') as person`.execute(tx);
    return rows[0];
  });
  expect(seen).toEqual({ role: 'member', person: id });
});

test('a member’s connection cannot become another role', async () => {
  for (const role of ['service', 'identity', 'operator', 'mluen_owner']) {
    const attempt = asMember(database().pools, newId(), (tx) =>
      sql`set local role ${sql.raw(role)}`.execute(tx),
    );
    await expect(attempt).rejects.toThrow(/permission denied/);
  }
});

test('an error inside rolls back and gives the connection back', async () => {
  await expect(asService(database().pools, (tx) => sql`select 1 / 0`.execute(tx))).rejects.toThrow(
    /division by zero/,
  );
  const { rows } = await asService(database().pools, (tx) =>
    sql<{ one: number }>`select 1 as one`.execute(tx),
  );
  expect(rows).toEqual([{ one: 1 }]);
});

test('a connection that is cut within a transaction fails that transaction, not the process', async () => {
  const { pools } = database();
  const cut = asService(pools, async (tx) => {
    await sql`select 1`.execute(tx);
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    const pid = [rows[0]!.pid];
    await asSuperuser(database(), async (client) => {
      await client.query('select pg_terminate_backend($1)', pid);
      while ((await client.query('select 1 from pg_stat_activity where pid = $1', pid)).rowCount !== 0);
    });
    await sql`select 1`.execute(tx);
  });
  await expect(cut).rejects.toThrow();
  await expect(asService(pools, (tx) => sql`select 1`.execute(tx))).resolves.toBeDefined();
});
