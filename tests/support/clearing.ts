import { expect, vi } from 'vitest';
import { asService } from '#server/database/transaction.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { aPerson } from './app.ts';
import { asSuperuser, type TestDatabase } from './database.ts';
import type { PaymentWorld } from './payments.ts';

const PATIENCE = { timeout: 15_000 };

/** What stands on the platform's accounts with this code, debits less credits. */
export function standsOn({ pools }: TestDatabase, code: number): Promise<bigint> {
  return asService(pools, async (tx) => {
    const rows = await tx
      .selectFrom('ledger.account')
      .select(['debitsPosted', 'creditsPosted'])
      .where('code', '=', code)
      .execute();
    return rows.reduce((sum, { debitsPosted, creditsPosted }) => sum + debitsPosted - creditsPosted, 0n);
  });
}

/** A member with a payment that was credited, and its ids here and at the processor. */
export async function aPayment(
  database: TestDatabase,
  world: PaymentWorld,
  dollars: number,
  how: Record<string, unknown> = {},
): Promise<{ member: string; topUpId: string; sessionId: string; intent: string }> {
  const member = typeof how.member === 'string' ? how.member : await aPerson(database);
  const { id, sessionId } = await world.topUp(member, dollars);
  await world.stripe('pay', { session: sessionId, ...how });
  const { json } = await world.app.call(member, 'POST', `/api/top-ups/${id}/check`, {});
  expect(json.state).toBe('settled');
  const session = (await world.objects('checkout.session')).find((one) => one.id === sessionId);
  return { member, topUpId: id, sessionId, intent: String(session?.payment_intent) };
}

/** The fee of this payment is booked. */
export function feeKnown({ pools }: TestDatabase, topUpId: string): Promise<void> {
  return vi.waitFor(async () => {
    const row = await asService(pools, (tx) =>
      tx
        .selectFrom('payments.moneyIn')
        .select('feeMicro')
        .where('topUpId', '=', topUpId)
        .executeTakeFirstOrThrow(),
    );
    expect(row.feeMicro).not.toBeNull();
  }, PATIENCE);
}

/** Every notice that was kept is handled, and no job waits that could run now. */
export function quiet(database: TestDatabase): Promise<void> {
  return vi.waitFor(async () => {
    const { rows } = await asSuperuser(database, (client) =>
      client.query<{ busy: number }>(
        `select (select count(*) from payments.webhook_inbox where state = 'received')
           + (select count(*) from jobs._private_jobs j join jobs._private_tasks t on t.id = j.task_id
             where t.identifier like 'payments.%' and j.run_at <= now() and j.attempts < j.max_attempts) as busy`,
      ),
    );
    expect(Number(rows[0]!.busy)).toBe(0);
  }, PATIENCE);
}

/** Runs a job as the clock would. */
export function runJob(database: TestDatabase, name: string): Promise<void> {
  return asSuperuser(database, async (client) => {
    await client.query(`select mluen.add_job($1, '{}'::json)`, [name]);
  });
}

export function moneyOf({ pools }: TestDatabase, member: string) {
  return asService(pools, (tx) => balanceOf(tx, member));
}

export async function expectSoundBooks({ pools }: TestDatabase): Promise<void> {
  expect(await auditLedger(pools, 'start')).toMatchObject({ ok: true, findings: [] });
}

/** The simulator misdelivers the next notice of each of these kinds. */
export async function misdeliver(world: PaymentWorld, webhook: string, types: string[]): Promise<void> {
  await world.stripe(
    'faults',
    types.map((type) => ({ match: { path: `webhook/${type}` }, times: 1, fault: { webhook } })),
  );
}
