/**
 * `mluen ledger audit [--since-last]`: recomputes the ledger from its transfers and prints what does not fit. Ends with 0
 * when it is sound, 1 when it is not. The application may be running.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { houseFiles } from '#server/artifacts/house-files.ts';
import { openStore } from '#server/artifacts/store.ts';
import { readConfig } from '#server/config.ts';
import { addressOf, type DatabaseAddress, openPools } from '#server/database/connections.ts';
import { startEmbeddedPostgres } from '#server/database/embedded.ts';
import { compareAnchors } from '#server/ledger/anchor.ts';
import { auditLedger } from '#server/ledger/audit.ts';
import { signingKey } from '#server/ledger/signing.ts';

const config = readConfig();
const dir = join(config.dataDir, 'postgres');
const ranBefore = existsSync(join(dir, 'data', 'postmaster.pid'));
const embedded = config.DATABASE_URL === undefined ? await startEmbeddedPostgres(dir) : null;
const address: DatabaseAddress =
  embedded === null
    ? addressOf(config.DATABASE_URL!)
    : {
        admin: { ...embedded.admin, database: 'mluen' },
        base: { host: embedded.host, database: 'mluen' },
      };
const pools = openPools(address, config.secrets.app, (error) => console.error(error.message));
const archives = {
  key: signingKey(config.secrets.app),
  place: houseFiles(openStore(join(config.dataDir, 'files')), config.secrets.app, 'ledger archive'),
};
const audit = await auditLedger(pools, process.argv.includes('--since-last') ? 'last' : 'start', archives);
const faults = await compareAnchors(pools, archives.key, join(config.dataDir, 'anchors'));
await pools.end();
if (!ranBefore) await embedded?.stop();

console.log(
  `${audit.checkedTransfers} transfers and ${audit.checkedAccounts} accounts in ${audit.tookMs} ms`,
);
for (const { invariant, message } of audit.findings) console.log(`${invariant}: ${message}`);
for (const { code, label, currency, balanceMicro, days, daysMost, isLate } of audit.waiting)
  console.log(
    `${isLate ? 'LATE' : 'waits'}: ${balanceMicro} micro ${currency} on ${code} ${label} for ${days ?? 'more than the live'} days, at most ${daysMost}`,
  );
for (const fault of faults) console.log(`anchor: ${fault}`);
const sound = audit.ok && faults.length === 0;
console.log(sound ? 'The ledger is sound.' : 'The ledger is NOT sound.');
process.exitCode = sound ? 0 : 1;
