import type { Bodies } from '#server/artifacts/bodies.ts';
import type { Store } from '#server/artifacts/store.ts';
import type { KeyManagement, Vault } from '#server/artifacts/vault.ts';
import type { Pools } from '#server/database/connections.ts';
import type { Tx } from '#server/database/transaction.ts';
import type { Log } from '#server/log.ts';
import type { Inventory } from './inventory.ts';
import type { Policies } from './policy.ts';
import type { Operator } from './policy-pages.ts';

/** What the privacy module is given at the start. */
export interface Privacy {
  pools: Pools;
  log: Log;
  /** All modules' lists: the export and the erasure work by them. */
  inventory: Inventory;
  policies: Policies;
  operator: Operator;
  publicUrl: string;
  graceDays: number;
  vault: Vault;
  kms: KeyManagement;
  bodies: Bodies;
  store: Store;
  /** Doors of the members' module, which itself knows this one. */
  members: {
    isPasswordOf(memberId: string, password: string): Promise<boolean>;
    endCredentials(tx: Tx<'identity'>, memberId: string, keepSessionId?: string): Promise<void>;
  };
}
