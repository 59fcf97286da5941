import { sql } from 'kysely';
import type { StaffRole } from '#contract/console.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Tx } from '#server/database/transaction.ts';

/**
 * Makes a person staff under these roles, or with none a member again, from the next request on. PostgreSQL lets only
 * operators do it, and nobody to themselves. False: there is no such person. The person sees it in the own log.
 */
export async function setStaffRoles(
  tx: Tx<'operator'>,
  by: { staffId: string; requestId: string },
  edit: { personId: string; roles: readonly StaffRole[]; reason: string },
): Promise<boolean> {
  const roles = [...new Set(edit.roles)].toSorted();
  const { rows } = await sql<{ before: string[] | null }>`
    select identity.set_staff_roles(${edit.personId}, ${roles}) as before`.execute(tx);
  const before = rows[0]!.before;
  if (before === null) return false;
  await recordAudit(tx, {
    action: 'member.staff-roles',
    actorId: by.staffId,
    subjectId: edit.personId,
    object: `${before.join(',') || 'none'} to ${roles.join(',') || 'none'}`,
    reason: edit.reason,
    requestId: by.requestId,
  });
  return true;
}
