import type { Role } from '#server/database/connections.ts';

/** GDPR 6(1): contract (b), legal duty (c), legitimate interest (f), consent (a). One per column (clause 4.1). */
export type Basis = 'contract' | 'legal' | 'legitimate' | 'consent';

/** How long a column's content stays when nobody asks for its removal. */
export type Keep =
  /** As long as the account. */
  | 'account'
  /** Until the person removes it, at the latest as long as the account. */
  | 'until-removed'
  /** To the end of the tax period of the country. */
  | 'tax-date'
  /** For a number of days after a named moment, such as `{ days: 30, after: 'expiry' }`. */
  | { days: number; after: string };

/**
 * What erasure of the account does with it (clause 9.3).
 * `delete`: goes; the whole row when all its columns go, else the column becomes null (it must be nullable).
 * `shred`: sealed under the person's key, which is destroyed; then as `delete`.
 * `keep`: stays, because a law says so; `user_id` is then the id of a tombstone.
 * `pseudonymise`: stays, and names nobody once the tombstone is all that is left of the person.
 */
export type OnErasure = 'delete' | 'shred' | 'keep' | 'pseudonymise';

/** Columns of one table that share their purpose and their fate. A table may have several such entries. */
export interface PersonalData {
  /** With its schema, as in SQL: `payments.top_up`. */
  table: string;
  /** As in SQL. The person's own column (`user_id`) belongs in one entry too. */
  columns: readonly string[];
  /** The column that holds the person's id, where it is not `user_id`; the same in every entry of a table. */
  person?: string;
  /** In a member's words: it is shown on the trust page and in the export. */
  purpose: string;
  basis: Basis;
  /** The id of the purpose that a person may object to (clause 9.6): set if and only if the basis is `legitimate`. */
  objection?: string;
  /** The database roles that may read it; a test compares them with the grants. `member` means own rows only. */
  readers: readonly Role[];
  keep: Keep;
  onErasure: OnErasure;
  /** `true`, or why it is not in the person's export (secrets, hashes, fraud rules). */
  export: true | { no: string };
  /**
   * Set for what is sealed under the person's key, which the export opens: `value`, a bytea column whose place is
   * table, column and the row's `id`; `body`, a text column with the address of a body; both also per row's `id`.
   */
  sealed?: 'value' | 'body';
}

/** A table that holds nothing about a person, and why that is so. */
export interface WithoutPersonalData {
  table: string;
  why: string;
}
