import { privacyVersions } from './policies/privacy.ts';
import { termsVersions } from './policies/terms.ts';

export type DocumentName = 'terms' | 'privacy';

/** One version of a document. A published version is never edited: a change is a new version. */
export interface PolicyVersion {
  version: string;
  /** The day it was last revised, such as `2026-06-29` (clause 0.2). */
  lastUpdated: string;
  /** Whether it changes what a person agreed to, and so asks for a new acceptance (clause 13.1). */
  material: boolean;
  sections: readonly PolicySection[];
}

export interface PolicySection {
  /** The section's number, as in the clauses: `5`. */
  id: string;
  title: string;
  /** `clause` is the id that tests and pages refer to, such as `5.1`. */
  paragraphs: readonly { clause: string; text: string }[];
}

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
