import type { Pools, StaffRole } from '#server/database/connections.ts';
import { asStaff, type Tx } from '#server/database/transaction.ts';
import type { SignedIn } from './guards.ts';
import { ProblemError } from './problem.ts';

const PERMISSION_DENIED = '42501';

/**
 * Runs `work` as one of the staff, under the first of `roles` that the person has, else under the one that they do
 * have: what that role may not do, PostgreSQL refuses, and the answer is `not-allowed`.
 */
export async function asOneOfStaff<R extends StaffRole, T>(
  pools: Pools,
  { memberId, session }: SignedIn,
  roles: readonly R[],
  work: (tx: Tx<R>) => Promise<T>,
): Promise<T> {
  const own = session.staffRoles;
  const role = roles.find((each) => own.includes(each)) ?? own[0];
  if (role === undefined) throw new ProblemError('not-allowed');
  try {
    return await asStaff(pools, role, memberId, (tx) => work(tx as Tx<R>));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === PERMISSION_DENIED)) throw error;
    throw new ProblemError('not-allowed', {
      detail: `Your role (${role}) may not do this: it takes ${roles.join(' or ')}.`,
    });
  }
}
