import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { asService } from '#server/database/transaction.ts';
import { everToldOf } from '#server/generations/acknowledgement.ts';
import type { Parts } from '#server/generations/parts.ts';
import { wishOf } from '#server/generations/routing-wish.ts';
import type { Wish } from '#server/generations/tries.ts';
import { walletOf } from '#server/ledger/ledger.ts';
import { toAccept } from '#server/privacy/acceptance.ts';
import { ApiError } from './openai-errors.ts';

/** Whom a request speaks for. Everything the hot path needs to know of a key, kept in memory. */
export interface Caller {
  memberId: string;
  keyId: string;
  walletId: bigint;
  /** What the member demands of the way, unless a call says otherwise. */
  wish: Wish;
  /** Providers that the member was told of (clause 5.3). */
  told: ReadonlySet<string>;
}

export interface Callers {
  /** Throws `ApiError` 401 for a key that is not (or no longer) good, 403 where the account must act first. */
  callerOf(request: IncomingMessage): Promise<Caller> | Caller;
}

type FindKey = (
  secret: string,
) => Promise<{ memberId: string; keyId: string; expiresAt?: Date | null } | null>;

const KEPT_MS = 60_000;
const KEPT_MOST = 100_000;

/** Keys by their hash. A revoked one is dropped everywhere by a live event, and a minute later in any case. */
export function createCallers(parts: Pick<Parts, 'pools' | 'live'>, findKey: FindKey): Callers {
  const { pools, live } = parts;
  const kept = new Map<string, { caller: Caller; until: number }>();
  live.on('api-key', (message) => (message === '*' ? kept.clear() : kept.delete(message)));
  live.on('member', (message) => {
    for (const [key, { caller }] of kept)
      if (message === '*' || caller.memberId === message) kept.delete(key);
  });
  const read = async (secret: string, digest: string): Promise<Caller> => {
    const found = await findKey(secret);
    if (found === null) throw unknownKey();
    const walletId = await walletOf(pools, found.memberId);
    const { missing, ...demands } = await asService(pools, async (tx) => ({
      missing: await toAccept(tx, found.memberId),
      wish: await wishOf(tx, found.memberId),
      told: await everToldOf(tx, found.memberId),
    }));
    if (missing.length > 0 || walletId === null)
      throw new ApiError(
        403,
        'invalid_request_error',
        'acceptance_required',
        'Sign in and accept the current terms and privacy policy before using this key.',
      );
    const caller = { memberId: found.memberId, keyId: found.keyId, walletId, ...demands };
    if (kept.size >= KEPT_MOST) kept.delete(kept.keys().next().value!);
    const until = Math.min(Date.now() + KEPT_MS, found.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
    kept.set(digest, { caller, until });
    return caller;
  };
  return {
    callerOf(request) {
      const secret = secretOf(request);
      const digest = hash('sha256', secret, 'hex');
      const hit = kept.get(digest);
      return hit !== undefined && hit.until > Date.now() ? hit.caller : read(secret, digest);
    },
  };
}

function secretOf({ headers }: IncomingMessage): string {
  const bearer = headers.authorization;
  if (bearer?.startsWith('Bearer ') && bearer.length > 12 && bearer.length < 200) return bearer.slice(7);
  // As clients of Anthropic's and Google's dialects send it.
  const named = headers['x-api-key'] ?? headers['x-goog-api-key'];
  if (typeof named === 'string' && named.length > 5 && named.length < 200) return named;
  throw new ApiError(
    401,
    'invalid_request_error',
    'invalid_api_key',
    'You need an API key of your Mluen account: send it as `Authorization: Bearer mlu_…`. Make one under Settings → API keys.',
  );
}

function unknownKey(): ApiError {
  return new ApiError(
    401,
    'invalid_request_error',
    'invalid_api_key',
    'This API key is not known, has expired, or was revoked.',
  );
}
