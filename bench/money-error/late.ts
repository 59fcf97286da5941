import { setTimeout as delay } from 'node:timers/promises';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import { webhookFor } from '#server/generations/webhooks.ts';
import { usesOf } from './compare.ts';

/**
 * Jobs whose outcome nobody knew and whose sum was given back are called back after all, twice each: every second one, so
 * that both ways are met. Waits until they have been looked at; answers how many.
 */
export async function callBackLate(
  pools: Pools,
  product: { url: string; secret: string },
  simulators: Record<string, string>,
  markOf: (generationId: string) => Promise<number | null>,
): Promise<number> {
  const givenUp = await asService(pools, (tx) =>
    tx
      .selectFrom('generations.generation')
      .select(['userId', 'id'])
      .where('state', '=', 'released')
      .where('ending', '=', 'unknown')
      .where('providerId', 'in', ['flux', 'seedance'])
      .execute(),
  );
  const { byMark } = await usesOf(simulators);
  let called = 0;
  for (const [n, { userId, id }] of givenUp.entries()) {
    const mark = await markOf(id);
    const task = mark === null ? undefined : byMark.get(mark)?.[0]?.id;
    if (task === undefined || n % 2 === 1) continue;
    const parts = { config: { PUBLIC_URL: product.url, secrets: { app: product.secret } } };
    const { url } = webhookFor(parts as never, { sandbox: true }, userId, id)!;
    for (const _ of ['once', 'again'])
      await fetch(url, {
        method: 'POST',
        body: JSON.stringify({ id: task, status: 'succeeded' }),
      });
    called++;
  }
  for (const until = Date.now() + 60_000; Date.now() < until; await delay(500)) {
    const waiting = await asService(pools, (tx) =>
      tx.selectFrom('generations.lateLook').select('id').limit(1).execute(),
    );
    if (waiting.length === 0) break;
  }
  return called;
}
