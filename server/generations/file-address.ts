import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { isPublicAddress } from '#server/egress/address.ts';

/** What an address opens: one file, for one provider, while one generation runs, until then. */
export interface FileAddress {
  memberId: string;
  generationId: string;
  fileId: string;
  providerId: string;
  until: Date;
}

const ID = 16;
const IV = 12;
const TAG = 16;
const AT = 3 * ID + 4;

/**
 * The token of an address: sealed, not only signed, as the provider that is given it must not read who the member is
 * (clause 6.1). Its nonce is an HMAC of what it says: the same file of the same run has the same address again.
 */
export function sealAddress(secret: string, address: FileAddress): string {
  const until = Buffer.alloc(4);
  until.writeUInt32BE(Math.floor(address.until.getTime() / 1000));
  const plain = Buffer.concat([
    ...[address.memberId, address.generationId, address.fileId].map(bytesOf),
    until,
    Buffer.from(address.providerId),
  ]);
  const iv = createHmac('sha256', keyOf(secret, 'nonce')).update(plain).digest().subarray(0, IV);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, 'seal'), iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** What a token says; null for one that we did not make. Whether it still holds is another question. */
export function openAddress(secret: string, token: string): FileAddress | null {
  const sealed = Buffer.from(token, 'base64url');
  if (sealed.length <= IV + AT + TAG || sealed.toString('base64url') !== token) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, 'seal'), sealed.subarray(0, IV));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  try {
    const plain = Buffer.concat([
      decipher.update(sealed.subarray(IV, sealed.length - TAG)),
      decipher.final(),
    ]);
    return {
      memberId: idOf(plain, 0),
      generationId: idOf(plain, ID),
      fileId: idOf(plain, 2 * ID),
      until: new Date(plain.readUInt32BE(3 * ID) * 1000),
      providerId: plain.toString('utf8', AT),
    };
  } catch {
    return null;
  }
}

/** Whether a real provider can reach us there: HTTPS, and a host that is not this machine or its network. */
export function isReachable(publicUrl: string | undefined): boolean {
  if (publicUrl === undefined) return false;
  const { protocol, hostname } = new URL(publicUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') return false;
  if (/^[\d.]+$|:/.test(host)) return isPublicAddress(host);
  return host.includes('.') && !/(^|\.)(localhost|local|internal|lan|home|test|invalid)$/.test(host);
}

const keyOf = (secret: string, use: 'nonce' | 'seal'): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `file address ${use}`, 32));

const bytesOf = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

function idOf(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + ID);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
