import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { upstreamCost } from '#server/ledger/flows/generation.ts';
import { derivedId } from '#server/ledger/transfer.ts';

const DAY_MS = 86_400_000;
/** Days that a job that did not run may catch up with. */
const DAYS_BACK = 7;

/**
 * Accrues what generations cost us upstream: a transfer for each provider and day, Dr 4400 → Cr 2500, from the providers'
 * own usage at their prices. What was charged to nobody is in it too: the house bears it. A day is booked once, the first
 * time that this runs after it; the invoice settles what was deleted before or told otherwise (`upstreamInvoicePaid`).
 */
export async function accrueCosts(pools: Pools, now: Date = new Date()): Promise<void> {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  for (let day = today - DAYS_BACK * DAY_MS; day < today; day += DAY_MS)
    await asService(pools, async (tx) => {
      for (const { providerId, cost } of await costsOf(tx, day)) {
        const costId = costIdOf(day, providerId);
        if (!(await isBooked(tx, costId)))
          await upstreamCost(tx, { costId, provider: providerId, amountMicro: cost });
      }
    });
}

/** By provider and day, as old as the day: what is accrued under it is booked once. */
function costIdOf(dayMs: number, providerId: string): string {
  const time = dayMs.toString(16).padStart(12, '0');
  return derivedId(`${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`, `cost ${providerId}`);
}

async function costsOf(tx: Tx<'service'>, day: number): Promise<{ providerId: string; cost: bigint }[]> {
  return tx
    .selectFrom('generations.generation')
    .select(({ fn }) => ['providerId', fn.sum<bigint>('costMicro').as('cost')])
    .where('finishedAt', '>=', new Date(day))
    .where('finishedAt', '<', new Date(day + DAY_MS))
    .where('costMicro', '>', 0n)
    .groupBy('providerId')
    .orderBy('providerId')
    .execute()
    .then((rows) => rows.map(({ providerId, cost }) => ({ providerId, cost: BigInt(cost) })));
}

async function isBooked(tx: Tx<'service'>, costId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('ledger.transfer')
    .select('id')
    .where('groupId', '=', costId)
    .where('code', '=', 'upstream_cost')
    .executeTakeFirst();
  return row !== undefined;
}
