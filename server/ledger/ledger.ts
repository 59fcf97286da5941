import { sql } from 'kysely';
import type { Pools } from '#server/database/connections.ts';
import type { Tx } from '#server/database/transaction.ts';
import { type AccountCode, noOverdraft } from './chart.ts';
import { LedgerRefusal, requestHash, type Status, statusOf, type Transfer } from './transfer.ts';

/**
 * The wallet of a member in a currency, made when it is missing. Answers the cash account's id, by which holds name
 * the wallet.
 */
export function openWallet(tx: Tx<'service'>, memberId: string, currency = 'USD'): Promise<bigint> {
  return accountOf(tx, { ownerId: memberId, code: 2100, currency });
}

export interface AccountMarks {
  /** Absent: the platform. */
  ownerId?: string;
  code: AccountCode;
  currency?: string;
  /** Tells accounts of one code apart: the processor of 1100, the till of 1200, the grant of 2110. */
  label?: string;
  shard?: number;
  /** Of a promotional bucket. */
  expiresAt?: Date;
}

/** The account with these marks, made when it is missing. */
export async function accountOf(tx: Tx<'service'>, marks: AccountMarks): Promise<bigint> {
  const { rows } = await sql<{
    id: bigint;
  }>`select ledger.open_account(${marks.ownerId ?? null}::uuid, ${marks.code},
    ${marks.currency ?? 'USD'}, ${marks.label ?? ''}, ${marks.shard ?? 0}, ${noOverdraft.has(marks.code)},
    ${marks.expiresAt ?? null}::timestamptz) as id`.execute(tx);
  return rows[0]!.id;
}

const wallets = new Map<string, bigint>();
const WALLETS_KEPT = 50_000;

/** The wallet's id by its member, or null when there is none. A wallet's id never changes, so it is remembered. */
export async function walletOf(pools: Pools, memberId: string, currency = 'USD'): Promise<bigint | null> {
  const key = `${currency} ${memberId}`;
  const known = wallets.get(key);
  if (known !== undefined) return known;
  const { rows } = await pools.worker.query<{ id: bigint }>({
    name: 'ledger-wallet-of',
    text: `select id from ledger.account where user_id = $1 and code = 2100 and currency = $2 and label = '' and shard = 0`,
    values: [memberId, currency],
  });
  const id = rows[0]?.id ?? null;
  if (id !== null) {
    if (wallets.size >= WALLETS_KEPT) wallets.delete(wallets.keys().next().value!);
    wallets.set(key, id);
  }
  return id;
}

/**
 * Posts transfers in your transaction, in order, and answers a status for each; a refusal is a status, not an
 * exception. Accounts stay locked until the transaction ends: do nothing slow after it.
 */
export async function post(tx: Tx<'service'>, transfers: Transfer[]): Promise<Status[]> {
  if (transfers.length === 0) return [];
  const items = JSON.stringify(transfers.map(itemOf));
  const { rows } = await sql<{ statuses: number[] }>`select ledger.post(${items}::jsonb) as statuses`.execute(
    tx,
  );
  return rows[0]!.statuses.map(statusOf);
}

/** As `post`, for transfers that cannot be refused in a sound program. Throws `LedgerRefusal`. */
export async function mustPost(tx: Tx<'service'>, transfers: Transfer[]): Promise<void> {
  const answered = await post(tx, transfers);
  const at = answered.findIndex((status) => status !== 'ok' && status !== 'replay');
  if (at >= 0) throw new LedgerRefusal(answered[at]!, transfers[at]!.id);
}

export interface LockedAccount {
  id: bigint;
  availableMicro: bigint;
  postedMicro: bigint;
  frozen: boolean;
  closed: boolean;
  /** How many transfers have touched it. */
  version: bigint;
}

/**
 * Locks accounts for a decision on their balances: they stay as answered until your transaction ends. Name all that
 * you will post on, so that they are locked in the one order.
 */
export async function lockAccounts(tx: Tx<'service'>, ids: bigint[]): Promise<Map<bigint, LockedAccount>> {
  const { rows } = await sql<{
    id: bigint;
    available: bigint;
    posted: bigint;
    frozen: boolean;
    closed: boolean;
    version: bigint;
  }>`select * from ledger.lock_accounts(${ids}::bigint[])`.execute(tx);
  return new Map(
    rows.map(({ id, available, posted, frozen, closed, version }) => [
      id,
      { id, availableMicro: available, postedMicro: posted, frozen, closed, version },
    ]),
  );
}

/** Stops (or allows again) new holds on a wallet. Money in, refunds and settlements are not touched by it. */
export async function setFrozen(tx: Tx<'service'>, walletId: bigint, frozen: boolean): Promise<void> {
  await sql`select ledger.set_frozen(${walletId}, ${frozen})`.execute(tx);
}

/** Closes (or opens again) an account for new transfers; open holds on it can still be settled. */
export async function setClosed(tx: Tx<'service'>, accountId: bigint, closed: boolean): Promise<void> {
  await sql`select ledger.set_closed(${accountId}, ${closed})`.execute(tx);
}

/** Prolongs the leases of holds whose work goes on. Answers those still open: the others were ended meanwhile. */
export async function renewLeases(pools: Pools, holdIds: string[], seconds: number): Promise<Set<string>> {
  const { rows } = await pools.worker.query<{ open: string[] }>(
    'select ledger.renew_leases($1::uuid[], $2) as open',
    [holdIds, seconds],
  );
  return new Set(rows[0]!.open);
}

export interface ExpiredHold {
  id: string;
  generationId: string;
  memberId: string;
  deadline: Date | null;
}

/**
 * Holds whose lease has run out, oldest first: of a process that died, or of work that nobody renewed. Each is given
 * a new lease of `leaseSeconds`, so that one caller alone takes it up.
 */
export async function expiredHolds(
  tx: Tx<'service'>,
  limit: number,
  leaseSeconds: number,
): Promise<ExpiredHold[]> {
  const { rows } = await sql<{ holdId: string; groupId: string; userId: string; deadline: Date | null }>`
    select * from ledger.take_expired(${limit}, ${leaseSeconds})`.execute(tx);
  return rows.map(({ holdId, groupId, userId, deadline }) => ({
    id: holdId,
    generationId: groupId,
    memberId: userId,
    deadline,
  }));
}

function itemOf(transfer: Transfer) {
  const { id, code, kind, link, actorId, reason } = transfer;
  const common = { id, code, kind, link, actor: actorId, reason };
  if ('pendingId' in transfer) {
    const { pendingId, amountMicro } = transfer;
    return {
      ...common,
      pending: pendingId,
      amount: amountMicro?.toString(),
      hash: requestHash(kind, code, pendingId, amountMicro).toString('hex'),
    };
  }
  const { debit, credit, amountMicro, currency, groupId } = transfer;
  return {
    ...common,
    debit: debit.toString(),
    credit: credit.toString(),
    amount: amountMicro.toString(),
    currency,
    group: groupId,
    hash: requestHash(kind, code, debit, credit, amountMicro, currency, groupId).toString('hex'),
  };
}
