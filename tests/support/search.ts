import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asSuperuser, type TestDatabase } from './database.ts';

/** A place where text was found: `payments.top_up`, or a file's path. */
export interface Found {
  where: string;
  text: string;
}

/**
 * Every row of every table as text, bytes in hex and as Latin-1: what a thief of a dump would search. Partitions are
 * read by themselves, so that none is missed.
 */
export async function everyRow(database: Pick<TestDatabase, 'address'>): Promise<Found[]> {
  return asSuperuser(database, async (client) => {
    const tables = await client.query<{ name: string; bytes: string[] | null }>(`
      select c.oid::regclass::text as name,
             array_agg(a.attname::text) filter (where a.atttypid = 'bytea'::regtype) as bytes
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
      group by c.oid`);
    const found: Found[] = [];
    for (const { name, bytes } of tables.rows) {
      const plain = (bytes ?? []).map((column) => `encode("${column}", 'escape')`);
      const { rows } = await client.query<{ text: string }>(
        `select concat_ws(' ', to_jsonb(t)::text${plain.map((one) => `, ${one}`).join('')}) as text from ${name} t`,
      );
      found.push(...rows.map(({ text }) => ({ where: name, text })));
    }
    return found;
  });
}

/** Every file under a folder, as Latin-1; PostgreSQL's own files are left to `everyRow`. */
export function everyFile(dir: string): Found[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (!statSync(path).isDirectory()) return [{ where: path, text: readFileSync(path, 'latin1') }];
    return name === 'postgres' ? [] : everyFile(path);
  });
}

/** Runs of 13 to 19 digits, also written in groups, that pass the check of card numbers. */
export function cardNumbersIn(text: string): string[] {
  const runs = text.match(/(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d)/g) ?? [];
  return runs
    .map((run) => run.replace(/[ -]/g, ''))
    .filter((digits) => digits.length <= 19 && isLuhn(digits));
}

function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
