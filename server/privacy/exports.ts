import { sql } from 'kysely';
import type { z } from 'zod';
import type { Export } from '#contract/privacy.ts';
import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import { asMember, asService } from '#server/database/transaction.ts';
import { makeExport } from './export/make.ts';
import type { Privacy } from './parts.ts';

type ExportOnWire = z.output<typeof Export>;

const HOUR_MS = 60 * 60_000;
/** One export a day: it reads everything a person has. */
const PAUSE_MS = 24 * HOUR_MS;
const KEPT_MS = 7 * 24 * HOUR_MS;

/** Asks for an export; a job makes it. Refused, with the time to wait, when one was made within a day. */
export async function askForExport(
  { pools }: Privacy,
  memberId: string,
  requestId: string,
): Promise<ExportOnWire | { waitMs: number }> {
  return asService(pools, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`export ${memberId}`}, 0))`.execute(tx);
    const last = await tx
      .selectFrom('privacy.export')
      .select('askedAt')
      .where('userId', '=', memberId)
      .where('state', '!=', 'failed')
      .orderBy('askedAt', 'desc')
      .limit(1)
      .executeTakeFirst();
    const waitMs = last === undefined ? 0 : last.askedAt.getTime() + PAUSE_MS - Date.now();
    if (waitMs > 0) return { waitMs };
    const row = await tx
      .insertInto('privacy.export')
      .values({ userId: memberId, id: newId() })
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordAudit(tx, {
      action: 'privacy.export',
      actorId: memberId,
      subjectId: memberId,
      object: row.id,
      requestId,
    });
    const payload = JSON.stringify({ exportId: row.id, memberId });
    await sql`select mluen.add_job('privacy.export', ${payload}::json, ${`export ${row.id}`})`.execute(tx);
    return onWire(row);
  });
}

export function listExports({ pools }: Privacy, memberId: string): Promise<ExportOnWire[]> {
  return asMember(pools, memberId, async (tx) => {
    const rows = await tx
      .selectFrom('privacy.export')
      .selectAll()
      .where('userId', '=', memberId)
      .orderBy('askedAt', 'desc')
      .limit(20)
      .execute();
    return rows.map(onWire);
  });
}

/** The ZIP's length, if it is this person's and still there. */
export async function findExport(
  { pools }: Privacy,
  memberId: string,
  id: string,
): Promise<{ bytes: number; askedAt: Date } | null> {
  const row = await asMember(pools, memberId, (tx) =>
    tx
      .selectFrom('privacy.export')
      .select(['bytes', 'askedAt'])
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .where('state', '=', 'ready')
      .where('expiresAt', '>', new Date())
      .executeTakeFirst(),
  );
  return row?.bytes == null ? null : { bytes: Number(row.bytes), askedAt: row.askedAt };
}

/** Makes the export that was asked for. Run again after a crash it begins anew; the file is whole or not there. */
export async function workOnExport(
  parts: Privacy,
  memberId: string,
  exportId: string,
  isLast: boolean,
): Promise<void> {
  const { pools, store, log } = parts;
  const waiting = await asService(pools, (tx) =>
    tx
      .selectFrom('privacy.export')
      .select('id')
      .where('userId', '=', memberId)
      .where('id', '=', exportId)
      .where('state', '=', 'working')
      .executeTakeFirst(),
  );
  if (waiting === undefined) return;
  const since = Date.now();
  try {
    const bytes = await makeExport(parts, memberId, exportId);
    const isKept = await finish(parts, memberId, exportId, {
      state: 'ready',
      bytes: BigInt(bytes),
      readyAt: new Date(),
      expiresAt: new Date(Date.now() + KEPT_MS),
    });
    if (!isKept) await store.remove([exportId]); // the person was erased meanwhile
    log.info({ exportId, bytes, tookMs: Date.now() - since }, 'export made');
  } catch (error) {
    if (!isLast) throw error;
    log.error({ exportId, err: error }, 'export failed');
    await finish(parts, memberId, exportId, { state: 'failed' });
  }
}

async function finish(
  { pools }: Privacy,
  memberId: string,
  id: string,
  outcome: { state: 'ready' | 'failed'; bytes?: bigint; readyAt?: Date; expiresAt?: Date },
): Promise<boolean> {
  const updated = await asService(pools, (tx) =>
    tx
      .updateTable('privacy.export')
      .set(outcome)
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .where('state', '=', 'working')
      .executeTakeFirst(),
  );
  return updated.numUpdatedRows === 1n;
}

/** Removes the files of exports that are a week old. */
export async function expireExports({ pools, store }: Privacy, now: Date): Promise<number> {
  const due = await asService(pools, (tx) =>
    tx
      .selectFrom('privacy.export')
      .select(['userId', 'id'])
      .where('state', '=', 'ready')
      .where('expiresAt', '<=', now)
      .limit(500)
      .execute(),
  );
  for (const { userId, id } of due) {
    await store.remove([id]);
    await asService(pools, (tx) =>
      tx
        .updateTable('privacy.export')
        .set({ state: 'expired' })
        .where('userId', '=', userId)
        .where('id', '=', id)
        .execute(),
    );
  }
  return due.length;
}

function onWire(row: {
  id: string;
  state: string;
  askedAt: Date;
  bytes: bigint | null;
  expiresAt: Date | null;
}): ExportOnWire {
  return {
    id: row.id,
    askedAt: row.askedAt.toISOString(),
    state: row.state as ExportOnWire['state'],
    bytes: row.bytes === null ? null : Number(row.bytes),
    expiresAt: row.expiresAt?.toISOString() ?? null,
  };
}
