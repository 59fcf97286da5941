import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sql } from 'kysely';
import type { ApiKey } from '#contract/members.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity, asMember, asService, type Tx } from '#server/database/transaction.ts';
import { type CapUse, capsOf, removeCap, setCap } from '#server/ledger/flows/cap.ts';

const PREFIX = 'mlu_';
const SECRET_CHARACTERS = 43; // 32 bytes in base 62
const CHECK_CHARACTERS = 6;
const SHOWN_CHARACTERS = 10;
/** A key is looked up again after this time, even when nobody said that it was revoked. */
const KEPT_MS = 60_000;
const KEPT_MOST = 20_000;

export interface FoundKey {
  memberId: string;
  keyId: string;
}

/** The door for programs: whose key this is. */
export interface ApiKeys {
  /** Null for what is no key, or is revoked or expired. */
  find(secret: string): Promise<FoundKey | null>;
}

/** Hears that a key was revoked, in whichever process. */
interface Listening {
  on(topic: string, hear: (message: string) => void): void;
}

/** Keys are remembered for a minute; a revocation is heard by every process at once. */
export function openApiKeys(pools: Pools, live: Listening): ApiKeys {
  const kept = new Map<string, { found: FoundKey; until: number }>();
  live.on('api-key', (message) => (message === '*' ? kept.clear() : void kept.delete(message)));
  return {
    async find(secret) {
      if (!isWellFormed(secret)) return null;
      const digest = hash('sha256', secret, 'hex');
      const hit = kept.get(digest);
      if (hit !== undefined && hit.until > Date.now()) return hit.found;
      kept.delete(digest);
      const row = await asIdentity(pools, (tx) => useKey(tx, Buffer.from(digest, 'hex')));
      if (row === undefined) return null;
      const found = { memberId: row.userId, keyId: row.id };
      if (kept.size >= KEPT_MOST) kept.delete(kept.keys().next().value!);
      const until = Math.min(Date.now() + KEPT_MS, row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
      kept.set(digest, { found, until });
      return found;
    },
  };
}

/** Finds the key and notes that it was used. */
function useKey(tx: Tx<'identity'>, secretHash: Buffer) {
  return tx
    .updateTable('identity.apiKey')
    .set({ lastUsedAt: new Date() })
    .where('secretHash', '=', secretHash)
    .where('revokedAt', 'is', null)
    .where((is) => is.or([is('expiresAt', 'is', null), is('expiresAt', '>', new Date())]))
    .returning(['userId', 'id', 'expiresAt'])
    .executeTakeFirst();
}

const COLUMNS = ['id', 'name', 'prefix', 'createdAt', 'lastUsedAt', 'expiresAt', 'revokedAt'] as const;

/** The person's keys, newest first, revoked ones too. */
export async function listApiKeys(pools: Pools, memberId: string): Promise<ApiKey[]> {
  return asMember(pools, memberId, async (tx) => {
    const rows = await tx
      .selectFrom('identity.apiKey')
      .select(COLUMNS)
      .orderBy('id', 'desc')
      .limit(200)
      .execute();
    const caps = await capsOf(tx, memberId);
    return rows.map((row) => onWire(row, caps));
  });
}

export interface KeyLimit {
  period: 'month' | 'total';
  limitMicro: bigint;
}

/** Limits what a key may spend, or lifts its limit by null. Null when it is not the person's, or is revoked. */
export async function setApiKeyLimit(
  pools: Pools,
  memberId: string,
  keyId: string,
  limit: KeyLimit | null,
): Promise<ApiKey | null> {
  const row = await asMember(pools, memberId, (tx) =>
    tx
      .selectFrom('identity.apiKey')
      .select(COLUMNS)
      .where('id', '=', keyId)
      .where('revokedAt', 'is', null)
      .executeTakeFirst(),
  );
  if (row === undefined) return null;
  return asService(pools, async (tx) => {
    if (limit === null) await removeCap(tx, memberId, keyId);
    else await setCap(tx, memberId, { apiKeyId: keyId, ...limit });
    await recordAudit(tx, { action: 'key.limit', actorId: memberId, subjectId: memberId, object: keyId });
    return onWire(row, await capsOf(tx, memberId));
  });
}

/** Done in the transaction that makes a key: what follows from having one. */
export type KeyMade = (tx: Tx<'member'>, memberId: string) => Promise<void>;

/** Makes a key. The secret is returned once and is nowhere else: we keep its hash. */
export async function createApiKey(
  pools: Pools,
  memberId: string,
  asked: { name: string; expiresAt: string | null },
  keyMade?: KeyMade,
): Promise<{ key: ApiKey; secret: string }> {
  const secret = newSecret();
  const key = await asMember(pools, memberId, async (tx) => {
    const row = await tx
      .insertInto('identity.apiKey')
      .values({
        userId: memberId,
        id: newId(),
        name: asked.name,
        prefix: secret.slice(0, SHOWN_CHARACTERS),
        secretHash: Buffer.from(hash('sha256', secret, 'hex'), 'hex'),
        expiresAt: asked.expiresAt === null ? null : new Date(asked.expiresAt),
      })
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
    await recordAudit(tx, { action: 'key.create', actorId: memberId, subjectId: memberId, object: row.id });
    await keyMade?.(tx, memberId);
    return row;
  });
  return { key: onWire(key, []), secret };
}

/** Revokes a key, in all processes as this commits. False when it is not the person's; twice is harmless. */
export async function revokeApiKey(pools: Pools, memberId: string, keyId: string): Promise<boolean> {
  return asIdentity(pools, async (tx) => {
    const revoked = await revoke(tx, memberId, keyId);
    if (revoked)
      await recordAudit(tx, { action: 'key.revoke', actorId: memberId, subjectId: memberId, object: keyId });
    return revoked;
  });
}

/** Revokes all keys of a person who leaves, or whose account is endangered. */
export async function revokeAllKeys(tx: Tx<'identity'>, memberId: string): Promise<void> {
  const keys = await tx
    .selectFrom('identity.apiKey')
    .select('id')
    .where('userId', '=', memberId)
    .where('revokedAt', 'is', null)
    .limit(10_000)
    .execute();
  for (const { id } of keys) await revoke(tx, memberId, id);
}

async function revoke(tx: Tx<'identity'>, memberId: string, keyId: string): Promise<boolean> {
  const row = await tx
    .updateTable('identity.apiKey')
    .set((set) => ({ revokedAt: set.fn.coalesce('revokedAt', sql<Date>`now()`) }))
    .where('userId', '=', memberId)
    .where('id', '=', keyId)
    .returning('secretHash')
    .executeTakeFirst();
  if (row === undefined) return false;
  await sql`select mluen.tell('api-key', ${row.secretHash.toString('hex')})`.execute(tx);
  return true;
}

interface KeyRow {
  id: string;
  name: string;
  prefix: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

function onWire(row: KeyRow, caps: CapUse[]): ApiKey {
  const cap = caps.find(({ apiKeyId }) => apiKeyId === row.id);
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    limit:
      cap === undefined ? null : { period: cap.period, limitMicro: cap.limitMicro, usedMicro: cap.usedMicro },
  };
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A fixed beginning and a checksum, so that a leaked key is found by scanners and a mistyped one by us. */
function newSecret(): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), SECRET_CHARACTERS);
  return `${PREFIX}${secret}${checksum(secret)}`;
}

function isWellFormed(secret: string): boolean {
  if (secret.length !== PREFIX.length + SECRET_CHARACTERS + CHECK_CHARACTERS) return false;
  const body = secret.slice(PREFIX.length, -CHECK_CHARACTERS);
  return secret.startsWith(PREFIX) && checksum(body) === secret.slice(-CHECK_CHARACTERS);
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECK_CHARACTERS);
}

function base62(value: bigint, length: number): string {
  let digits = '';
  for (let left = value; digits.length < length; left /= 62n) digits = DIGITS[Number(left % 62n)] + digits;
  return digits;
}
