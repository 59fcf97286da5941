import { sql } from 'kysely';
import type { Transaction } from '#contract/wallet.ts';
import type { Tx } from '#server/database/transaction.ts';
import type { TransferCode, TransferKind } from '#server/ledger/transfer.ts';
import { subjectsOf } from './subjects.ts';

export interface Page {
  items: Transaction[];
  next: string | null;
}

/** A transfer of the member, newest first. */
interface Row {
  id: string;
  seq: bigint;
  kind: TransferKind;
  code: TransferCode;
  amount: bigint;
  /** What the transfer does to the wallet's posted balance. */
  effect: bigint;
  groupId: string;
  createdAt: Date;
  /** What the gift is called; null for all else. */
  gift: string | null;
  /** Of a resolution: what its pending transfer reserved. */
  reserved: bigint | null;
  /** Of a pending transfer that is still open: what it holds, over all its legs. */
  open: bigint | null;
  /** The wallet's posted balance now. */
  posted: bigint;
}

type Kind = Transaction['kind'];

/** How a member sees a transfer that changed the wallet. */
const kindOf: Partial<Record<TransferCode, Kind>> = {
  top_up: 'top-up',
  receipt_matched: 'top-up',
  advance: 'top-up',
  capture: 'charge',
  late_capture: 'late-charge',
  goodwill: 'refund',
  refund: 'refund',
  refund_failed: 'refund',
  top_up_reversed: 'dispute',
  dispute_hold: 'dispute',
  dispute_lost: 'dispute',
  dispute_won: 'dispute',
  promotion: 'promotion',
  promotion_expired: 'expiry',
  exchange: 'exchange',
};
/** How a member sees one that is open: it reserves, or is on its way. */
const openKindOf: Partial<Record<TransferCode, Kind>> = {
  hold: 'hold',
  top_up_pending: 'top-up-pending',
  refund: 'refund',
  dispute_hold: 'dispute',
};

/**
 * The changes of a wallet, newest first. The cursor carries the balance at its place, so that each page tells the
 * balance after each row without adding up what came before.
 */
export async function transactionsOf(
  tx: Tx<'member'>,
  memberId: string,
  before: Cursor | null,
  limit: number,
): Promise<Page> {
  const shown: Shown[] = [];
  let at = before;
  for (;;) {
    // A generation has two transfers, of which one is shown.
    const rows = await rowsBefore(tx, memberId, at, 2 * limit + 20);
    at = show(rows, shown, at);
    if (rows.length < 2 * limit + 20 || shown.length > limit) break;
  }
  const page = shown.slice(0, limit);
  const last = page.at(-1);
  const subjects = await subjectsOf(
    tx,
    memberId,
    page.map(({ transaction }) => transaction),
  );
  return {
    items: page.map(({ transaction, gift }) => ({ ...transaction, subject: gift ?? subjects(transaction) })),
    next: shown.length > limit && last !== undefined ? cursorText(last.below) : null,
  };
}

/** Rows below this seq; `balance` is the posted balance just above them. */
export interface Cursor {
  seq: bigint;
  balance: bigint;
}

/** Null when the text is no cursor. */
export function readCursor(text: string): Cursor | null {
  const match = /^(\d{1,19})_(-?\d{1,19})$/.exec(text);
  return match === null ? null : { seq: BigInt(match[1]!), balance: BigInt(match[2]!) };
}

function cursorText({ seq, balance }: Cursor): string {
  return `${seq}_${balance}`;
}

interface Shown {
  transaction: Omit<Transaction, 'subject'>;
  gift: string | null;
  /** Where the page after this row begins. */
  below: Cursor;
}

/** Turns rows into what is shown, appended to `shown`; returns the place below the last row. */
function show(rows: Row[], shown: Shown[], from: Cursor | null): Cursor | null {
  let balance = from?.balance ?? rows[0]?.posted ?? 0n;
  let at = from;
  for (const row of rows) {
    const after = balance;
    balance -= row.effect;
    at = { seq: row.seq, balance };
    const previous = shown.at(-1);
    if (previous !== undefined && isLegOf(row, previous)) {
      addLeg(previous.transaction, row, after);
      previous.below = at;
      continue;
    }
    const transaction = transactionOf(row, after);
    if (transaction !== null) shown.push({ transaction, gift: row.gift, below: at });
  }
  return at;
}

