import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

const IV = 12;
const TAG = 16;

/**
 * A token for an address that strangers are given: sealed, not only signed, as they must not read who the member is
 * (clause 6.1). Its nonce is an HMAC of what it says: the same words have the same token again. `purpose` parts tokens of
 * one kind from those of another.
 */
export function sealToken(secret: string, purpose: string, plain: Buffer): string {
  const iv = createHmac('sha256', keyOf(secret, purpose, 'nonce'))
    .update(plain)
    .digest()
    .subarray(0, IV);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, purpose, 'seal'), iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** What a token says; null for one that we did not make for this purpose. */
export function openToken(secret: string, purpose: string, token: string): Buffer | null {
  const sealed = Buffer.from(token, 'base64url');
  if (sealed.length <= IV + TAG || sealed.toString('base64url') !== token) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, purpose, 'seal'), sealed.subarray(0, IV));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV, sealed.length - TAG)), decipher.final()]);
  } catch {
    return null;
  }
}

const keyOf = (secret: string, purpose: string, use: 'nonce' | 'seal'): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `${purpose} ${use}`, 32));

const ID = 16;

/** Ids as the sixteen bytes that they are. */
export const bytesOfId = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

export function idIn(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + ID);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
