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
