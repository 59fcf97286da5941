import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto';

/** A member's content key, unwrapped. Lives in memory only. */
export interface ContentKey {
  version: number;
  key: KeyObject;
}

const FORMAT = 1;
const HEADER = 1 + 4 + 12;
const TAG = 16;

// 96-bit nonces are cut from a pool: one randomBytes(12) costs twice as much as the whole seal of 4 KiB.
const pool = Buffer.alloc(12 * 1024);
let used = pool.length;

function nonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 12;
  return Buffer.from(pool.subarray(used - 12, used));
}

/** Where a sealed value stands. A value moved to another column, member or row does not open. */
export interface Place {
  /** `schema.table.column` */
  column: string;
  memberId: string;
  rowId: string;
}

function context(place: Place): Buffer {
  return Buffer.from(`v1|${place.column}|${place.memberId}|${place.rowId}`);
}

/** AES-256-GCM: `format 1 | key version 4 | nonce 12 | ciphertext | tag 16`. */
export function seal(content: ContentKey, place: Place, plain: Buffer | string): Buffer {
  const iv = nonce();
  const cipher = createCipheriv('aes-256-gcm', content.key, iv);
  cipher.setAAD(context(place));
  const header = Buffer.allocUnsafe(5);
  header[0] = FORMAT;
  header.writeUInt32BE(content.version, 1);
  const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  return Buffer.concat([header, iv, body, cipher.final(), cipher.getAuthTag()]);
}

/** Throws when the value was altered, moved, or sealed with another key. */
export function open(content: ContentKey, place: Place, sealed: Buffer): Buffer {
  if (sealed.length < HEADER + TAG || sealed[0] !== FORMAT) throw new Error('not a sealed value');
  const decipher = createDecipheriv('aes-256-gcm', content.key, sealed.subarray(5, HEADER));
  decipher.setAAD(context(place));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  return Buffer.concat([decipher.update(sealed.subarray(HEADER, sealed.length - TAG)), decipher.final()]);
}
