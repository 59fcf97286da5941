import type { Store } from '#server/artifacts/store.ts';
import type { Vault } from '#server/artifacts/vault.ts';
import type { Pools } from '#server/database/connections.ts';
import type { Log } from '#server/log.ts';
import type { Payments } from '#server/payments/check.ts';
import type { Privacy } from '#server/privacy/parts.ts';

/** What the support module is given at the start. */
export interface Support {
  pools: Pools;
  log: Log;
  vault: Vault;
  store: Store;
  publicUrl: string;
  /** The application's secret: links to conversations are made with it. */
  secret: string;
  /** Told beside the staff when a request about data is late; only where it is a mail address. */
  operatorContact: string | null;
  /** Whose erasure and credentials a report of a child ends with. */
  privacy: Privacy;
  /** By which its money goes back to the cards. */
  payments: Payments;
}

/** One of the staff at work on a ticket. */
export interface At {
  staffId: string;
  requestId: string;
  ticketId: string;
}
