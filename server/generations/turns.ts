import type { ThreadTurn, TurnPlace } from '#contract/generations.ts';
import { asMember, asService, type Tx } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { HistoryParts } from './history.ts';

/** A conversation that has more is shown by its newest. */
const MOST_TURNS = 500;

interface Turn {
  id: string;
  threadId: string;
  parentId: string | null;
}

/**
 * Where a new answer goes: after another, or beside it as another version of the same turn. The other's own place comes
 * along, since a conversation gets rows only with its second answer. Null for a beginning; throws `not-found`.
 */
export async function turnsFor(
  { pools }: Pick<HistoryParts, 'pools'>,
  memberId: string,
  id: string,
  place: TurnPlace | undefined,
): Promise<Turn[]> {
  if (place === undefined) return [];
  const other = 'after' in place ? place.after : place.beside;
  const known = await asMember(pools, memberId, (tx) => turnOf(tx, memberId, other));
  if (known === null) throw new ProblemError('not-found');
  const { threadId } = known;
  return [known, { id, threadId, parentId: 'after' in place ? known.id : known.parentId }];
}

/** Notes places. Twice is harmless: the first stays. */
export async function keepTurns(
  { pools }: Pick<HistoryParts, 'pools'>,
  memberId: string,
  turns: Turn[],
): Promise<void> {
  if (turns.length === 0) return;
  await asService(pools, (tx) =>
    tx
      .insertInto('generations.turn')
      .values(turns.map((turn) => ({ userId: memberId, ...turn })))
      .onConflict((conflict) => conflict.columns(['userId', 'id']).doNothing())
      .execute(),
  );
}

/** Every turn of the conversation that a generation belongs to, oldest first; itself alone where it has no branches. */
export async function threadOf(
  { pools }: Pick<HistoryParts, 'pools'>,
  memberId: string,
  id: string,
): Promise<ThreadTurn[]> {
  return asMember(pools, memberId, async (tx) => {
    const own = await turnOf(tx, memberId, id);
    if (own === null) throw new ProblemError('not-found');
    const rows = await tx
      .selectFrom('generations.turn')
      .select(['id', 'parentId'])
      .where('userId', '=', memberId)
      .where('threadId', '=', own.threadId)
      .orderBy('id', 'desc')
      .limit(MOST_TURNS)
      .execute();
    const isThere = rows.some((row) => row.id === id);
    return isThere ? rows.reverse() : [...rows.reverse(), { id, parentId: own.parentId }];
  });
}

/** The place of a text of this person; of one that was never noted, that of a beginning. Null where there is no such text. */
async function turnOf(tx: Tx<'member'>, memberId: string, id: string): Promise<Turn | null> {
  const row = await tx
    .selectFrom('generations.generation as made')
    .leftJoin('generations.turn as turn', (join) =>
      join.onRef('turn.userId', '=', 'made.userId').onRef('turn.id', '=', 'made.id'),
    )
    .select(['made.id', 'turn.threadId', 'turn.parentId'])
    .where('made.userId', '=', memberId)
    .where('made.id', '=', id)
    .where('made.kind', '=', 'text')
    .executeTakeFirst();
  return row === undefined ? null : { id, threadId: row.threadId ?? id, parentId: row.parentId };
}
