import { sql } from 'kysely';
import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import type { Editor } from './price-lists.ts';

/** Who edits, and by which request. */
export interface Author {
  staffId: string;
  requestId: string;
}

export interface CatalogueChange {
  what: 'markup' | 'prices' | 'offered' | 'provider' | 'route' | 'import';
  /** Model, provider or route; of an import its digest. */
  id: string;
  before: unknown;
  after: unknown;
  reason: string;
}

/**
 * Ends every edit, in its transaction: what stood there and what stands there now, who did it and why (the audit log),
 * and the word to every process to read the catalogue again once this commits.
 */
export async function record(tx: Editor, by: Author, change: CatalogueChange): Promise<void> {
  await tx
    .insertInto('catalogue.change')
    .values({
      id: newId(),
      what: change.what,
      target: change.id,
      before: JSON.stringify(change.before),
      after: JSON.stringify(change.after),
      reason: change.reason,
      requestId: by.requestId,
    })
    .execute();
  await recordAudit(tx, {
    action: `catalogue.${change.what}`,
    actorId: by.staffId,
    object: change.id,
    reason: change.reason,
    requestId: by.requestId,
  });
  await sql`select mluen.tell('catalogue', ${change.id})`.execute(tx);
}
