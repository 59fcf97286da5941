import { setTimeout as delay } from 'node:timers/promises';
import { asService } from '#server/database/transaction.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import { derivedId } from '#server/ledger/transfer.ts';
import type { Done } from '#server/providers/provider.ts';
import { asFault, contextFor } from './attempt.ts';
import { deliver, ResultGone } from './deliver.ts';
import type { Parts } from './parts.ts';
import type { Running } from './record.ts';
import type { StoredOutput } from './settle.ts';

/** The provider did the work and bills it, and the person gets nothing: fetching or storing failed for too long. */
export class Undelivered extends Error {
  override name = 'Undelivered';
}

/** Addresses of results live from ten minutes (Black Forest Labs) to a month (Kling): longer than this few outlive. */
const FOR_MS = 30 * 60_000;
const FIRST_MS = 500;
const MOST_MS = 60_000;
/** A result that is not there any more is asked for again, with a fresh address, so often. */
const GONE_MOST = 3;
const FETCH_MOST_MS = 10 * 60_000;

/**
 * Fetches and stores what was made, again and again while it fails, since it is billed already. `lookAgain` asks the
 * provider for the result anew, as its address may have ended; a result that came in the reply is kept in memory.
 * Throws `Undelivered` at last, and when the person stops it.
 */
export async function deliverSurely(
  parts: Parts,
  running: Running,
  route: OpenRoute,
  done: Done,
  lookAgain: (() => Promise<Done | null>) | null,
  signal: AbortSignal,
): Promise<StoredOutput[]> {
  const until = Date.now() + FOR_MS;
  let result = done;
  let gone = 0;
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(MOST_MS, waitMs * 2)) {
    try {
      const { send } = contextFor(parts, running, route, AbortSignal.timeout(FETCH_MOST_MS));
      return await deliver(parts, running, result.artifacts, send);
    } catch (error) {
      gone = error instanceof ResultGone ? gone + 1 : 0;
      const isOver = gone === GONE_MOST || Date.now() + waitMs > until || signal.aborted;
      parts.log.warn(
        { generationId: running.id, provider: running.providerId, err: error },
        isOver ? 'a result could not be delivered' : 'a result could not be delivered yet',
      );
      if (isOver) throw await undelivered(parts, running, result, error);
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw await undelivered(parts, running, result, error);
      result = (await lookAgain?.().catch(() => null)) ?? result;
    }
  }
}

/** Nothing half delivered stays. */
async function undelivered(
  parts: Parts,
  running: Running,
  { artifacts }: Done,
  cause: unknown,
): Promise<Undelivered> {
  const ids = artifacts.map((_, index) => derivedId(running.id, `output ${index}`));
  try {
    if (ids.length > 0) {
      await asService(parts.pools, (tx) =>
        tx
          .deleteFrom('artifacts.file')
          .where('userId', '=', running.memberId)
          .where('id', 'in', ids)
          .execute(),
      );
      await parts.store.remove(ids);
    }
  } catch (error) {
    // What could not be stored may be out of reach too: it is sealed, and goes with the account.
    parts.log.warn({ generationId: running.id, err: error }, 'a half delivered result could not be removed');
  }
  return new Undelivered(asFault(cause).detail, { cause });
}
