import { asService } from '#server/database/transaction.ts';
import { tablesOf } from '../inventory.ts';
import type { Privacy } from '../parts.ts';
import { keptAfter } from './kept.ts';
import { erase } from './steps.ts';

/** These say whose terms still run, so they go when nothing else is left; in this order. */
const LAST = ['privacy.erasure_step', 'privacy.erasure'];
/** Append-only and without a name: they stay as the books and the log of this house. */
const NEVER = /^(ledger|audit)\./;
const PERSONS_AT_ONCE = 200;
const FOREIGN_KEY = '23503';

/**
 * Removes what an erasure left for the law, table by table, on the day after its term (clauses 8.1, 8.3). Answers how many
 * persons had something end. Harmless when repeated.
 */
export async function endTerms(parts: Privacy, now: Date): Promise<number> {
  let ended = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const persons = await erasedAfter(parts, after);
    for (const person of persons) if (await endTermsOf(parts, person, now)) ended += 1;
    if (persons.length < PERSONS_AT_ONCE) return ended;
    after = persons.at(-1)!.id;
  }
}

interface ErasedPerson {
  id: string;
  memberId: string;
  country: string | null;
  erasedAt: Date;
  keepUntil: Date;
}

async function erasedAfter({ pools }: Privacy, after: string): Promise<ErasedPerson[]> {
  const rows = await asService(pools, (tx) =>
    tx
      .selectFrom('privacy.erasure')
      .select(['id', 'userId', 'country', 'erasedAt', 'keepUntil'])
      .where('state', '=', 'erased')
      .where('id', '>', after)
      .orderBy('id')
      .limit(PERSONS_AT_ONCE)
      .execute(),
  );
  return rows.map(({ id, userId, country, erasedAt, keepUntil }) => ({
    id,
    memberId: userId,
    country,
    erasedAt: erasedAt!,
    keepUntil: keepUntil!,
  }));
}

async function endTermsOf(parts: Privacy, person: ErasedPerson, now: Date): Promise<boolean> {
  const { inventory, pools } = parts;
  const today = now.toISOString().slice(0, 10);
  const due = new Set(
    keptAfter(inventory, person.country, person.erasedAt)
      .filter(({ what, until }) => until < today && !NEVER.test(what) && !LAST.includes(what))
      .map(({ what }) => what),
  );
  const columns = new Map(tablesOf(inventory).map(({ table, person: column }) => [table, column]));
  const remove = (table: string) =>
    asService(pools, (tx) => erase(tx, table, columns.get(table)!, [], person.memberId));
  let rows = 0;
  // What others point to goes after them.
  for (let left = [...due]; left.length > 0; ) {
    const waiting: string[] = [];
    for (const table of left) {
      try {
        rows += await remove(table);
      } catch (error) {
        if ((error as { code?: string }).code !== FOREIGN_KEY) throw error;
        waiting.push(table);
      }
    }
    if (waiting.length === left.length) throw new Error(`rows point to each other: ${waiting.join(', ')}`);
    left = waiting;
  }
  if (person.keepUntil.toISOString().slice(0, 10) < today)
    for (const table of LAST) rows += await remove(table);
  return rows > 0;
}
