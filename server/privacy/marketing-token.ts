import { createHmac, timingSafeEqual } from 'node:crypto';

const ID_BYTES = 16;
const MAC_BYTES = 16;

/**
 * A token for links in mails: ids, and a proof that we made it for this purpose. It opens nothing but the one switch, so
 * that it may be good for as long as a mail may lie in a mailbox.
 */
export function linkToken(secret: string, purpose: string, ids: readonly string[]): string {
  const bytes = Buffer.from(ids.join('').replaceAll('-', ''), 'hex');
  return Buffer.concat([bytes, mac(secret, purpose, bytes)]).toString('base64url');
}

/** The ids of a token, `count` of them; null for one that we did not make for this purpose. */
export function idsOfToken(secret: string, purpose: string, count: number, token: string): string[] | null {
  const raw = Buffer.from(token, 'base64url');
  if (raw.length !== count * ID_BYTES + MAC_BYTES) return null;
  const bytes = raw.subarray(0, count * ID_BYTES);
  if (!timingSafeEqual(raw.subarray(bytes.length), mac(secret, purpose, bytes))) return null;
  return Array.from({ length: count }, (_, n) => idOf(bytes.subarray(n * ID_BYTES, (n + 1) * ID_BYTES)));
}

function mac(secret: string, purpose: string, bytes: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${purpose} `).update(bytes).digest().subarray(0, MAC_BYTES);
}

function idOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
