import { hash } from 'node:crypto';
import type { ProblemSlug } from '#contract/problems.ts';

/** Why a transfer was made. A member's list and every report go by it. */
export type TransferCode =
  | 'top_up'
  | 'top_up_pending'
  | 'top_up_fee'
  | 'top_up_reversed'
  | 'payout'
  | 'receipt_unmatched'
  | 'receipt_matched'
  | 'receipt_returned'
  | 'advance'
  | 'hold'
  | 'capture'
  | 'release'
  | 'cap_hold'
  | 'cap_capture'
  | 'cap_release'
  | 'late_capture'
  | 'goodwill'
  | 'refund'
  | 'refund_paid'
  | 'refund_failed'
  | 'dispute'
  | 'dispute_fee'
  | 'dispute_hold'
  | 'dispute_won'
  | 'dispute_lost'
  | 'debt_repaid'
  | 'written_off'
  | 'promotion'
  | 'promotion_expired'
  | 'adjustment'
  | 'exchange'
  | 'exchange_margin'
  | 'upstream_cost'
  | 'upstream_paid';

/**
 * `single` moves money at once. `pending` reserves it; one `post` (all or a part; the rest frees itself) or one `void`
 * resolves it. A resolution's id carries the time of its pending transfer: make it by `derivedId(pendingId, …)`.
 */
export type TransferKind = 'single' | 'pending' | 'post' | 'void';

interface Common {
  /** Made by the caller before the first try and kept: a repeat answers `replay`. */
  id: string;
  code: TransferCode;
  /** Transfers of one call that share a link succeed or fail together; they stand side by side. */
  link?: number;
  /** Who decided, where a person did. */
  actorId?: string;
  reason?: string;
}

/** Debit one account, credit another. Amounts in micro-units, above zero. */
export interface NewTransfer extends Common {
  kind: 'single' | 'pending';
  debit: bigint;
  credit: bigint;
  amountMicro: bigint;
  currency: string;
  /** The business event: top-up, refund, dispute, generation. */
  groupId: string;
}

/** `post` without an amount posts all that is pending. */
export interface Resolution extends Common {
  kind: 'post' | 'void';
  pendingId: string;
  amountMicro?: bigint;
}

export type Transfer = NewTransfer | Resolution;

/** By position: what the database's functions answer for one item. `ledger.sql` explains them. */
export const statuses = [
  'ok',
  'replay',
  'mismatch',
  'insufficient',
  'closed',
  'not_found',
  'not_pending',
  'exceeds',
  'currency',
  'frozen',
  'invalid',
  'linked',
  'stopped',
  'capped',
] as const;
export type Status = (typeof statuses)[number];

/** The status of a code that a function answered. */
export function statusOf(code: number): Status {
  const status = statuses[code];
  if (status === undefined) throw new Error(`the ledger answered an unknown status: ${code}`);
  return status;
}

/** The ledger refused a transfer that its caller believed to be sound: a fault of the program, or a lost race. */
export class LedgerRefusal extends Error {
  readonly status: Status;
  readonly transferId: string;
  /** What the edge answers to it; absent: a fault of ours. */
  readonly problem: ProblemSlug | undefined;

  constructor(status: Status, transferId: string) {
    super(`transfer ${transferId} was refused: ${status}`);
    this.name = 'LedgerRefusal';
    this.status = status;
    this.transferId = transferId;
    this.problem = status === 'stopped' ? 'posting-paused' : undefined;
  }
}

/**
 * An id that follows from another: the same for the same purpose, and as old, so that it lands beside it in every
 * index and in the same monthly partition. `ledger.derived_id` computes the same in SQL.
 */
export function derivedId(id: string, purpose: string): string {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  const digest = hash('sha256', Buffer.concat([bytes, Buffer.from(purpose)]), 'buffer');
  digest.copy(bytes, 6, 0, 10);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The hold of a generation's nth attempt, from 1. A refused attempt is over: after a top-up the next one holds anew. */
export const holdIdOf = (generationId: string, attempt = 1) => derivedId(generationId, `hold:${attempt}`);
/** What a generation is charged by: there is one per attempt, whoever tries to capture and however often. */
export const captureIdOf = (generationId: string, attempt = 1) =>
  derivedId(generationId, attempt === 1 ? 'capture' : `capture:${attempt}`);
/** What a generation is charged by whose hold had been released before its work came: docs/decisions/late-capture.md. */
export const lateCaptureIdOf = (generationId: string) => derivedId(generationId, 'late capture');
/** What frees a hold without a charge. */
export const releaseIdOf = (holdId: string) => derivedId(holdId, 'release');

/** The hash that tells a replay from a mistake: of everything that the caller decided. */
export function requestHash(...parts: (string | bigint | number | null | undefined)[]): Buffer {
  return hash('sha256', parts.map((part) => String(part ?? '')).join('\u0000'), 'buffer').subarray(0, 16);
}

/** The request hash of a generation's hold. */
export const holdHash = (hold: { walletId: bigint; amountMicro: bigint; generationId: string }) =>
  requestHash('hold', hold.walletId, hold.amountMicro, hold.generationId);

export function lesserOf(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
