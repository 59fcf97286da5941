/**
 * `node server/ledger/check-statement.ts FILE [PUBLIC KEY]`: proves a statement's JSON without a connection. Ends with 0
 * when everything fits, 1 when something does not. Without a public key from elsewhere, the file's own is believed, which
 * proves that the file is whole, not who made it.
 */
import { readFileSync } from 'node:fs';
import { faultsOf } from './statement-faults.ts';

const [file, publicKey] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name the JSON file of a statement.');
  process.exit(2);
}
const faults = faultsOf(readFileSync(file, 'utf8'), publicKey);
for (const fault of faults) console.log(fault);
if (faults.length === 0)
  console.log('The statement is whole: its sums, its proofs, its seals and its signature fit.');
process.exitCode = faults.length === 0 ? 0 : 1;
