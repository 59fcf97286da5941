import { asService } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { Parts } from './parts.ts';

type FileParts = Pick<Parts, 'pools' | 'store'>;

/** An upload that no generation names is removed after so long: somebody changed their mind. */
const UNUSED_DAYS = 2;
const BATCH = 500;
/** More than this waiting to be sent is no message any more. */
const WAITING_MOST_FILES = 1_000;
const WAITING_MOST_BYTES = 5n * 1024n ** 3n;

/** Notes that a generation which names these files has begun: they stay with it. */
export async function markUsed(
  parts: Pick<Parts, 'pools'>,
  memberId: string,
  files: readonly { id: string }[],
): Promise<void> {
  if (files.length === 0) return;
  const ids = files.map(({ id }) => id);
  await asService(parts.pools, (tx) =>
    tx
      .updateTable('artifacts.file')
      .set({ used: true })
      .where('userId', '=', memberId)
      .where('id', 'in', ids)
      .where('used', '=', false)
      .execute(),
  );
}

/** Throws `too-large` for an upload beside more than a person can mean to send. */
export async function refuseHoard(
  parts: Pick<Parts, 'pools'>,
  memberId: string,
  bytes: number,
): Promise<void> {
  const { count, sum } = await asService(parts.pools, (tx) =>
    tx
      .selectFrom('artifacts.file')
      .select(({ fn }) => [fn.countAll<bigint>().as('count'), fn.sum<string | null>('bytes').as('sum')])
      .where('userId', '=', memberId)
      .where('role', '=', 'input')
      .where('used', '=', false)
      .executeTakeFirstOrThrow(),
  );
  if (Number(count) < WAITING_MOST_FILES && BigInt(sum ?? 0) + BigInt(bytes) <= WAITING_MOST_BYTES) return;
  throw new ProblemError('too-large', {
    detail: 'Too many files are waiting to be sent. Send or remove some; what is not sent goes in two days.',
  });
}

/** Removes an upload that was not sent. Throws `not-found`, and `not-possible-now` for one that a generation names. */
export async function removeUpload(parts: FileParts, memberId: string, id: string): Promise<void> {
  const outcome = await asService(parts.pools, async (tx) => {
    const file = await tx
      .selectFrom('artifacts.file')
      .select('id')
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .where('role', '=', 'input')
      .executeTakeFirst();
    if (file === undefined) return 'not-found';
    const { numDeletedRows } = await tx
      .deleteFrom('artifacts.file')
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('generations.generation as run')
              .select('run.id')
              .where('run.userId', '=', memberId)
              .whereRef('artifacts.file.id', '=', ({ fn }) => fn.any('run.fileIds')),
          ),
        ),
      )
      .executeTakeFirst();
    return numDeletedRows === 0n ? 'in use' : 'removed';
  });
  if (outcome === 'not-found') throw new ProblemError('not-found');
  if (outcome === 'in use')
    throw new ProblemError('not-possible-now', {
      detail: 'A generation in your history uses this file. It goes when you delete that.',
    });
  await parts.store.remove([id]);
}

/** Removes the uploads that were never sent, rows first: a crash between leaves sealed bytes that nothing points at. Returns how many. */
export async function removeUnused(parts: FileParts, now = new Date()): Promise<number> {
  const before = new Date(now.getTime() - UNUSED_DAYS * 86_400_000);
  const removed = await asService(parts.pools, async (tx) => {
    const unused = await tx
      .selectFrom('artifacts.file as file')
      .select(['file.userId', 'file.id'])
      .where('file.role', '=', 'input')
      .where('file.used', '=', false)
      .where('file.createdAt', '<', before)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('generations.generation as run')
              .select('run.id')
              .whereRef('run.userId', '=', 'file.userId')
              .whereRef('file.id', '=', ({ fn }) => fn.any('run.fileIds')),
          ),
        ),
      )
      .limit(BATCH)
      .execute();
    for (const { userId, id } of unused)
      await tx.deleteFrom('artifacts.file').where('userId', '=', userId).where('id', '=', id).execute();
    return unused.map(({ id }) => id);
  });
  await parts.store.remove(removed);
  return removed.length;
}
