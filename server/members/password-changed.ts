import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { asIdentity } from '#server/database/transaction.ts';
import { queueMail } from '#server/mail/outbox.ts';
import { passwordChangedLetter } from './letters.ts';

/** Tells the person and the audit log that the password is another. Commits by itself. */
export async function passwordChanged(
  { pools, publicUrl }: { pools: Pools; publicUrl: string },
  memberId: string,
): Promise<void> {
  await asIdentity(pools, async (tx) => {
    const member = await tx
      .selectFrom('identity.member')
      .select('email')
      .where('id', '=', memberId)
      .executeTakeFirstOrThrow();
    await queueMail(tx, {
      kind: 'notice',
      to: member.email,
      personId: memberId,
      ...passwordChangedLetter(publicUrl),
    });
    await recordAudit(tx, { action: 'member.password', actorId: memberId, subjectId: memberId });
  });
}
