import type { Bodies } from '#server/artifacts/bodies.ts';
import type { Store } from '#server/artifacts/store.ts';
import type { Vault } from '#server/artifacts/vault.ts';
import type { Catalogue } from '#server/catalogue/catalogue.ts';
import type { Config } from '#server/config.ts';
import type { Pools } from '#server/database/connections.ts';
import type { Egress } from '#server/egress/egress.ts';
import type { Live } from '#server/live/live.ts';
import type { Log } from '#server/log.ts';
import type { Commit } from './commit.ts';
import type { Routing } from './routing.ts';

/** What the pipeline is given at the start: the ports it works through. */
export interface Parts {
  pools: Pools;
  config: Pick<Config, 'secrets' | 'PUBLIC_URL' | 'PROVIDER_IDLE_SECONDS'>;
  log: Log;
  vault: Vault;
  bodies: Bodies;
  store: Store;
  egress: Egress;
  live: Live;
  catalogue: Catalogue;
  routing: Routing;
  commit: Commit;
}
