import type { PolicyVersion } from '../policy.ts';

export const privacyVersions: readonly PolicyVersion[] = [
  { version: '1', lastUpdated: '2026-06-29', material: true, sections: [] },
];
