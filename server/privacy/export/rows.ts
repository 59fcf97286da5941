import { sql } from 'kysely';
import { open, type Place } from '#server/artifacts/seal.ts';
import type { Tx } from '#server/database/transaction.ts';
import type { PersonalTable } from '../inventory.ts';
import type { Privacy } from '../parts.ts';
import type { PersonalData } from '../personal-data-kinds.ts';

/** One exported row: by column name as in the inventory. Money stays `bigint` until it is written. */
export type ExportRow = Record<string, unknown>;

const ROWS_AT_ONCE = 200;

interface ExportColumn {
  name: string;
  sealed: PersonalData['sealed'];
}

export function exportedColumns(table: PersonalTable): ExportColumn[] {
  return table.entries
    .filter((entry) => entry.export === true)
    .flatMap(({ columns, sealed }) => columns.map((name) => ({ name, sealed })));
}

/**
 * The person's rows of one table, opened, a few at a time, however many there are. In the snapshot of the
 * transaction; only one such reading at once.
 */
export async function* rowsOf(
  parts: Privacy,
  tx: Tx<'service'>,
  memberId: string,
  table: PersonalTable,
): AsyncGenerator<ExportRow> {
  const columns = exportedColumns(table);
  if (columns.length === 0) return;
  const { rows: order } = await sql<{ first: string }>`
    select string_agg(quote_ident(attname), ', ' order by ord) as first
    from pg_index join unnest(indkey) with ordinality k (attnum, ord) on true
      join pg_attribute a on a.attrelid = indrelid and a.attnum = k.attnum
    where indrelid = ${table.table}::regclass and indisprimary`.execute(tx);
  const selection = sql.join(columns.map(({ name }) => sql.ref(name)));
  await sql`declare export_rows no scroll cursor for select ${selection} from ${sql.table(table.table)}
    where ${sql.ref(table.person)} = ${sql.lit(memberId)} order by ${sql.raw(order[0]!.first)}`.execute(tx);
  try {
    for (;;) {
      const { rows } = await sql<
        Record<string, unknown>
      >`fetch ${sql.lit(ROWS_AT_ONCE)} from export_rows`.execute(tx);
      for (const row of rows) yield await opened(parts, memberId, table.table, columns, row);
      if (rows.length < ROWS_AT_ONCE) return;
    }
  } finally {
    await sql`close export_rows`.execute(tx);
  }
}

async function opened(
  parts: Privacy,
  memberId: string,
  table: string,
  columns: ExportColumn[],
  row: Record<string, unknown>,
): Promise<ExportRow> {
  const out: ExportRow = {};
  for (const { name, sealed } of columns) {
    const value = row[camel(name)];
    const place = { column: `${table}.${name}`, memberId, rowId: String(row.id) };
    out[name] = sealed === undefined || value === null ? value : await openValue(parts, place, sealed, value);
  }
  return out;
}

async function openValue(
  parts: Privacy,
  place: Place,
  sealed: 'value' | 'body',
  value: unknown,
): Promise<unknown> {
  const key = await parts.vault.keyOf(place.memberId);
  if (sealed === 'value') return open(key, place, value as Buffer).toString();
  const text = open(key, place, await parts.bodies.read(value as string)).toString();
  return JSON.parse(text);
}

/** The database answers in camel case, as everywhere in the program; an export speaks as the inventory does. */
function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
