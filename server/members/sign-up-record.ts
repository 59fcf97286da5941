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
  await recordConsent(tx, memberId, marketing, form);
  await recordAudit(tx, {
    action: 'member.sign-up',
    actorId: memberId,
    subjectId: memberId,
    reason: form,
    requestId,
  });
}

/** A row only where the wish differs from the one before; without any row there is no consent. A yes is only asked. */
async function recordConsent(
  tx: Tx<'identity'>,
  memberId: string,
  wanted: boolean,
  form: string,
): Promise<void> {
  const last = await tx
    .selectFrom('identity.consent')
    .select('step')
    .where('userId', '=', memberId)
    .where('topic', '=', 'marketing')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (((last?.step ?? 'withdrawn') !== 'withdrawn') === wanted) return;
  await tx
    .insertInto('identity.consent')
    .values({ userId: memberId, id: newId(), topic: 'marketing', step: wanted ? 'asked' : 'withdrawn', form })
    .execute();
}
