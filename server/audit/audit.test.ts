import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { newId } from '#server/database/ids.ts';
import { asIdentity, asMember, asService, asStaff, asVisitor } from '#server/database/transaction.ts';
import { asSuperuser, testDatabase } from '#tests/support/database.ts';
import { recordAudit } from './audit.ts';

const database = testDatabase();

test('an event is recorded with the role it was done under, and the person it concerns can read it', async () => {
  const { pools } = database();
  const [me, other] = [newId(), newId()];
  await asIdentity(pools, (tx) => recordAudit(tx, { action: 'member.sign-up', actorId: me, subjectId: me }));
  const read = (id: string) =>
    asMember(pools, id, (tx) => tx.selectFrom('audit.event').select(['action', 'role']).execute());
  expect(await read(me)).toEqual([{ action: 'member.sign-up', role: 'identity' }]);
  expect(await read(other)).toEqual([]);
  expect(await asVisitor(pools, (tx) => tx.selectFrom('audit.event').selectAll().execute())).toEqual([]);
});

test('an event belongs to its transaction: what is rolled back was not done', async () => {
  const { pools } = database();
  const subjectId = newId();
  const attempt = asService(pools, async (tx) => {
    await recordAudit(tx, { action: 'member.erase', subjectId });
    throw new Error('stop');
  });
  await expect(attempt).rejects.toThrow('stop');
  const found = await asStaff(pools, 'auditor', newId(), (tx) =>
    tx.selectFrom('audit.event').where('subjectId', '=', subjectId).selectAll().execute(),
  );
  expect(found).toEqual([]);
});

test('nobody changes or removes an event, and nobody writes one past the function', async () => {
  const { pools } = database();
  await asService(pools, (tx) => recordAudit(tx, { action: 'test.event' }));
  for (const statement of [
    'update audit.event set reason = null',
    'delete from audit.event',
    'truncate audit.event',
  ]) {
    await expect(asService(pools, (tx) => sql.raw(statement).execute(tx))).rejects.toThrow(
      /permission denied/,
    );
    await expect(asStaff(pools, 'operator', newId(), (tx) => sql.raw(statement).execute(tx))).rejects.toThrow(
      /permission denied/,
    );
  }
  const forged = asService(pools, (tx) =>
    sql`insert into audit.event (id, at, role, action, row_hash, xid) values (${newId()}, now(), 'x', 'a.b', '', '1')`.execute(
      tx,
    ),
  );
  await expect(forged).rejects.toThrow(/permission denied/);
});

test('the hash of a row is over its columns as documented', async () => {
  const { pools } = database();
  const subjectId = newId();
  await asService(pools, (tx) =>
    recordAudit(tx, {
      action: 'member.erase',
      subjectId,
      object: 'x',
      reason: 'asked',
      requestId: 'req_1',
      detailsSealed: Buffer.from('ab'),
    }),
  );
  const row = await asSuperuser(database(), async (client) => {
    const { rows } = await client.query(
      "select *, (extract(epoch from at) * 1000000)::bigint as micros, encode(details_sealed, 'hex') as sealed from audit.event where subject_id = $1",
      [subjectId],
    );
    return rows[0];
  });
  const columns = [
    row.id,
    Number(row.micros),
    row.actor_id,
    row.role,
    row.action,
    row.subject_id,
    row.object,
    row.reason,
    row.request_id,
    row.sealed,
  ];
  const text = `[${columns.map((value) => JSON.stringify(value)).join(', ')}]`;
  expect(row.row_hash.toString('hex')).toBe(createHash('sha256').update(text).digest('hex'));
});
