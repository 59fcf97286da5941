import type { Role } from '#server/database/connections.ts';
import type { Tx } from '#server/database/transaction.ts';

/**
 * Whether the person has asked for erasure and has not taken it back, or is already erased: nothing new is
 * started then, while reading and export go on.
 */
export async function isClosing<R extends Extract<Role, 'member' | 'service' | 'identity'>>(
  tx: Tx<R>,
  memberId: string,
): Promise<boolean> {
  const row = await tx
    .selectFrom('privacy.erasure')
    .select('state')
    .where('userId', '=', memberId)
    .where('state', '!=', 'cancelled')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
