import type { Ending, GenerationState } from '#contract/generations.ts';
import { type CatalogueModel, priceOf } from '#server/catalogue/catalogue.ts';
import { asService } from '#server/database/transaction.ts';
import { captureIdOf } from '#server/ledger/transfer.ts';
import type { Units } from '#server/providers/provider.ts';
import type { Parts } from './parts.ts';
import { modelAt, priceTold } from './price-list.ts';
import { type Running, type SealedAnswer, sealAnswer } from './record.ts';
import { servingOf } from './serving.ts';

export interface StoredOutput {
  index: number;
  fileId: string;
  kind: 'image' | 'video' | 'audio' | 'file';
  mediaType: string;
  bytes: number;
  width: number | null;
  height: number | null;
}

/** How a generation ended. Without `usage` nothing is charged and the whole hold goes back. */
export interface End {
  state: Extract<GenerationState, 'settled' | 'released' | 'cancelled'>;
  ending: Ending['why'] | null;
  usage: { units: Units; countedBy: 'provider' | 'estimated' } | null;
  answer: SealedAnswer | null;
  outputs: StoredOutput[];
  /** What the provider bills though nothing is charged: the house bears it. */
  borne?: Units;
}

/**
 * Captures what was used, releases the rest and writes the end on the generation, in one commit. Twice is harmless:
 * the ledger answers the first result and the row keeps its first end. Where the hold had been given
 * back meanwhile, see `endLate`.
 */
export async function settle(parts: Parts, running: Running, end: End): Promise<void> {
  const model = await modelAt(parts, running.priceVersion);
  const price =
    end.usage === null || model === null
      ? null
      : priceTold(parts, running.id, model, end.usage.units, running.params);
  const { late } = await parts.commit.settle({
    holdId: running.holdId,
    transferId: captureIdOf(running.id),
    amountMicro: chargeFor(parts, running, model, price?.amountMicro ?? 0n),
    memberId: running.memberId,
    id: running.id,
    answer: end.answer === null ? null : sealAnswer(running.key, running.memberId, running.id, end.answer),
    ask: null,
    row: {
      state: end.state,
      ending: end.ending,
      countedBy: end.usage?.countedBy ?? null,
      units:
        price?.lines.map((line) => ({
          unit: line.unit,
          label: line.label,
          quantity: line.quantity.toString(),
          amountMicro: line.amountMicro.toString(),
        })) ?? null,
      costMicro: costOf(parts, running, model, end.usage?.units ?? end.borne ?? null).toString(),
      providerId: running.providerId,
      routeId: running.routeId,
      tries: running.tries,
      sentTo: running.sentTo,
      outputs: end.outputs,
    },
  });
  if (late === 'borne') await dropOutputs(parts, running, end.outputs);
}

/** What it costs us, at the provider that served it: a reseller has prices of its own. */
function costOf(parts: Parts, running: Running, model: CatalogueModel | null, units: Units | null): bigint {
  if (model === null || units === null) return 0n;
  const serving = servingOf(parts, model, running.providerId, running.params) ?? {
    model,
    params: running.params,
  };
  return priceOf(serving.model, units, serving.params).costMicro;
}

/** The person had stopped or deleted it before it came: nothing of it stays. */
async function dropOutputs(parts: Parts, { memberId }: Running, outputs: StoredOutput[]) {
  const ids = outputs.map(({ fileId }) => fileId);
  if (ids.length === 0) return;
  await asService(parts.pools, (tx) =>
    tx.deleteFrom('artifacts.file').where('userId', '=', memberId).where('id', 'in', ids).execute(),
  );
  await parts.store.remove(ids);
}

/** Never more than was shown and held: an excess is a fault in a bound or a price, which is ours to bear and to find. */
export function chargeFor(
  parts: Pick<Parts, 'log'>,
  running: Pick<Running, 'id' | 'heldMicro' | 'modelId'>,
  model: CatalogueModel | null,
  costMicro: bigint,
): bigint {
  if (model === null)
    parts.log.error(
      { generationId: running.id, model: running.modelId },
      'a generation ended without its price list and was not charged',
    );
  if (costMicro <= running.heldMicro) return costMicro;
  parts.log.error(
    { generationId: running.id, model: running.modelId },
    'a generation cost more than was held; the excess is not charged',
  );
  return running.heldMicro;
}
