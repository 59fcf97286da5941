import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBodies } from './artifacts/bodies.ts';
import { openStore } from './artifacts/store.ts';
import { localKeyManagement, openVault } from './artifacts/vault.ts';
import { shippedProviders } from './catalogue/data/shipped-models.ts';
import { importCatalogue } from './catalogue/import.ts';
import { openCatalogue } from './catalogue/open.ts';
import type { Config } from './config.ts';
import { addressOf, type DatabaseAddress, openPools } from './database/connections.ts';
import { startEmbeddedPostgres } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import { moduleSqlFiles } from './database/module-sql.ts';
import { asService } from './database/transaction.ts';
import { openEgress } from './egress/egress.ts';
import { createCommit } from './generations/commit.ts';
import type { Parts } from './generations/parts.ts';
import { createRouting } from './generations/routing.ts';
import { openLedger } from './ledger/posting.ts';
import { listedProviders } from './listed-providers.ts';
import { openLive } from './live/live.ts';
import type { Log } from './log.ts';
import { providers } from './providers/registry.ts';

/** The ports of this process, opened; `close` closes them in the opposite order. */
export interface House {
  address: DatabaseAddress;
  parts: Parts;
  kms: ReturnType<typeof localKeyManagement>;
  close(): Promise<void>;
}

/** Opens database, vault, stores, egress, ledger and catalogue. `publicUrl` is where people and providers reach us. */
export async function openHouse(
  config: Config,
  publicUrl: string,
  simulators: Record<string, string>,
  log: Log,
): Promise<House> {
  const postgres =
    config.DATABASE_URL === undefined ? await startEmbeddedPostgres(join(config.dataDir, 'postgres')) : null;
  const address: DatabaseAddress =
    postgres === null
      ? addressOf(config.DATABASE_URL!)
      : { admin: { ...postgres.admin, database: 'mluen' }, base: { host: postgres.host, database: 'mluen' } };
  const applied = await migrate(address, config.secrets.app, moduleSqlFiles());
  if (applied.length > 0) log.info({ count: applied.length }, 'the database was brought up to date');
  const pools = openPools(address, config.secrets.app, (error) =>
    log.warn({ err: error }, 'a database connection was lost'),
  );
  const live = await openLive(address, pools, config.secrets.app, log);
  const kms = localKeyManagement(config.secrets.masterKey);
  const vault = await openVault(pools, kms);
  live.on('vault-key', (memberId) => vault.forget(memberId));
  mkdirSync(config.dataDir, { recursive: true });
  const bodies = openBodies(join(config.dataDir, 'bodies'));
  const store = openStore(join(config.dataDir, 'files'));
  const egress = openEgress();
  const ledger = await openLedger(pools, {
    onError: (error) => log.warn({ err: error }, 'the lease of a revenue shard was not renewed'),
  });
  const routing = createRouting(providers, config, simulators);
  const listed = await listedProviders(routing, egress, log);
  await asService(pools, (tx) => importCatalogue(tx, [...shippedProviders, ...listed]));
  const catalogue = await openCatalogue(
    pools,
    (providerId, kind) =>
      providers.find((provider) => provider.id === providerId)?.operations[kind] !== undefined,
  );
  routing.follow((routeId) => catalogue.routeState(routeId));
  live.on(
    'catalogue',
    () =>
      void catalogue
        .refresh()
        .catch((error) => log.error({ err: error }, 'the catalogue could not be read again')),
  );
  const commit = createCommit(pools, bodies, ledger);
  const parts: Parts = {
    pools,
    config: { ...config, PUBLIC_URL: publicUrl },
    log,
    vault,
    bodies,
    store,
    egress,
    live,
    catalogue,
    routing,
    commit,
  };
  return {
    address,
    parts,
    kms,
    async close() {
      await commit[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
      await egress.close();
      await live.close();
      await bodies.close();
      await pools.end();
      await postgres?.stop();
    },
  };
}
