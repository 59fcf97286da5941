import { z } from 'zod';
import type { Pools } from '#server/database/connections.ts';
import { asIdentity } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';
import { type Opening, openMember } from './open-member.ts';
import { DAY_MS } from './session-token.ts';

const Payload = z.object({ memberId: z.uuid() });

export function memberJobs(deps: {
  pools: Pools;
  opening: Opening;
  /** Puts it before the staff that an account was secured (clause 10.6). */
  tellSecured: (memberId: string) => Promise<void>;
}): ModuleJobs {
  const { pools, opening, tellSecured } = deps;
  return {
    handlers: {
      'members.open': async (payload) => openMember(pools, opening, Payload.parse(payload).memberId),
      'members.secured': async (payload) => tellSecured(Payload.parse(payload).memberId),
      'members.tidy': async () => tidy(pools),
    },
    schedule: ['7 3 * * * members.tidy'],
  };
}

/** Removes what is past its time: codes at once, ended sessions after 30 days, sign-ups that nobody confirmed after 7. */
async function tidy(pools: Pools): Promise<void> {
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
  await asIdentity(pools, async (tx) => {
    await tx.deleteFrom('identity.verification').where('expiresAt', '<', new Date()).execute();
    await tx.deleteFrom('identity.session').where('expiresAt', '<', ago(30)).execute();
    await tx
      .deleteFrom('identity.member')
      .where('emailVerified', '=', false)
      .where('updatedAt', '<', ago(7))
      .execute();
  });
}
