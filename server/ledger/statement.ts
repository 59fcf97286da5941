import { sql } from 'kysely';
import type { Tx } from '#server/database/transaction.ts';
import { LEAF, leafHash, pathOf, type Step } from './merkle.ts';
import { CANONICAL, type SealHeader } from './seal.ts';

/** Every transfer that touched a member's wallet in a period, with what proves it. Amounts are micro-units as text. */
export interface Statement {
  kind: 'mluen statement';
  memberId: string;
  currency: string;
  /** From the first moment to before the second. */
  from: string;
  to: string;
  openingMicro: string;
  closingMicro: string;
  /**
   * Lines up to this moment lie in the archive, and are had on request: the statement begins with the balance after them.
   * Null when the period has none.
   */
  archivedUntil: string | null;
  lines: StatementLine[];
  /** The seals that the lines lie in. */
  seals: StatementSeal[];
  madeAt: string;
}

export interface StatementLine {
  at: string;
  code: string;
  kind: string;
  reference: string;
  /** What was moved, reserved or freed. */
  amountMicro: string;
  /** What that does to the wallet's posted balance; zero for what only reserved or freed. */
  changeMicro: string;
  balanceMicro: string;
  /** The transfer as it was sealed. */
  row: string;
  /** The way from the row to the root of its seal; null until the next seal is made. */
  proof: { seal: string; path: Step[] } | null;
}

export interface StatementSeal {
  number: string;
  firstSeq: string;
  lastSeq: string;
  transfers: string;
  root: string;
  sums: Record<string, string>;
  previous: string;
  hash: string;
  sealedAt: string;
}

export interface StatementAsked {
  memberId: string;
  currency?: string;
  from: Date;
  to: Date;
}

/** A period with more transfers than this is asked for in parts. */
export const STATEMENT_LINES_MAX = 5_000;

/**
 * A member's statement, read as the member: row-level security shows that person's rows alone. Null when the period has
 * too many transfers for one statement.
 */
export async function statementOf(tx: Tx<'member'>, asked: StatementAsked): Promise<Statement | null> {
  const { memberId, currency = 'USD', from, to } = asked;
  const archived = await archivedOf(tx, { memberId, currency });
  const isCut = archived.until !== null && archived.until >= from;
  const after = isCut ? archived.until! : new Date(from.getTime() - 1);
  const rows = await rowsOf(tx, { memberId, currency, after, to });
  if (rows.length > STATEMENT_LINES_MAX) return null;
  const opening = archived.balance + (await balanceAt(tx, { memberId, currency, after }));
  const seals = await sealsOver(tx, rows);
  let balance = opening;
  const lines = rows.map((row): StatementLine => {
    balance += row.effect;
    return {
      at: row.createdAt.toISOString(),
      code: row.code,
      kind: row.kind,
      reference: row.groupId,
      amountMicro: row.amount.toString(),
      changeMicro: row.effect.toString(),
      balanceMicro: balance.toString(),
      row: row.line,
      proof: proofOf(row, seals),
    };
  });
  const used = new Set(lines.map(({ proof }) => proof?.seal));
  return {
    kind: 'mluen statement',
    memberId,
    currency,
    from: from.toISOString(),
    to: to.toISOString(),
    openingMicro: opening.toString(),
    closingMicro: balance.toString(),
    archivedUntil: isCut ? archived.until!.toISOString() : null,
    lines,
    seals: seals.filter(({ number }) => used.has(number.toString())).map(sealText),
    madeAt: new Date().toISOString(),
  };
}

/** The text that is signed: the statement as it stands in the file. */
export const canonicalText = (statement: Statement) => JSON.stringify(statement);

interface Period {
  memberId: string;
  currency: string;
  after: Date;
}

interface Row {
  seq: bigint;
  code: string;
  kind: string;
  amount: bigint;
  effect: bigint;
  groupId: string;
  createdAt: Date;
  line: string;
}

/** What a transfer does to the wallet: cash and promotional buckets together. */
const EFFECT = sql<bigint>`case when t.kind in ('single', 'post') then
  (case when c.code in (2100, 2110) then t.amount else 0 end) - (case when d.code in (2100, 2110) then t.amount else 0 end)
  else 0 end`;

