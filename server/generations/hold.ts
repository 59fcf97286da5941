import { holdIdOf } from '#server/ledger/transfer.ts';
import type { OpenResult } from './commit.ts';
import type { Parts } from './parts.ts';
import type { Priced } from './quote.ts';
import { type Running, sealAsk, sealTitle, titleOf } from './record.ts';
import { LEASE_SECONDS } from './states.ts';
import type { Wish } from './tries.ts';
import type { Way } from './ways.ts';

/** No hold stays open longer than this without staff seeing it. */
const HOLD_DEADLINE_MS = 6 * 60 * 60_000;

/** Who asks, and for what: by the studio, or with a key. */
interface Asked {
  id: string;
  memberId: string;
  walletId: bigint;
  source: Running['source'];
  apiKeyId: string | null;
  fileIds: string[];
  /** Tells a repeat from another call of the same id. */
  requestHash: Buffer;
}

/** Holds the bound and writes the row, in one commit; nothing runs yet. A hold that was not granted is a status. */
export async function hold(
  parts: Parts,
  asked: Asked,
  { model, params, boundMicro }: Priced,
  { route, tries, bound, wish }: Way & { wish: Wish },
  now = Date.now(),
): Promise<{ running: Running; held: OpenResult }> {
  const { id, memberId, walletId, source, apiKeyId, fileIds, requestHash } = asked;
  const key = await parts.vault.keyOf(memberId);
  const { id: modelId, kind, priceVersion } = model;
  const { id: routeId, providerId } = route;
  const row = { source, modelId, kind, providerId, routeId, priceVersion, fileIds, tries };
  const running: Running = {
    ...row,
    memberId,
    id,
    holdId: holdIdOf(id, 1),
    state: 'held',
    heldMicro: boundMicro,
    params,
    bound,
    task: null,
    wish,
    sentTo: [],
    key,
  };
  const held = await parts.commit.open({
    holdId: running.holdId,
    walletId,
    amountMicro: boundMicro,
    leaseSeconds: LEASE_SECONDS,
    deadline: new Date(now + HOLD_DEADLINE_MS),
    requestHash,
    memberId,
    id,
    title: sealTitle(key, memberId, id, titleOf(params)),
    ask: sealAsk(key, memberId, id, { params, wish }),
    row: { ...row, apiKeyId },
  });
  return { running, held };
}
