import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The order in which modules' SQL is applied: each may use what stands left of it. */
const ORDER = [
  'audit',
  'mail',
  'ledger',
  'ledger/books',
  'ledger/stops-and-caps',
  'ledger/staff-money',
  'artifacts',
  'members',
  'catalogue',
  'generations',
  'wallet',
  'payments',
  'privacy',
  'support',
  'v1',
  'health',
];

/** `server/<module>/<module>.sql` of each module that has one; of the ledger also what is not its hot path. */
export function moduleSqlFiles(): string[] {
  const server = join(import.meta.dirname, '..');
  return ORDER.map((name) =>
    join(server, name.includes('/') ? `${name}.sql` : join(name, `${name}.sql`)),
  ).filter((file) => existsSync(file));
}
