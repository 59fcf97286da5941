import { asService } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { Parts } from './parts.ts';

type FileParts = Pick<Parts, 'pools' | 'store'>;

/** An upload that no generation names is removed after so long: somebody changed their mind. */
const UNUSED_DAYS = 2;
const BATCH = 500;

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
