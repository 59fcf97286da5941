import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Support } from './parts.ts';

/** What opens one conversation without an account. It is mailed to the address and said nowhere else. */
export function keyOfThread({ secret }: Pick<Support, 'secret'>, ticketId: string): string {
  return createHmac('sha256', secret).update(`contact thread ${ticketId}`).digest('base64url').slice(0, 32);
}

export function isKeyOfThread(parts: Pick<Support, 'secret'>, ticketId: string, given: string): boolean {
  const right = Buffer.from(keyOfThread(parts, ticketId));
  const told = Buffer.from(given);
  return right.length === told.length && timingSafeEqual(right, told);
}

/** The key stands behind the hash: it reaches no server's log and no other page. */
export function threadUrl(
  parts: Pick<Support, 'secret' | 'publicUrl'>,
  ticketId: string,
  isMember: boolean,
): string {
  const page = `${parts.publicUrl}/contact/${ticketId}`;
  return isMember ? page : `${page}#${keyOfThread(parts, ticketId)}`;
}
