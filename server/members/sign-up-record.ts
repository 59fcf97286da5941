import { recordAudit } from '#server/audit/audit.ts';
import { newId } from '#server/database/ids.ts';
import type { Tx } from '#server/database/transaction.ts';
import { type AcceptanceForm, currentDocuments, recordAcceptance } from '#server/privacy/acceptance.ts';
import type { AgePass } from './age.ts';

export interface SignUpRecord {
  memberId: string;
  pass: AgePass;
  marketing: boolean;
  form: AcceptanceForm;
  requestId?: string;
}

/** Proof of what a sign-up said: old enough, terms and policy accepted, marketing wanted or not. Twice is harmless. */
export async function recordSignUp(tx: Tx<'identity'>, record: SignUpRecord): Promise<void> {
  const { memberId, pass, marketing, form, requestId } = record;
  await tx
    .insertInto('identity.ageCheck')
    .values({ userId: memberId, country: pass.country, threshold: pass.threshold, passedAt: new Date() })
    .onConflict((conflict) =>
      conflict
        .column('userId')
        .doUpdateSet({ country: pass.country, threshold: pass.threshold, passedAt: new Date() }),
    )
    .execute();
  await recordAcceptance(tx, memberId, currentDocuments(), form);
  if (marketing) {
    await tx
      .insertInto('identity.consent')
      .values({ userId: memberId, id: newId(), topic: 'marketing', given: true, form })
      .execute();
  }
  await recordAudit(tx, {
    action: 'member.sign-up',
    actorId: memberId,
    subjectId: memberId,
    reason: form,
    requestId,
  });
}
