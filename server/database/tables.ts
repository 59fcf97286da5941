// Written by scripts/db-types.ts from the migrated schema. Do not edit.
import type { Generated } from 'kysely';

export interface MluenMigration {
  name: string;
  appliedAt: Generated<Date>;
}

export interface MluenModuleSql {
  name: string;
  hash: string;
  appliedAt: Generated<Date>;
}

export interface PrivacyAcceptance {
  userId: string;
  document: string;
  version: string;
  form: string;
  acceptedAt: Generated<Date>;
}

export interface Tables {
  'mluen.migration': MluenMigration;
  'mluen.moduleSql': MluenModuleSql;
  'privacy.acceptance': PrivacyAcceptance;
}
