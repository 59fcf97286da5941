import { sql } from 'kysely';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity } from '#server/database/transaction.ts';
import { queueMail } from '#server/mail/outbox.ts';
import type { Auth } from './auth.ts';
import { endCredentials } from './leaving.ts';
import { securedLetter } from './letters.ts';

/**
 * For an account that somebody else may be in (clause 10.6): ends every session and key, takes the password, stops all
 * spending until the person lifts it, tells the mailbox, and leaves the job that opens a ticket in the security queue. All
 * of that or nothing, as one commit; then mails a code for a new password.
 */
export async function secureAccount(
  { pools, auth, publicUrl }: { pools: Pools; auth: Auth; publicUrl: string },
  memberId: string,
  requestId: string,
): Promise<void> {
  const email = await asIdentity(pools, async (tx) => {
    const member = await tx
      .selectFrom('identity.member')
      .select('email')
      .where('id', '=', memberId)
      .executeTakeFirstOrThrow();
    await endCredentials(tx, memberId);
    // Whoever knows it would be back at once.
    await tx
      .updateTable('identity.signIn')
      .set({ passwordHash: null, updatedAt: new Date() })
      .where('userId', '=', memberId)
      .where('provider', '=', 'credential')
      .execute();
    await tx
      .insertInto('privacy.restriction')
      .values({ userId: memberId, id: newId(), cause: 'secured' })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await queueMail(tx, {
      kind: 'notice',
      to: member.email,
      personId: memberId,
      ...securedLetter(publicUrl),
    });
    await sql`select mluen.add_job('members.secured', ${JSON.stringify({ memberId })}::json, ${`members.secured:${memberId}`})`.execute(
      tx,
    );
    await recordAudit(tx, { action: 'member.secure', actorId: memberId, subjectId: memberId, requestId });
    return member.email;
  });
  await auth.api.requestPasswordResetEmailOTP({ body: { email } });
}
