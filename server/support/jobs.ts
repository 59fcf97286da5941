import { z } from 'zod';
import { open } from '#server/artifacts/seal.ts';
import { KeyDestroyed } from '#server/artifacts/vault.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';
import { queueMail } from '#server/mail/outbox.ts';
import { lookAtClocks } from './clock.ts';
import { forgetClosed } from './forget.ts';
import { answeredLetter } from './letters.ts';
import { threadUrl } from './link.ts';
import type { Support } from './parts.ts';
import { addressPlace } from './tickets.ts';

const Payload = z.object({ ticketId: z.uuid() });

/** `support.tell` mails that there is an answer; the others look at clocks each hour and remove what is old each day. */
export function supportJobs(parts: Support): ModuleJobs {
  return {
    handlers: {
      'support.tell': (payload) => tell(parts, Payload.parse(payload).ticketId),
      'support.clock': async () => void (await lookAtClocks(parts, new Date())),
      'support.forget': async () => {
        const count = await forgetClosed(parts, new Date());
        if (count > 0) parts.log.info({ count }, 'closed conversations were removed after their time');
      },
    },
    schedule: ['7 * * * * support.clock', '47 3 * * * support.forget'],
  };
}

async function tell(parts: Support, ticketId: string): Promise<void> {
  await asService(parts.pools, async (tx) => {
    const ticket = await tx
      .selectFrom('support.ticket')
      .select(['userId', 'isMember', 'addressSealed'])
      .where('id', '=', ticketId)
      .executeTakeFirst();
    if (ticket === undefined) return; // removed since
    const to = await addressOf(parts, tx, ticketId, ticket);
    if (to === null) return;
    const words = answeredLetter(threadUrl(parts, ticketId, ticket.isMember));
    await queueMail(tx, { kind: 'support-answer', to, personId: ticket.userId, ...words });
  });
}

async function addressOf(
  { vault }: Support,
  tx: Tx<'service'>,
  ticketId: string,
  ticket: { userId: string; addressSealed: Buffer | null },
): Promise<string | null> {
  if (ticket.addressSealed === null) {
    const member = await tx
      .selectFrom('identity.member')
      .select('email')
      .where('id', '=', ticket.userId)
      .executeTakeFirst();
    return member?.email ?? null;
  }
  try {
    const key = await vault.keyOf(ticket.userId);
    return open(key, addressPlace(ticket.userId, ticketId), ticket.addressSealed).toString();
  } catch (error) {
    if (error instanceof KeyDestroyed) return null;
    throw error;
  }
}
