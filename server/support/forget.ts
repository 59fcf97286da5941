import { asService } from '#server/database/transaction.ts';
import { removeAttachments } from './files.ts';
import type { Support } from './parts.ts';

const MEMBER_DAYS = 730;
const VISITOR_DAYS = 365;
const REQUEST_DAYS = 3 * 365;
const AT_ONCE = 200;

/**
 * Removes what has been closed for its time: two years for members, one for those without an account, whose content key
 * goes too. Answers how many conversations went.
 */
export async function forgetClosed(parts: Support, now: Date): Promise<number> {
  const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const old = await asService(parts.pools, (tx) =>
    tx
      .selectFrom('support.ticket')
      .select(['userId', 'id', 'isMember'])
      .where('state', '=', 'closed')
      .where(({ or, and, eb }) =>
        or([
          eb('closedAt', '<', ago(MEMBER_DAYS)),
          and([eb('isMember', '=', false), eb('closedAt', '<', ago(VISITOR_DAYS))]),
        ]),
      )
      .limit(AT_ONCE)
      .execute(),
  );
  for (const { userId, id, isMember } of old) await removeTicket(parts, userId, id, isMember);
  await asService(parts.pools, async (tx) => {
    await tx.deleteFrom('support.rightsRequest').where('closedAt', '<', ago(REQUEST_DAYS)).execute();
  });
  return old.length;
}

/** Removes one conversation with its files; of a visitor also the key, so that nothing of it can be opened again. */
export async function removeTicket(
  parts: Support,
  personId: string,
  ticketId: string,
  isMember: boolean,
): Promise<void> {
  const fileIds = await asService(parts.pools, async (tx) => {
    const messages = await tx
      .selectFrom('support.message')
      .select('fileIds')
      .where('userId', '=', personId)
      .where('ticketId', '=', ticketId)
      .execute();
    return messages.flatMap((message) => message.fileIds);
  });
  await removeAttachments(parts, personId, fileIds);
  await asService(parts.pools, async (tx) => {
    await tx
      .deleteFrom('support.message')
      .where('userId', '=', personId)
      .where('ticketId', '=', ticketId)
      .execute();
    await tx.deleteFrom('support.ticket').where('userId', '=', personId).where('id', '=', ticketId).execute();
    if (isMember) return;
    // A visitor has this one conversation: with it go the mail that was sent and the key.
    await tx.deleteFrom('mail.outbox').where('personId', '=', personId).execute();
    await parts.vault.destroyKey(tx, personId);
  });
}
