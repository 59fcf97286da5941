import { isPublicAddress } from '#server/egress/address.ts';
import { bytesOfId, idIn, openToken, sealToken } from './sealed-token.ts';

/** What an address opens: one file, for one provider, while one generation runs, until then. */
export interface FileAddress {
  memberId: string;
  generationId: string;
  fileId: string;
  providerId: string;
  until: Date;
}

const ID = 16;
const PURPOSE = 'file address';

/** The token of an address: the same file of the same run has the same address again. */
export function sealAddress(secret: string, address: FileAddress): string {
  const until = Buffer.alloc(4);
  until.writeUInt32BE(Math.floor(address.until.getTime() / 1000));
  const ids = [address.memberId, address.generationId, address.fileId].map(bytesOfId);
  return sealToken(secret, PURPOSE, Buffer.concat([...ids, until, Buffer.from(address.providerId)]));
}

/** What a token says; null for one that we did not make. Whether it still holds is another question. */
export function openAddress(secret: string, token: string): FileAddress | null {
  const plain = openToken(secret, PURPOSE, token);
  if (plain === null || plain.length <= 3 * ID + 4) return null;
  return {
    memberId: idIn(plain, 0),
    generationId: idIn(plain, ID),
    fileId: idIn(plain, 2 * ID),
    until: new Date(plain.readUInt32BE(3 * ID) * 1000),
    providerId: plain.toString('utf8', 3 * ID + 4),
  };
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
