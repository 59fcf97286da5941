import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sql } from 'kysely';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { Parts } from '#server/generations/parts.ts';
import { openAnswer, type SealedAnswer } from '#server/generations/record.ts';
import type { Caller } from './keys.ts';
import { ApiError, usd } from './openai-errors.ts';

/**
 * `Idempotency-Key` on the addresses that charge: for a day the same key with the same body is one call, charged once. While
 * it runs a repeat is refused (409), with another body always (422); once it is charged, a repeat gets the same answer.
 * A call that failed cost nothing: its repeat is tried anew.
 */

const KEY_MOST = 255;
/** A claim whose call never came to a hold: its process died. */
const ABANDONED = sql<Date>`now() - interval '1 minute'`;
const OVER = sql<Date>`now() - interval '1 day'`;

/** An answer that was given and charged, to be given again. */
export interface Replay {
  generationId: string;
  chargedMicro: bigint;
  wire: NonNullable<SealedAnswer['wire']>;
}

/** The key of a request; null without one. Throws `ApiError` 400 for one that is empty or too long. */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  if (typeof given === 'string' && given.length > 0 && given.length <= KEY_MOST) return given;
  throw new ApiError(
    400,
    'invalid_request_error',
    'invalid_idempotency_key',
    `An Idempotency-Key has 1 to ${KEY_MOST} characters.`,
  );
}

interface Claim {
  userId: string;
  keyHash: Buffer;
  requestHash: Buffer;
  generationId: string;
}

/** Claims the key for this generation; answers what is to be given again where that was done. Throws 409 and 422. */
export async function claimKey(
  parts: Parts,
  caller: Caller,
  key: string,
  body: Buffer,
  generationId: string,
): Promise<Replay | null> {
  const found = await claimed(parts, caller, key, body, generationId);
  if (found === null) return null;
  const { id, chargedMicro, answerBody } = found;
  const contentKey = await parts.vault.keyOf(caller.memberId);
  const answer =
    answerBody === null
      ? null
      : openAnswer(contentKey, caller.memberId, id, await parts.bodies.read(answerBody));
  if (answer?.wire === undefined) throw inFlight();
  return { generationId: id, chargedMicro, wire: answer.wire };
}

/** The same for what is answered from the history again: the id of the generation that was charged, or null. */
export async function claimKeyOfMedia(
  parts: Parts,
  caller: Caller,
  key: string,
  body: Buffer,
  generationId: string,
): Promise<string | null> {
  return (await claimed(parts, caller, key, body, generationId))?.id ?? null;
}

async function claimed(
  parts: Parts,
  caller: Caller,
  key: string,
  body: Buffer,
  generationId: string,
): Promise<Answered | null> {
  const claim: Claim = {
    userId: caller.memberId,
    keyHash: hash('sha256', `${caller.keyId} ${key}`, 'buffer'),
    requestHash: hash('sha256', body, 'buffer'),
    generationId,
  };
  const found = await asService(parts.pools, async (tx) =>
    (await take(tx, claim)) ? null : look(tx, claim),
  );
  if (found === null) return null;
  if (found === 'other_body')
    throw new ApiError(
      422,
      'invalid_request_error',
      'idempotency_key_reused',
      'This Idempotency-Key was used with another body. Use a new key for a new request.',
    );
  if (found === 'in_flight') throw inFlight();
  return found;
}

/** The call came to nothing before anything was held: the key is free again. */
export async function freeKey(parts: Parts, caller: Caller, generationId: string): Promise<void> {
  await asService(parts.pools, (tx) =>
    tx
      .deleteFrom('generations.idempotencyKey')
      .where('userId', '=', caller.memberId)
      .where('generationId', '=', generationId)
      .execute(),
  );
}

/** The answer as it was, byte for byte; its headers say that it is a repeat, and what the first one cost. */
export function answerAgain(response: ServerResponse, { generationId, chargedMicro, wire }: Replay): void {
  const bytes = Buffer.from(wire.body);
  response.writeHead(200, {
    'content-type': wire.isStream ? 'text/event-stream; charset=utf-8' : 'application/json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'idempotent-replayed': 'true',
    'x-mluen-generation': generationId,
    'x-mluen-cost': usd(chargedMicro),
  });
  response.end(bytes);
}

/** What was answered and charged. */
interface Answered {
  id: string;
  chargedMicro: bigint;
  answerBody: string | null;
}

/** True when the key is new, or its day is over. */
async function take(tx: Tx<'service'>, claim: Claim): Promise<boolean> {
  const taken = await tx
    .insertInto('generations.idempotencyKey')
    .values(claim)
    .onConflict((conflict) =>
      conflict
        .columns(['userId', 'keyHash'])
        .doUpdateSet((set) => ({
          requestHash: set.ref('excluded.requestHash'),
          generationId: set.ref('excluded.generationId'),
          madeAt: sql`now()`,
        }))
        .where('generations.idempotencyKey.madeAt', '<', OVER),
    )
    .returning('generationId')
    .executeTakeFirst();
  return taken !== undefined;
}

/** What became of the call that has the key. Null: it failed or was abandoned, and the key is this call's now. */
async function look(tx: Tx<'service'>, claim: Claim): Promise<Answered | 'in_flight' | 'other_body' | null> {
  const row = await tx
    .selectFrom('generations.idempotencyKey')
    .select(['requestHash', 'generationId', ({ eb }) => eb('madeAt', '<', ABANDONED).as('isOld')])
    .where('userId', '=', claim.userId)
    .where('keyHash', '=', claim.keyHash)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return 'in_flight';
  if (!row.requestHash.equals(claim.requestHash)) return 'other_body';
  const first = await tx
    .selectFrom('generations.generation')
    .select(['state', 'chargedMicro', 'answerBody', 'finishedAt'])
    .where('userId', '=', claim.userId)
    .where('id', '=', row.generationId)
    .executeTakeFirst();
  if (first?.state === 'settled')
    return { id: row.generationId, chargedMicro: first.chargedMicro, answerBody: first.answerBody };
  const isUnderWay = first === undefined ? !row.isOld : first.finishedAt === null;
  if (isUnderWay) return 'in_flight';
  await tx
    .updateTable('generations.idempotencyKey')
    .set({ generationId: claim.generationId, madeAt: sql`now()` })
    .where('userId', '=', claim.userId)
    .where('keyHash', '=', claim.keyHash)
    .execute();
  return null;
}

function inFlight(): ApiError {
  return new ApiError(
    409,
    'invalid_request_error',
    'idempotency_key_in_use',
    'The first call with this Idempotency-Key is still running. Try again in a moment.',
    { headers: { 'retry-after': '1' } },
  );
}
