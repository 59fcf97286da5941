import type { z } from 'zod';
import type { PolicyDocument } from '#contract/privacy.ts';
import { currentVersion, type DocumentName, type Policies } from './policy.ts';

/** The controller (clause 1.1), from the settings. */
export interface Operator {
  name: string;
  address: string | null;
  contact: string | null;
  /** Who speaks for the operator where the law asks for someone there (GDPR 27); empty where none is named. */
  representatives: readonly { place: string; who: string }[];
}

/** The version in force as the page shows it. */
export function policyPage(
  policies: Policies,
  operator: Operator,
  document: DocumentName,
): z.input<typeof PolicyDocument> {
  const { version, lastUpdated, material, sections } = currentVersion(policies, document);
  return {
    document,
    version,
    lastUpdated,
    material,
    sections: sections.map(({ id, title, paragraphs }) => ({
      id,
      title,
      paragraphs: paragraphs.map(({ clause, text }) => ({ clause, text })),
    })),
    operator: { ...operator, representatives: [...operator.representatives] },
  };
}
