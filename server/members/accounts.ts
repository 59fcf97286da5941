import { type Pools, zones } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asIdentity } from '#server/database/transaction.ts';
import { ageThreshold } from './age.ts';
import { type Opening, openMember } from './open-member.ts';
import { hashPassword } from './password.ts';
import { recordSignUp } from './sign-up-record.ts';

export interface ReadyAccount {
  email: string;
  password: string;
  displayName: string;
  country: string;
  role: 'member' | 'staff';
}

/**
 * Makes an account that is ready to be used: confirmed, documents accepted, wallet and key there. For the first
 * start. An account with this address is left as it is. Commits by itself; returns the member's id.
 */
export async function ensureAccount(
  deps: { pools: Pools; opening: Opening },
  account: ReadyAccount,
): Promise<string> {
  const passwordHash = await hashPassword(account.password);
  const memberId = await asIdentity(deps.pools, async (tx) => {
    const email = account.email.toLowerCase();
    const { displayName, country, role } = account;
    const staffRoles = role === 'staff' ? [...zones.staff.roles] : [];
    const created = await tx
      .insertInto('identity.member')
      .values({ id: newId(), email, emailVerified: true, displayName, country, role, staffRoles })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (created === undefined) {
      const found = await tx
        .selectFrom('identity.member')
        .select('id')
        .where('email', '=', email)
        .executeTakeFirstOrThrow();
      return found.id;
    }
    await tx
      .insertInto('identity.signIn')
      .values({ userId: created.id, id: newId(), provider: 'credential', subject: created.id, passwordHash })
      .execute();
    const pass = { country, threshold: ageThreshold(country), until: Date.now() };
    await recordSignUp(tx, { memberId: created.id, pass, marketing: false, form: 'sign-up' });
    return created.id;
  });
  await openMember(deps.pools, deps.opening, memberId);
  return memberId;
}