/** After a moment, which is whole milliseconds: what is finer belongs to it. */
const AFTER = (moment: Date) => sql`date_trunc('milliseconds', t.created_at) > ${moment}`;

async function rowsOf(tx: Tx<'member'>, asked: Period & { to: Date }): Promise<Row[]> {
  const { memberId, currency, after, to } = asked;
  const { rows } = await sql<Row>`
    select t.seq, t.code, t.kind, t.amount, ${EFFECT} as effect, t.group_id, t.created_at, ${CANONICAL} as line
    from ledger.transfer t
    left join ledger.account d on d.id = t.debit_account left join ledger.account c on c.id = t.credit_account
    where t.user_id = ${memberId} and t.currency = ${currency} and ${AFTER(after)} and t.created_at < ${to}
      and (d.code in (2100, 2110) or c.code in (2100, 2110))
    order by t.seq limit ${STATEMENT_LINES_MAX + 1}`.execute(tx);
  return rows;
}

async function balanceAt(tx: Tx<'member'>, asked: Period): Promise<bigint> {
  const { memberId, currency, after } = asked;
  const { rows } = await sql<{ balance: bigint }>`
    select coalesce(sum(${EFFECT}), 0)::bigint as balance from ledger.transfer t
    left join ledger.account d on d.id = t.debit_account left join ledger.account c on c.id = t.credit_account
    where t.user_id = ${memberId} and t.currency = ${currency} and not ${AFTER(after)}`.execute(tx);
  return rows[0]!.balance;
}

/** What archived months moved in the wallet, and when the last of it was. */
async function archivedOf(
  tx: Tx<'member'>,
  { memberId, currency }: { memberId: string; currency: string },
): Promise<{ balance: bigint; until: Date | null }> {
  const { rows } = await sql<{ balance: bigint; until: Date | null }>`
    select coalesce(sum(r.credits_posted - r.debits_posted), 0)::bigint as balance, max(r.last_at) as until
    from ledger.archived_run r join ledger.account a on a.id = r.account_id
    where r.user_id = ${memberId} and a.currency = ${currency} and a.code in (2100, 2110)`.execute(tx);
  return rows[0]!;
}

type SealWithLeaves = SealHeader & { hash: Buffer; leaves: Buffer };

async function sealsOver(tx: Tx<'member'>, rows: Row[]): Promise<SealWithLeaves[]> {
  if (rows.length === 0) return [];
  const found = await tx
    .selectFrom('ledger.seal')
    .select([
      'number',
      'firstSeq',
      'lastSeq',
      'transfers',
      'root',
      'sums',
      'previous',
      'hash',
      'sealedAt',
      'leaves',
    ])
    .where('firstSeq', '<=', rows.at(-1)!.seq)
    .where('lastSeq', '>=', rows[0]!.seq)
    .orderBy('number')
    .execute();
  return found as SealWithLeaves[];
}

/** Ranges of seals overlap where a transaction committed late: the leaf itself tells in which it lies. */
function proofOf(row: Row, seals: SealWithLeaves[]): StatementLine['proof'] {
  const leaf = leafHash(row.line);
  for (const seal of seals) {
    if (row.seq < seal.firstSeq || row.seq > seal.lastSeq) continue;
    const leaves = Array.from({ length: seal.leaves.length / LEAF }, (_, n) =>
      seal.leaves.subarray(n * LEAF, (n + 1) * LEAF),
    );
    const at = leaves.findIndex((one) => one.equals(leaf));
    if (at >= 0) return { seal: seal.number.toString(), path: pathOf(leaves, at) };
  }
  return null;
}

function sealText(seal: SealWithLeaves): StatementSeal {
  return {
    number: seal.number.toString(),
    firstSeq: seal.firstSeq.toString(),
    lastSeq: seal.lastSeq.toString(),
    transfers: seal.transfers.toString(),
    root: seal.root.toString('hex'),
    sums: seal.sums,
    previous: seal.previous.toString('hex'),
    hash: seal.hash.toString('hex'),
    sealedAt: seal.sealedAt.toISOString(),
  };
}