/** A hold over several buckets is several transfers of one moment; so is its capture, and its release. */
function isLegOf(row: Row, { transaction }: Shown): boolean {
  return (
    transaction.generationId === row.groupId &&
    transaction.at === row.createdAt.toISOString() &&
    (row.code === 'capture' || row.code === 'release') &&
    (transaction.kind === 'charge' || transaction.kind === 'release')
  );
}

/** Rows come last leg first. One leg that was charged makes the whole a charge; it stands by the id of its first leg. */
function addLeg(transaction: Omit<Transaction, 'subject'>, row: Row, after: bigint) {
  transaction.id = row.id;
  transaction.amountMicro += row.effect;
  transaction.heldMicro = (transaction.heldMicro ?? 0n) + (row.reserved ?? 0n);
  if (row.kind !== 'post') return;
  if (transaction.kind === 'release') transaction.balanceAfterMicro = after;
  transaction.kind = 'charge';
}

function transactionOf(row: Row, after: bigint): Omit<Transaction, 'subject'> | null {
  const common = {
    id: row.id,
    at: row.createdAt.toISOString(),
    currency: 'USD' as const,
    generationId: isOfGeneration(row.code) ? row.groupId : null,
    topUpId: row.code.startsWith('top_up') ? row.groupId : null,
  };
  if (row.kind === 'pending') {
    const kind = row.open === null ? undefined : openKindOf[row.code];
    if (kind === undefined) return null;
    const comes = kind === 'top-up-pending';
    return {
      ...common,
      kind,
      amountMicro: comes ? row.amount : 0n,
      heldMicro: comes ? null : row.open,
      balanceAfterMicro: null,
    };
  }
  if (row.kind === 'void')
    return row.code === 'release'
      ? { ...common, kind: 'release', amountMicro: 0n, heldMicro: row.reserved, balanceAfterMicro: null }
      : null;
  if (row.effect === 0n && row.code !== 'capture') return null;
  return {
    ...common,
    kind: kindOf[row.code] ?? 'adjustment',
    amountMicro: row.effect,
    heldMicro: row.code === 'capture' ? row.reserved : null,
    balanceAfterMicro: after,
  };
}

function isOfGeneration(code: TransferCode): boolean {
  return ['hold', 'capture', 'release', 'late_capture', 'goodwill'].includes(code);
}

/** One statement, hence one moment: the balance and the rows fit each other. */
async function rowsBefore(
  tx: Tx<'member'>,
  memberId: string,
  before: Cursor | null,
  limit: number,
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with wallet as materialized (
      select id, credits_posted - debits_posted as posted from ledger.account
      where user_id = ${memberId} and code in (2100, 2110) and currency = 'USD'
    )
    select t.id, t.seq, t.kind, t.code, t.amount, t.group_id, t.created_at,
      case when t.code = 'promotion' then t.reason end as gift,
      case when t.kind not in ('single', 'post') then 0
        when t.credit_account in (select id from wallet) then t.amount
        when t.debit_account in (select id from wallet) then -t.amount else 0 end as effect,
      p.amount as reserved,
      (select sum(h.amount)::bigint from ledger.hold h where t.kind = 'pending' and h.hold_id = t.id and h.code <> 'cap_hold') as open,
      coalesce((select sum(posted)::bigint from wallet), 0) as posted
    from ledger.transfer t left join ledger.transfer p on p.id = t.pending_id
    where t.user_id = ${memberId} and t.seq < ${before?.seq ?? 9_223_372_036_854_775_807n} and t.currency = 'USD'
      and t.code not in ('cap_hold', 'cap_capture', 'cap_release')
    order by t.seq desc limit ${limit}`.execute(tx);
  return rows;
}
