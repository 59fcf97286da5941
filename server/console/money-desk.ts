import { sql } from 'kysely';
import type { Pools } from '#server/database/connections.ts';
import { timeOf } from '#server/database/ids.ts';
import { asService, type Tx } from '#server/database/transaction.ts';
import type { SignedIn } from '#server/http/guards.ts';
import { ProblemError } from '#server/http/problem.ts';
import { asOneOfStaff } from '#server/http/staff.ts';

/** Who decided, and by which request. */
export interface Author {
  staffId: string;
  requestId: string;
}

export type Asked = SignedIn & { request: { id: string } };

export const authorOf = ({ memberId, request }: Asked): Author => ({
  staffId: memberId,
  requestId: request.id,
});

/**
 * Runs `work`, which posts what one of the staff decided, once PostgreSQL has said that this person may have money
 * moved. Only the service posts; what it posts and the entry in the audit log are one transaction.
 */
export async function posting<T>(
  pools: Pools,
  asked: Asked,
  work: (tx: Tx<'service'>, by: Author) => Promise<T>,
): Promise<T> {
  const staffId = await asOneOfStaff(pools, asked, ['finance'], async (tx) => {
    const { rows } = await sql<{ id: string }>`select ledger.staff_who_posts() as id`.execute(tx);
    return rows[0]!.id;
  });
  return asService(pools, (tx) => work(tx, { staffId, requestId: asked.request.id }));
}

/** The ledger files a movement by the time in its id, so that must be about now. */
const ID_SKEW_MS = 24 * 60 * 60_000;

export function refuseIdOfAnotherTime(id: string): void {
  if (Math.abs(timeOf(id).getTime() - Date.now()) <= ID_SKEW_MS) return;
  throw new ProblemError('invalid-input', {
    errors: [{ path: 'id', message: 'An id of the version 7, made today.' }],
  });
}

/** Throws unless there is such a person. */
export async function refuseUnknownPerson(tx: Tx<'service'>, memberId: string): Promise<void> {
  const person = await tx
    .selectFrom('identity.member')
    .select('id')
    .where('id', '=', memberId)
    .executeTakeFirst();
  if (person === undefined) throw new ProblemError('not-found', { detail: 'There is no such person.' });
}

export const notTheirOwn = () =>
  new ProblemError('not-allowed', { detail: 'This is your own wallet: somebody else decides about it.' });
