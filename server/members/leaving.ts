import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { asIdentity, type Tx } from '#server/database/transaction.ts';
import { revokeAllKeys } from './api-keys.ts';
import { unknownPassword, verifyPassword } from './password.ts';

/**
 * Ends every session and key of a person, for an account that closes (clause 9.3) or is endangered. `keepSessionId`
 * leaves the one that asks. In the caller's transaction: dead everywhere as it commits.
 */
export async function endCredentials(
  tx: Tx<'identity'>,
  memberId: string,
  keepSessionId?: string,
): Promise<void> {
  await tx
    .deleteFrom('identity.session')
    .where('userId', '=', memberId)
    .$if(keepSessionId !== undefined, (remove) => remove.where('id', '!=', keepSessionId!))
    .execute();
  await revokeAllKeys(tx, memberId);
  await recordAudit(tx, { action: 'member.end-credentials', actorId: memberId, subjectId: memberId });
}

/** Whether this is the person's password; takes the same time for a person without one. */
export async function isPasswordOf(pools: Pools, memberId: string, password: string): Promise<boolean> {
  const row = await asIdentity(pools, (tx) =>
    tx
      .selectFrom('identity.signIn')
      .select('passwordHash')
      .where('userId', '=', memberId)
      .where('provider', '=', 'credential')
      .executeTakeFirst(),
  );
  const isRight = await verifyPassword(row?.passwordHash ?? (await unknownPassword()), password);
  return isRight && row?.passwordHash != null;
}
