import type { Member } from '#contract/members.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { asIdentity, asMember, type Tx } from '#server/database/transaction.ts';
import { type DocumentVersion, recordAcceptance, toAccept } from '#server/privacy/acceptance.ts';

/** The person as the pages show it. Throws when there is no such member. */
export async function profileOf(pools: Pools, memberId: string): Promise<Member> {
  return asIdentity(pools, async (tx) => {
    const member = await tx
      .selectFrom('identity.member')
      .select(['id', 'email', 'emailVerified', 'displayName', 'country', 'phone', 'role', 'createdAt'])
      .where('id', '=', memberId)
      .executeTakeFirstOrThrow();
    const ways = await tx
      .selectFrom('identity.signIn')
      .select(['provider', 'passwordHash'])
      .where('userId', '=', memberId)
      .limit(10)
      .execute();
    return {
      ...member,
      role: member.role as Member['role'],
      createdAt: member.createdAt.toISOString(),
      hasPassword: ways.some(
        ({ provider, passwordHash }) => provider === 'credential' && passwordHash !== null,
      ),
      hasGoogle: ways.some(({ provider }) => provider === 'google'),
      erasureAt: await erasureAt(tx, memberId),
      toAccept: await toAccept(tx, memberId),
    };
  });
}

async function erasureAt(tx: Tx<'identity'>, memberId: string): Promise<string | null> {
  const erasure = await tx
    .selectFrom('privacy.erasure')
    .select('eraseAt')
    .where('userId', '=', memberId)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return erasure?.eraseAt.toISOString() ?? null;
}

export interface Correction {
  displayName?: string;
  country?: string;
  phone?: string | null;
}

/** Corrects the profile (clause 9.2). The audit log keeps which fields, not what they said. */
export async function correctProfile(pools: Pools, memberId: string, correction: Correction): Promise<void> {
  const fields = Object.keys(correction);
  if (fields.length === 0) return;
  await asMember(pools, memberId, async (tx) => {
    await tx
      .updateTable('identity.member')
      .set({ ...correction, updatedAt: new Date() })
      .where('id', '=', memberId)
      .execute();
    await recordAudit(tx, {
      action: 'member.correct',
      actorId: memberId,
      subjectId: memberId,
      reason: fields.join(', '),
    });
  });
}

/** Records that the person accepts these versions. Throws `NotInForce` for another version. */
export async function acceptDocuments(
  pools: Pools,
  memberId: string,
  documents: DocumentVersion[],
): Promise<void> {
  await asMember(pools, memberId, (tx) => recordAcceptance(tx, memberId, documents, 'banner'));
}
