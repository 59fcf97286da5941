import { z } from 'zod';
import { asIdentity } from '#server/database/transaction.ts';
import type { ModuleJobs } from '#server/jobs/jobs.ts';
import { announceChanges } from './announce.ts';
import { endTerms } from './erasure/end-of-term.ts';
import { resumeErasures, workOnErasure } from './erasure/erase.ts';
import { expireExports, workOnExport } from './exports.ts';
import type { Privacy } from './parts.ts';

const ExportPayload = z.object({ exportId: z.uuid(), memberId: z.uuid() });
const ErasePayload = z.object({ erasureId: z.uuid() });
const ClosePayload = z.object({ memberId: z.uuid(), keepSessionId: z.uuid().optional() });

export function privacyJobs(parts: Privacy): ModuleJobs {
  return {
    handlers: {
      'privacy.export': async (payload, attempt) => {
        const { memberId, exportId } = ExportPayload.parse(payload);
        await workOnExport(parts, memberId, exportId, attempt.last);
      },
      'privacy.close': async (payload) => {
        const { memberId, keepSessionId } = ClosePayload.parse(payload);
        await asIdentity(parts.pools, (tx) => parts.members.endCredentials(tx, memberId, keepSessionId));
      },
      'privacy.erase': async (payload) =>
        workOnErasure(parts, ErasePayload.parse(payload).erasureId, new Date()),
      'privacy.sweep': async () => {
        const now = new Date();
        await expireExports(parts, now);
        await resumeErasures(parts, now);
      },
      'privacy.end-terms': async () => {
        const count = await endTerms(parts, new Date());
        if (count > 0) parts.log.info({ count }, 'what the law had us keep of persons was removed');
      },
      'privacy.announce': async () => {
        const count = await announceChanges(parts);
        if (count > 0) parts.log.info({ count }, 'members were told of a change of terms or policy');
      },
    },
    schedule: ['23 * * * * privacy.sweep', '47 3 * * * privacy.end-terms', '41 * * * * privacy.announce'],
  };
}
