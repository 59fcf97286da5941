import { sql } from 'kysely';
import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import type { Letter } from './letter.ts';

export interface Mail extends Letter {
  /** What it is, for counting: `verify`, `receipt`. */
  kind: string;
  to: string;
  /** The member it is for, so that erasure finds it. */
  personId?: string;
  /** Names this mail: of two with one id, one leaves. */
  id?: string;
  /** For `marketing` alone, and always: where one click stops it (RFC 8058). */
  unsubscribeUrl?: string;
}

/**
 * Queues a mail in the caller's transaction: it leaves if and only if that commits. Returns its id. Of kind `marketing`
 * it is refused by the database unless the person takes such mail at this moment (clause 4.2).
 */
export async function queueMail(tx: Tx<'identity' | 'service'>, mail: Mail): Promise<string> {
  const { id = newId() } = mail;
  const queued = await tx
    .insertInto('mail.outbox')
    .values({
      id,
      personId: mail.personId ?? null,
      kind: mail.kind,
      recipient: mail.to,
      subject: mail.subject,
      bodyText: mail.text,
      bodyHtml: mail.html,
      listUnsubscribe: mail.unsubscribeUrl ?? null,
    })
    // Without naming the column: whoever names it must be allowed to read it.
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (queued.numInsertedOrUpdatedRows === 0n) return id;
  await sql`select mluen.add_job('mail.send', ${JSON.stringify({ mailId: id })}::json, ${`mail.send:${id}`})`.execute(
    tx,
  );
  return id;
}
