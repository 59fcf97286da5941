import { privacyVersions } from './policies/privacy.ts';
import { termsVersions } from './policies/terms.ts';
import type { PolicyVersion } from './policies/version.ts';

export type DocumentName = 'terms' | 'privacy';

/** All versions of both documents, newest first. */
export type Policies = Record<DocumentName, readonly PolicyVersion[]>;

export const publishedPolicies: Policies = { terms: termsVersions, privacy: privacyVersions };

export const documentNames = ['terms', 'privacy'] as const satisfies readonly DocumentName[];

/** The version in force. */
export function currentVersion(policies: Policies, document: DocumentName): PolicyVersion {
  const [newest] = policies[document];
  if (newest === undefined) throw new Error(`there is no version of ${document}`);
  return newest;
}

/** The versions whose acceptance is still good: from the newest back to the last material change. */
export function versionsInForce(policies: Policies, document: DocumentName): string[] {
  const versions = policies[document];
  const lastMaterial = versions.findIndex(({ material }) => material);
  return versions.slice(0, lastMaterial + 1 || versions.length).map(({ version }) => version);
}
