import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '#tests/support/database.ts';
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
