import { sql } from 'kysely';
import type { z } from 'zod';
import type { LedgerStop } from '#contract/console.ts';
import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';

export type Stop = z.output<typeof LedgerStop>;

/** What an auditor found. `currency` where the finding names neither an account nor a transfer. */
export interface Finding {
  invariant: string;
  account: string | null;
  transfer: string | null;
  currency?: string | null;
  message: string;
}

/**
 * Money that waits, holds that nobody ended and files of old months that are out of reach are alarms: the balances are
 * right, and to go on is what ends the first two.
 */
const ONLY_ALARMS = new Set(['I13', 'I14', 'archive']);

/**
 * Stops posting in the currencies whose invariants are broken: going on would build on what is wrong. Where a finding tells
 * no currency, in all of them. Answers the currencies that this call stopped; those that stood still before are left so.
 */
export async function stopFor(pools: Pools, findings: Finding[]): Promise<string[]> {
  const grave = findings.filter(({ invariant }) => !ONLY_ALARMS.has(invariant));
  if (grave.length === 0) return [];
  return asService(pools, async (tx) => {
    const stopped: string[] = [];
    for (const finding of grave)
      for (const currency of await currenciesOf(tx, finding)) {
        const { rows } = await sql<{ done: boolean }>`
          select ledger.stop_currency(${currency}, ${finding.invariant}, ${finding.message}) as done`.execute(
          tx,
        );
        if (rows[0]!.done) stopped.push(currency);
      }
    return stopped;
  });
}

async function currenciesOf(tx: Tx<'service'>, { account, transfer, currency }: Finding): Promise<string[]> {
  if (currency) return [currency];
  const { rows } = await sql<{ currency: string }>`
    select currency from ledger.account where id = ${account}::bigint
    union select currency from ledger.transfer where id = ${transfer}::uuid`.execute(tx);
  if (rows.length > 0) return rows.map((row) => row.currency);
  const all = await tx.selectFrom('ledger.account').select('currency').distinct().execute();
  return all.map((row) => row.currency);
}

/** Currencies in which nothing is posted now, and why. */
export async function standingStops(tx: Tx<'service'> | Tx<'finance'>): Promise<Stop[]> {
  const rows = await tx
    .selectFrom('ledger.stop')
    .select(['currency', 'invariant', 'finding', 'stoppedAt'])
    .where('liftedAt', 'is', null)
    .orderBy('currency')
    .execute();
  return rows.map((row) => ({ ...row, stoppedAt: row.stoppedAt.toISOString() }));
}

/** Lets posting go on: a person looked at it and says why. False when nothing was stopped. The caller records it. */
export async function liftStop(
  tx: Tx<'finance'>,
  lift: { currency: string; staffId: string; reason: string },
): Promise<boolean> {
  const { currency, staffId, reason } = lift;
  const { rows } = await sql<{ lifted: boolean }>`
    select ledger.lift_stop(${currency}, ${staffId}::uuid, ${reason}) as lifted`.execute(tx);
  return rows[0]!.lifted;
}
