import type { Tx } from '#server/database/transaction.ts';
import type { Letter } from '#server/mail/letter.ts';
import { queueMail } from '#server/mail/outbox.ts';

/** Queues a letter to a member. Who was erased meanwhile gets none: the books stand, there is nobody to write to. */
export async function mailMember(
  tx: Tx<'service'>,
  memberId: string,
  kind: string,
  letter: Letter,
): Promise<void> {
  const person = await tx
    .selectFrom('identity.member')
    .select('email')
    .where('id', '=', memberId)
    .executeTakeFirst();
  if (person === undefined) return;
  await queueMail(tx, { kind, to: person.email, personId: memberId, ...letter });
}
