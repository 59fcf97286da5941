import type { Role } from '#server/database/connections.ts';
import type { Tx } from '#server/database/transaction.ts';
import {
  currentVersion,
  type DocumentName,
  documentNames,
  type Policies,
  publishedPolicies,
  versionsInForce,
} from './policy.ts';

export interface DocumentVersion {
  document: DocumentName;
  version: string;
}

/** Where a person accepted (clause 0.1): the sign-up form, sign-up through Google, the banner, or the top-up. */
export type AcceptanceForm = 'sign-up' | 'google' | 'banner';

/** Roles that may write acceptances: members for themselves, `identity` at sign-up, `service` for seeds. */
type Recorder = Extract<Role, 'member' | 'identity' | 'service'>;

/**
 * Records that the person accepted these versions through this form, now. Twice is harmless: the first stays.
 * Throws when a version is not the one in force, since nobody can have read it.
 */
export async function recordAcceptance<R extends Recorder>(
  tx: Tx<R>,
  memberId: string,
  accepted: readonly DocumentVersion[],
  form: AcceptanceForm,
  policies: Policies = publishedPolicies,
): Promise<void> {
  if (accepted.length === 0) return;
  for (const { document, version } of accepted)
    if (!versionsInForce(policies, document).includes(version)) throw new NotInForce(document, version);
  await tx
    .insertInto('privacy.acceptance')
    .values(accepted.map(({ document, version }) => ({ userId: memberId, document, version, form })))
    .onConflict((conflict) => conflict.columns(['userId', 'document', 'version']).doNothing())
    .execute();
}

/** Someone accepted a version that is not in force: an old page, or a made-up request. */
export class NotInForce extends Error {
  override name = 'NotInForce';

  constructor(document: string, version: string) {
    super(`version ${version.slice(0, 20)} of ${document} is not in force`);
  }
}

/** The current documents, as they are accepted at sign-up. */
export function currentDocuments(policies: Policies = publishedPolicies): DocumentVersion[] {
  return documentNames.map((document) => ({ document, version: currentVersion(policies, document).version }));
}

/** What this person must accept before going on (clause 0.1, 13.1); empty when up to date. */
export async function toAccept<R extends Recorder>(
  tx: Tx<R>,
  memberId: string,
  policies: Policies = publishedPolicies,
): Promise<DocumentVersion[]> {
  const accepted = await tx
    .selectFrom('privacy.acceptance')
    .select(['document', 'version'])
    .where('userId', '=', memberId)
    .limit(200)
    .execute();
  return currentDocuments(policies).filter(({ document }) => {
    const good = versionsInForce(policies, document);
    return !accepted.some((one) => one.document === document && good.includes(one.version));
  });
}

/** Whether the person may top up and generate: `false` until all current documents are accepted (clause 0.1). */
export async function requireAcceptance<R extends Recorder>(
  tx: Tx<R>,
  memberId: string,
  policies: Policies = publishedPolicies,
): Promise<'accepted' | 'acceptance-required'> {
  return (await toAccept(tx, memberId, policies)).length === 0 ? 'accepted' : 'acceptance-required';
}
