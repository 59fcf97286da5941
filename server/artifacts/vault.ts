import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { ContentKey } from './seal.ts';

/** Wraps and unwraps content keys. The local one holds the master key in memory; a cloud KMS fits the same shape. */
export interface KeyManagement {
  wrap(key: Buffer, context: string): Promise<Buffer>;
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>;
  /** Equal for equal master keys; tells nothing about them. */
  checkValue(): Promise<Buffer>;
}

export interface Vault {
  /** The member's key. Throws `KeyDestroyed` once the member was erased. */
  keyOf(memberId: string): Promise<ContentKey>;
  /** Makes the key in the transaction that makes the account. Twice is harmless. */
  createKey(tx: Tx<'service'>, memberId: string): Promise<void>;
  /** Crypto-shredding: what was sealed with it can never be opened again. Every process forgets its copy. */
  destroyKey(tx: Tx<'service'>, memberId: string): Promise<void>;
  /** Another process destroyed the key: drop the copy in memory. `*` drops all, after word of others was missed. */
  forget(memberId: string): void;
}

export class KeyDestroyed extends Error {
  override name = 'KeyDestroyed';
}

const KEPT_MS = 10 * 60_000;
const KEPT_MOST = 20_000;

/** Refuses a master key that is not the one which wrapped the keys of this database. */
export async function openVault(pools: Pools, kms: KeyManagement): Promise<Vault> {
  await checkMaster(pools, kms);
  const kept = new Map<string, { content: ContentKey; until: number }>();
  return {
    async keyOf(memberId) {
      const hit = kept.get(memberId);
      if (hit !== undefined && hit.until > Date.now()) return hit.content;
      const content = await readKey(pools, kms, memberId);
      if (kept.size >= KEPT_MOST) kept.delete(kept.keys().next().value!);
      kept.set(memberId, { content, until: Date.now() + KEPT_MS });
      return content;
    },
    async createKey(tx, memberId) {
      const wrapped = await kms.wrap(randomBytes(32), memberId);
      await tx
        .insertInto('vault.memberKey')
        .values({ userId: memberId, wrapped })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async destroyKey(tx, memberId) {
      await tx.deleteFrom('vault.memberKey').where('userId', '=', memberId).execute();
      kept.delete(memberId);
    },
    forget: (memberId) => (memberId === '*' ? kept.clear() : void kept.delete(memberId)),
  };
}

async function readKey(pools: Pools, kms: KeyManagement, memberId: string): Promise<ContentKey> {
  const row = await asService(pools, (tx) =>
    tx
      .selectFrom('vault.memberKey')
      .select(['version', 'wrapped'])
      .where('userId', '=', memberId)
      .executeTakeFirst(),
  );
  if (row === undefined) throw new KeyDestroyed(`no content key for member ${memberId}`);
  return { version: row.version, key: createSecretKey(await kms.unwrap(row.wrapped, memberId)) };
}

async function checkMaster(pools: Pools, kms: KeyManagement) {
  const mine = await kms.checkValue();
  const stored = await asService(pools, async (tx) => {
    await tx
      .insertInto('vault.masterCheck')
      .values({ checkValue: mine })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return tx.selectFrom('vault.masterCheck').select('checkValue').executeTakeFirstOrThrow();
  });
  if (!timingSafeEqual(stored.checkValue, mine)) {
    throw new Error(
      'MASTER_KEY is not the key that sealed this database: with it nothing could be read. Restore DATA_DIR/master.key or set MASTER_KEY.',
    );
  }
}

/** The master key of config: a file beside the data, or the environment. */
export function localKeyManagement(masterKey: Buffer): KeyManagement {
  return {
    async wrap(key, context) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', masterKey, iv).setAAD(Buffer.from(context));
      return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    },
    async unwrap(wrapped, context) {
      const decipher = createDecipheriv('aes-256-gcm', masterKey, wrapped.subarray(0, 12)).setAAD(
        Buffer.from(context),
      );
      decipher.setAuthTag(wrapped.subarray(wrapped.length - 16));
      return Buffer.concat([decipher.update(wrapped.subarray(12, wrapped.length - 16)), decipher.final()]);
    },
    checkValue: async () => createHmac('sha256', masterKey).update('mluen master key check').digest(),
  };
}
