import { sql } from 'kysely';
import type { NewTicket, Thread } from '#contract/support.ts';
import type { ContentKey } from '#server/artifacts/seal.ts';
import { open, type Place, seal } from '#server/artifacts/seal.ts';
import { newId } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import { queueMail } from '#server/mail/outbox.ts';
import { keepAttachments, namesOf, takeAttachments } from './files.ts';
import { receivedLetter } from './letters.ts';
import { threadUrl } from './link.ts';
import type { Support } from './parts.ts';
import { beginRequest, requestView } from './requests.ts';

type Author = 'person' | 'staff';

export const textPlace = (memberId: string, rowId: string): Place => ({
  column: 'support.message.text_sealed',
  memberId,
  rowId,
});
export const addressPlace = (memberId: string, rowId: string): Place => ({
  column: 'support.ticket.address_sealed',
  memberId,
  rowId,
});
export const reportedPlace = (memberId: string, rowId: string): Place => ({
  column: 'support.ticket.reported_sealed',
  memberId,
  rowId,
});

/**
 * Opens a ticket in the queue of its topic. `memberId` null: somebody who is not signed in, who gets an id and a content
 * key of the own, and a link at the address that was given; nothing of the answer depends on whether it has an account.
 */
export async function openTicket(parts: Support, memberId: string | null, ask: NewTicket) {
  const personId = memberId ?? newId();
  // A member has one since the address was confirmed; before that, and for a visitor, it is made now.
  await asService(parts.pools, (tx) => parts.vault.createKey(tx, personId));
  const key = await parts.vault.keyOf(personId);
  const fileIds = await takeAttachments(parts, personId, ask.attachments);
  const id = newId();
  return asService(parts.pools, async (tx) => {
    const at = new Date();
    await tx
      .insertInto('support.ticket')
      .values({
        userId: personId,
        id,
        topic: ask.topic,
        isMember: memberId !== null,
        openedAt: at,
        waitingSince: at,
        addressSealed:
          memberId === null ? seal(key, addressPlace(personId, id), ask.address!.toLowerCase()) : null,
        reportedSealed:
          ask.topic === 'child' && ask.reportedAddress !== undefined
            ? seal(key, reportedPlace(personId, id), ask.reportedAddress.toLowerCase())
            : null,
      })
      .execute();
    await addMessage(tx, key, { personId, ticketId: id, author: 'person', text: ask.text, fileIds });
    const due =
      ask.topic === 'privacy'
        ? await beginRequest(tx, {
            personId,
            ticketId: id,
            memberId,
            kind: ask.right!,
            country: ask.country,
            at,
          })
        : null;
    if (memberId === null)
      await queueMail(tx, {
        kind: 'contact',
        to: ask.address!.toLowerCase(),
        personId,
        ...receivedLetter(threadUrl(parts, id, false), ask.topic === 'privacy'),
      });
    return { id, dueAt: due?.toISOString() ?? null, isMailed: memberId === null };
  });
}

interface NewMessage {
  personId: string;
  ticketId: string;
  author: Author;
  staffId?: string;
  text: string;
  fileIds?: string[];
}

/** Seals and adds one message. */
export async function addMessage(
  tx: Tx<'service'> | Tx<'support'>,
  key: ContentKey,
  message: NewMessage,
): Promise<void> {
  const { personId, ticketId, author, staffId, text, fileIds = [] } = message;
  const id = newId();
  await (tx as Tx<'service'>)
    .insertInto('support.message')
    .values({
      userId: personId,
      id,
      ticketId,
      author,
      staffId: staffId ?? null,
      textSealed: seal(key, textPlace(personId, id), text),
      fileIds,
    })
    .execute();
  if (author === 'person') await keepAttachments(tx as Tx<'service'>, personId, fileIds);
}

/** The person goes on: what was closed opens again, and waits from now on if it did not wait before. */
export async function goOn(
  parts: Support,
  personId: string,
  ticketId: string,
  said: { text: string; attachments: NewTicket['attachments'] },
): Promise<void> {
  await refuseOthers(parts, personId, ticketId);
  const key = await parts.vault.keyOf(personId);
  const fileIds = await takeAttachments(parts, personId, said.attachments);
  await asService(parts.pools, async (tx) => {
    await tx
      .updateTable('support.ticket')
      .set({ state: 'open', closedAt: null, waitingSince: sql`coalesce(waiting_since, clock_timestamp())` })
      .where('userId', '=', personId)
      .where('id', '=', ticketId)
      .execute();
    await addMessage(tx, key, { personId, ticketId, author: 'person', text: said.text, fileIds });
  });
}

async function refuseOthers(parts: Support, personId: string, ticketId: string): Promise<void> {
  const found = await asService(parts.pools, (tx) =>
    tx
      .selectFrom('support.ticket')
      .select('id')
      .where('userId', '=', personId)
      .where('id', '=', ticketId)
      .executeTakeFirst(),
  );
  if (found === undefined) throw new ProblemError('not-found');
}

/** Whose conversation this is, of those without an account; null when it is none of theirs. */
export async function visitorOf(parts: Support, ticketId: string): Promise<string | null> {
  const row = await asService(parts.pools, (tx) =>
    tx
      .selectFrom('support.ticket')
      .select('userId')
      .where('id', '=', ticketId)
      .where('isMember', '=', false)
      .executeTakeFirst(),
  );
  return row?.userId ?? null;
}

/** A conversation as its person sees it, read by `tx`, which shows a member the own ones alone. Throws `not-found`. */
export async function threadOf<R extends 'member' | 'service'>(
  parts: Support,
  tx: Tx<R>,
  personId: string,
  ticketId: string,
): Promise<Thread> {
  const ticket = await tx
    .selectFrom('support.ticket')
    .select(['id', 'topic', 'state', 'openedAt'])
    .where('userId', '=', personId)
    .where('id', '=', ticketId)
    .executeTakeFirst();
  if (ticket === undefined) throw new ProblemError('not-found');
  const rows = await tx
    .selectFrom('support.message')
    .select(['id', 'author', 'textSealed', 'fileIds', 'at'])
    .where('userId', '=', personId)
    .where('ticketId', '=', ticketId)
    .orderBy('id')
    .limit(500)
    .execute();
  const request = await requestView(tx, personId, ticketId);
  return {
    id: ticket.id,
    topic: ticket.topic as NewTicket['topic'],
    state: ticket.state as Thread['state'],
    openedAt: ticket.openedAt.toISOString(),
    messages: await openedMessages(parts, personId, rows),
    request,
  };
}

export interface SealedMessage {
  id: string;
  author: string;
  textSealed: Buffer;
  fileIds: string[];
  at: Date;
}

export async function openedMessages(
  parts: Support,
  personId: string,
  rows: readonly SealedMessage[],
): Promise<Thread['messages']> {
  const key = await parts.vault.keyOf(personId);
  const names = await namesOf(
    parts,
    personId,
    rows.flatMap(({ fileIds }) => fileIds),
  );
  return rows.map(({ id, author, textSealed, fileIds, at }) => ({
    id,
    author: author as Author,
    text: open(key, textPlace(personId, id), textSealed).toString(),
    at: at.toISOString(),
    files: fileIds.flatMap((fileId) => {
      const file = names.get(fileId);
      return file === undefined ? [] : [{ id: fileId, name: file.name, bytes: file.bytes }];
    }),
  }));
}
