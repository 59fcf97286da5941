import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The order in which modules' SQL is applied: each may use what stands left of it. */
const ORDER = [
  'audit',
  'mail',
  'ledger',
  'artifacts',
  'members',
  'catalogue',
  'generations',
  'wallet',
  'payments',
  'privacy',
  'v1',
  'health',
];

/** `server/<module>/<module>.sql` of each module that has one. */
export function moduleSqlFiles(): string[] {
  const server = join(import.meta.dirname, '..');
  return ORDER.map((name) => join(server, name, `${name}.sql`)).filter((file) => existsSync(file));
}
