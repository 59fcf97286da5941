import type { Pools } from '#server/database/connections.ts';
import { asService, type Tx } from '#server/database/transaction.ts';

/** What a member has from the moment the address is confirmed: wallet, content key. Twice must be harmless. */
export type Opening = (tx: Tx<'service'>, memberId: string) => Promise<void>;

/**
 * Opens what belongs to a confirmed member. A job of the confirming transaction does the same, in case this process
 * dies in between.
 */
export async function openMember(pools: Pools, opening: Opening, memberId: string): Promise<void> {
  await asService(pools, async (tx) => {
    const member = await tx
      .selectFrom('identity.member')
      .select('id')
      .where('id', '=', memberId)
      .where('emailVerified', '=', true)
      .executeTakeFirst();
    if (member !== undefined) await opening(tx, memberId);
  });
}
