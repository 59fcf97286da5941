import { sql } from 'kysely';
import type { z } from 'zod';
import type { ErasurePreview } from '#contract/privacy.ts';
import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity, asService, type Tx } from '#server/database/transaction.ts';
import { balanceOf } from '#server/ledger/balance.ts';
import { queueMail } from '#server/mail/outbox.ts';
import type { Privacy } from '../parts.ts';
import { keptInWords } from './kept.ts';
import { closingLetter } from './letters.ts';

const DAY_MS = 24 * 60 * 60_000;

type Preview = z.output<typeof ErasurePreview>;

/** What erasing would do now, so that nobody decides blindly. */
export async function previewErasure(parts: Privacy, memberId: string, now: Date): Promise<Preview> {
  return asService(parts.pools, async (tx) => {
    const { availableMicro, heldMicro } = await balanceOf(tx, memberId);
    const counts = await countsOf(tx, memberId);
    const country = await countryOf(tx, memberId);
    return {
      availableMicro,
      heldMicro,
      ...counts,
      erasureAt: eraseAt(parts, now, false).toISOString(),
      kept: keptInWords(parts.inventory, country, now),
      sentTo: await providersOf(tx, memberId),
    };
  });
}

async function countsOf(tx: Tx<'service'>, memberId: string) {
  const generations = await tx
    .selectFrom('generations.generation')
    .select(({ fn }) => [
      fn.countAll<bigint>().as('all'),
      fn.countAll<bigint>().filterWhere('finishedAt', 'is', null).as('running'),
    ])
    .where('userId', '=', memberId)
    .executeTakeFirstOrThrow();
  const files = await tx
    .selectFrom('artifacts.file')
    .select(({ fn }) => fn.countAll<bigint>().as('all'))
    .where('userId', '=', memberId)
    .executeTakeFirstOrThrow();
  return {
    generations: Number(generations.all),
    runningGenerations: Number(generations.running),
    files: Number(files.all),
  };
}

/** The providers that already hold something of this person: they are told by name, for we cannot erase there. */
export async function providersOf(tx: Tx<'service'>, memberId: string): Promise<string[]> {
  const { rows } = await sql<{ provider: string }>`
    select distinct sent ->> 'provider' as provider
    from generations.generation g cross join jsonb_array_elements(g.sent_to) sent
    where g.user_id = ${memberId} order by 1 limit 100`.execute(tx);
  return rows.map(({ provider }) => provider);
}

export async function countryOf(tx: Tx<'service'>, memberId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('identity.member')
    .select('country')
    .where('id', '=', memberId)
    .executeTakeFirst();
  return row?.country ?? null;
}

/**
 * Closes the account: nothing new is started, other sessions and all keys die, and after the grace (or at once) a job
 * erases it. `actorId`: one of the staff who asks for it (clause 11.2). Asked twice, the first stands, but `now` still waives its grace. Refused while a payment is on its way.
 */
export async function askForErasure(
  parts: Privacy,
  ask: { memberId: string; sessionId: string; now: boolean; requestId: string; actorId?: string },
): Promise<{ erasureAt: Date } | { refused: 'payment-on-its-way' }> {
  const { memberId } = ask;
  const asked = await asService(parts.pools, async (tx) => {
    const paying = await tx
      .selectFrom('payments.topUp')
      .select('id')
      .where('userId', '=', memberId)
      .where('state', '=', 'pending')
      .limit(1)
      .executeTakeFirst();
    if (paying !== undefined) return { refused: 'payment-on-its-way' } as const;
    return { erasureAt: await close(parts, tx, ask) };
  });
  if ('erasureAt' in asked)
    await asIdentity(parts.pools, (tx) =>
      parts.members.endCredentials(tx, memberId, ask.now ? undefined : ask.sessionId),
    );
  return asked;
}

async function close(
  parts: Privacy,
  tx: Tx<'service'>,
  {
    memberId,
    now,
    sessionId,
    requestId,
    actorId = memberId,
  }: { memberId: string; sessionId: string; now: boolean; requestId: string; actorId?: string },
): Promise<Date> {
  const wished = eraseAt(parts, new Date(), now);
  const row = await tx
    .insertInto('privacy.erasure')
    .values({
      userId: memberId,
      id: newId(),
      state: 'waiting',
      eraseAt: wished,
      country: await countryOf(tx, memberId),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['userId'])
        .where(sql<boolean>`state <> 'cancelled'`) // a literal, or the partial index is not recognised
        .doUpdateSet((set) => ({
          eraseAt: set.fn<Date>('least', ['privacy.erasure.eraseAt', 'excluded.eraseAt']),
        })),
    )
    .returning(['id', 'eraseAt'])
    .executeTakeFirstOrThrow();
  await recordAudit(tx, {
    action: 'privacy.erasure.ask',
    actorId,
    subjectId: memberId,
    object: row.id,
    requestId,
  });
  // Repeats what follows this transaction, in case the process dies before it.
  const closing = JSON.stringify({ memberId, keepSessionId: now ? undefined : sessionId });
  await sql`select mluen.add_job('privacy.close', ${closing}::json, ${`close ${row.id}`})`.execute(tx);
  await scheduleErasure(tx, row.id, row.eraseAt);
  if (!now) await mailClosing(parts, tx, memberId, row.eraseAt);
  return row.eraseAt;
}

/** The payload names the erasure, never the person: the queue is searched for that person's id and swept. */
export async function scheduleErasure(tx: Tx<'service'>, erasureId: string, at: Date): Promise<void> {
  const payload = JSON.stringify({ erasureId });
  await sql`select mluen.add_job('privacy.erase', ${payload}::json, ${`erase ${erasureId}`}, ${at})`.execute(
    tx,
  );
}

async function mailClosing(parts: Privacy, tx: Tx<'service'>, memberId: string, at: Date): Promise<void> {
  const person = await tx
    .selectFrom('identity.member')
    .select('email')
    .where('id', '=', memberId)
    .executeTakeFirst();
  if (person === undefined) return;
  await queueMail(tx, {
    kind: 'erasure',
    to: person.email,
    personId: memberId,
    ...closingLetter(parts.publicUrl, at),
  });
}

/** Keeps the account after all. False when nothing was waiting (any more). */
export async function cancelErasure(
  { pools }: Privacy,
  memberId: string,
  requestId: string,
): Promise<boolean> {
  return asService(pools, async (tx) => {
    const row = await tx
      .updateTable('privacy.erasure')
      .set({ state: 'cancelled' })
      .where('userId', '=', memberId)
      .where('state', '=', 'waiting')
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return false;
    await recordAudit(tx, {
      action: 'privacy.erasure.cancel',
      actorId: memberId,
      subjectId: memberId,
      object: row.id,
      requestId,
    });
    return true;
  });
}

function eraseAt({ graceDays }: Privacy, from: Date, now: boolean): Date {
  return now ? from : new Date(from.getTime() + graceDays * DAY_MS);
}
