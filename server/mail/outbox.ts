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
}

/** Queues a mail in the caller's transaction: it leaves if and only if that commits. Returns its id. */
export async function queueMail(tx: Tx<'identity' | 'service'>, mail: Mail): Promise<string> {
  const id = newId();
  await tx
    .insertInto('mail.outbox')
    .values({
      id,
      personId: mail.personId ?? null,
      kind: mail.kind,
      recipient: mail.to,
      subject: mail.subject,
      bodyText: mail.text,
      bodyHtml: mail.html,
    })
    .execute();
  await sql`select mluen.add_job('mail.send', ${JSON.stringify({ mailId: id })}::json, ${`mail.send:${id}`})`.execute(
    tx,
  );
  return id;
}
