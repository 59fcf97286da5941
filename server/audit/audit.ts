import { sql } from 'kysely';
import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';

export interface AuditEvent {
  /** Dotted, from the general to the special: `member.sign-up`, `key.revoke`. */
  action: string;
  /** The person who acts; leave out for the system itself. */
  actorId?: string;
  /** The person whom it concerns: it is shown to that person. */
  subjectId?: string;
  /** The thing it is done to, as an id. Never content, never an address. */
  object?: string;
  /** Why; staff must say it when they read or change something of a person. */
  reason?: string;
  requestId?: string;
  /** Sealed under the subject's content key. */
  detailsSealed?: Buffer;
}

/** Writes to the audit log in the caller's transaction: what is not recorded did not happen. */
export async function recordAudit(tx: Tx, event: AuditEvent): Promise<void> {
  await sql`select audit.record(
    ${newId()}, ${event.actorId ?? null}, ${event.action}, ${event.subjectId ?? null}, ${event.object ?? null},
    ${event.reason ?? null}, ${event.requestId ?? null}, ${event.detailsSealed ?? null}
  )`.execute(tx);
}
