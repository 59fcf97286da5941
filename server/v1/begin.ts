import { hash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Parts } from '#server/generations/parts.ts';
import { sealTitle, titleOf } from '#server/generations/record.ts';
import { wishFor } from '#server/generations/routing-wish.ts';
import type { Runs } from '#server/generations/runs.ts';
import { LEASE_SECONDS } from '#server/generations/states.ts';
import { holdIdOf } from '#server/ledger/transfer.ts';
import type { ChatRequest } from './chat-request.ts';
import { chatDialect } from './chat-writer.ts';
import { giveUp } from './finish.ts';
import type { Dialect, HeldCall } from './held-call.ts';
import { answerAgain, claimKey, freeKey } from './idempotency.ts';
import type { Caller } from './keys.ts';
import { refuseHold } from './openai-errors.ts';
import { relay } from './relay.ts';
import { translate } from './translate.ts';
import { routingInHead, wayFor } from './way.ts';

const HOLD_DEADLINE_MS = 60 * 60_000;

/** A call as it came, in whichever dialect. */
export interface Come {
  caller: Caller;
  id: string;
  body: Buffer;
  /** Its idempotency key. */
  key: string | null;
  dialect: Dialect;
  /** The request, checked and priced. Throws `ApiError`. */
  read(): ChatRequest;
}

/** Once for each idempotency key; without one, at once. */
export async function begin(parts: Parts, runs: Runs, come: Come, response: ServerResponse): Promise<void> {
  const { caller, id, body, key } = come;
  if (key === null) return carry(parts, await hold(parts, runs, come, response));
  const replay = await claimKey(parts, caller, key, body, id);
  if (replay !== null) return answerAgain(response, replay);
  let call: HeldCall;
  try {
    call = await hold(parts, runs, come, response);
  } catch (error) {
    await freeKey(parts, caller, id);
    throw error;
  }
  call.left = [];
  await carry(parts, call);
}

/** From here on a hold is open: whatever happens, the call ends it. */
async function carry(parts: Parts, call: HeldCall): Promise<void> {
  const { passThrough } = call.adapter;
  try {
    const passes = call.dialect === chatDialect && passThrough !== undefined;
    if (passes && passThrough.takes?.(call.call.params) !== false) relay(parts, call);
    else await translate(parts, call);
  } catch (error) {
    giveUp(parts, call, error);
  }
}

/** Holds the most that the call can cost. Throws `ApiError` 402, and those of `wayFor`. */
async function hold(
  parts: Parts,
  runs: Runs,
  { caller, id, body, dialect, read }: Come,
  response: ServerResponse,
): Promise<HeldCall> {
  const asked = read();
  const { model } = asked;
  const wish = wishFor(caller.wish, asked.routing ?? routingInHead(response.req));
  const route = await wayFor(parts, caller, model, wish);
  const key = await parts.vault.keyOf(caller.memberId);
  const holdId = holdIdOf(id);
  const held = await parts.commit.open({
    holdId,
    walletId: caller.walletId,
    amountMicro: asked.boundMicro,
    leaseSeconds: LEASE_SECONDS,
    deadline: new Date(Date.now() + HOLD_DEADLINE_MS),
    requestHash: hash('sha256', body, 'buffer').subarray(0, 16),
    memberId: caller.memberId,
    id,
    title: sealTitle(key, caller.memberId, id, titleOf(asked.call.params)),
    ask: null,
    row: {
      source: 'api',
      apiKeyId: caller.keyId,
      modelId: model.id,
      kind: 'text',
      providerId: model.providerId,
      routeId: route.id,
      priceVersion: model.priceVersion,
      fileIds: [],
    },
  });
  refuseHold(parts.config, held, asked.boundMicro, 'send a smaller max_completion_tokens');
  return {
    ...asked,
    id,
    holdId,
    caller,
    route,
    wish,
    tries: [],
    key,
    availableMicro: held.availableMicro,
    response,
    dialect,
    writer: null,
    ended: false,
    left: null,
    sentTo: [],
    release: runs.watch(holdId),
  };
}
