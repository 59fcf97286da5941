import { setTimeout as delay } from 'node:timers/promises';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import { standingStops } from '#server/ledger/stops.ts';

const LOOK_MS = 2_000;

/**
 * Resolves once posting goes on. Work that was done before the auditor stopped its currency is settled then: until
 * somebody lifts the stop its end waits here, and the lease of its hold is renewed. A process that ends meanwhile leaves
 * the hold to the reaper.
 */
export async function untilLifted(pools: Pools, currency = 'USD'): Promise<void> {
  let stops: { currency: string }[];
  do {
    await delay(LOOK_MS, undefined, { ref: false });
    stops = await asService(pools, standingStops);
  } while (stops.some((stop) => stop.currency === currency));
}
