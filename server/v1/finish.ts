import type { ServerResponse } from 'node:http';
import { estimateUsage } from '#server/generations/estimate.ts';
import type { Parts } from '#server/generations/parts.ts';
import { priceTold } from '#server/generations/price-list.ts';
import { type SealedAnswer, sealAnswer, sealAsk } from '#server/generations/record.ts';
import { chargeFor } from '#server/generations/settle.ts';
import { captureIdOf } from '#server/ledger/transfer.ts';
import type { ProviderFault, Units } from '#server/providers/provider.ts';
import type { TextMessage } from '#server/providers/text-params.ts';
import type { Cost, HeldCall } from './held-call.ts';
import { ApiError, usd } from './openai-errors.ts';
import { routeHeaders } from './way.ts';

/** What a caller hears whose stream stopped in the middle. */
export const CUT = 'The provider broke off in the middle of the answer. You were not charged.';

export function costOf(
  parts: Parts,
  call: HeldCall,
  units: Units,
  countedBy: Cost['countedBy'] = 'provider',
): Cost {
  const price = priceTold(parts, call.id, call.model, units, call.call.params);
  const chargeMicro = chargeFor(
    parts,
    { id: call.id, heldMicro: call.boundMicro, modelId: call.model.id },
    call.model,
    price.amountMicro,
  );
  const lines = price.lines.map((line) => ({
    unit: line.unit,
    label: line.label,
    quantity: line.quantity.toString(),
    amountMicro: line.amountMicro.toString(),
  }));
  return { units, chargeMicro, costMicro: price.costMicro, lines, countedBy };
}

/** The provider reported nothing: what was asked and delivered is counted by us. */
export async function ownCost(parts: Parts, call: HeldCall, delivered: string): Promise<Cost> {
  return costOf(
    parts,
    call,
    await estimateUsage(call.call.params.messages as TextMessage[], delivered),
    'estimated',
  );
}

export function moneyHeaders(call: HeldCall, cost: Cost): Record<string, string> {
  return {
    'x-mluen-generation': call.id,
    'x-mluen-cost': usd(cost.chargeMicro),
    'x-mluen-balance': usd(balanceAfter(call, cost)),
    ...routeHeaders(call),
  };
}

export function balanceAfter(call: HeldCall, cost: Cost): bigint {
  return call.availableMicro + call.boundMicro - cost.chargeMicro;
}

/** Captures behind the answer: a crash in between leaves an open hold, which the reaper releases. */
export function capture(parts: Parts, call: HeldCall, cost: Cost, answer: () => SealedAnswer): void {
  end(parts, call, cost.chargeMicro, answer, {
    state: 'settled',
    ending: null,
    countedBy: cost.countedBy,
    units: cost.lines,
    costMicro: cost.costMicro.toString(),
  });
}

/** Gives the whole hold back, and says why in the history. */
export function giveBack(
  parts: Parts,
  call: HeldCall,
  why: ProviderFault['kind'] | 'cut',
  answer: () => SealedAnswer,
): void {
  end(parts, call, 0n, answer, {
    state: 'released',
    ending: why,
    countedBy: null,
    units: null,
    costMicro: '0',
  });
}

/** Something of ours broke in the middle of a call: the hold goes back, and the caller hears of it where that is still possible. */
export function giveUp(parts: Parts, call: HeldCall, error: unknown): void {
  parts.log.error({ generationId: call.id, err: error }, 'a call of /v1 broke');
  giveBack(parts, call, 'unknown', () => ({ text: null, reasoning: null, fault: String(error) }));
  if (call.response.headersSent) {
    const message = 'Something broke on our side. You were not charged.';
    if (call.writer === null) endBroken(call.response, message);
    else call.writer.fail(message);
  } else
    call.dialect.refuse(
      call.response,
      new ApiError(500, 'server_error', null, 'Something broke on our side. Nothing was charged.'),
    );
}

/** Ends a stream that began and cannot go on, in the words that OpenAI's clients read. */
export function endBroken(response: ServerResponse, message: string): void {
  if (response.destroyed || response.writableEnded) return;
  response.end(
    `data: ${JSON.stringify({ error: { message, type: 'server_error', param: null, code: 'stream_cut' } })}\n\n`,
  );
}

function withWire({ left, stream }: HeldCall, answer: SealedAnswer): SealedAnswer {
  if (left === null) return answer;
  const body = Buffer.concat(left.map((piece) => Buffer.from(piece))).toString('utf8');
  return { ...answer, wire: { isStream: stream, body } };
}

/** A call ends once, the first end counts. Never throws: whoever calls it may stand where nobody catches. */
function end(
  parts: Parts,
  call: HeldCall,
  amountMicro: bigint,
  answer: () => SealedAnswer,
  row: Record<string, unknown>,
) {
  if (call.ended) return;
  call.ended = true;
  const { memberId } = call.caller;
  Promise.try(() =>
    parts.commit.settle({
      holdId: call.holdId,
      transferId: captureIdOf(call.id),
      amountMicro,
      memberId,
      id: call.id,
      answer: sealAnswer(call.key, memberId, call.id, withWire(call, answer())),
      ask: sealAsk(call.key, memberId, call.id, { params: call.call.params }),
      row: { ...row, routeId: call.route.id, tries: call.tries, sentTo: call.sentTo, outputs: [] },
    }),
  )
    // The hold's lease is renewed no longer: the reaper gives it back.
    .catch((error: unknown) =>
      parts.log.error({ generationId: call.id, err: error }, 'a call of /v1 could not be settled'),
    )
    .finally(call.release);
}
