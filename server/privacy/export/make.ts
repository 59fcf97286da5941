import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { sql } from 'kysely';
import { ZipFile } from 'yazl';
import { asService, type Tx } from '#server/database/transaction.ts';
import { type PersonalTable, tablesOf } from '../inventory.ts';
import type { Privacy } from '../parts.ts';
import { csvLine } from './csv.ts';
import { aboutPage, type ExportedTable, indexPage } from './pages.ts';
import { exportedColumns, rowsOf } from './rows.ts';

const FORMAT = 1;

/** An entry that is written, as the manifest tells it. */
interface Written {
  path: string;
  bytes: number;
  sha256: string;
}

/**
 * Packs everything held about the person into a ZIP that is sealed under the person's key and stored under
 * `exportId`. All tables are read in one snapshot; rows and files flow through, so memory stays small whatever the
 * size. Answers the ZIP's length.
 */
export async function makeExport(parts: Privacy, memberId: string, exportId: string): Promise<number> {
  const key = await parts.vault.keyOf(memberId);
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const stored = parts.store.put(key, exportId, output);
  stored.catch(() => undefined); // it is awaited below; until then a failure must not count as unhandled
  try {
    await asService(parts.pools, async (tx) => {
      await sql`set transaction isolation level repeatable read read only`.execute(tx);
      await pack(parts, tx, memberId, zip);
    });
  } catch (cause) {
    output.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    throw cause;
  }
  return (await stored).bytes;
}

async function pack(parts: Privacy, tx: Tx<'service'>, memberId: string, zip: ZipFile): Promise<void> {
  const made = new Date();
  const written: Written[] = [];
  const put = async (path: string, source: Iterable<Buffer> | AsyncIterable<Buffer>, compress = true) =>
    void written.push(await addEntry(zip, path, source, made, compress));
  const tables: ExportedTable[] = [];
  for (const table of tablesOf(parts.inventory)) {
    if (exportedColumns(table).length === 0) continue;
    const path = pathOf(table.table);
    let rows = 0;
    const count = () => {
      rows += 1;
    };
    await put(`${path}.json`, jsonOf(parts, tx, memberId, table, count));
    await put(`${path}.csv`, csvOf(parts, tx, memberId, table));
    tables.push({ table: table.table, path, rows });
  }
  const files: string[] = [];
  for await (const { path, bytes } of filesOf(parts, tx, memberId)) {
    await put(path, bytes, false);
    files.push(path);
  }
  await put('about.html', [Buffer.from(aboutPage(parts.inventory, parts.operator))]);
  await put('index.html', [Buffer.from(indexPage(made, tables, files, parts.operator))]);
  const manifest = {
    format: FORMAT,
    madeAt: made,
    memberId,
    operator: parts.operator,
    tables,
    omitted: omitted(parts),
    files: written,
  };
  await addEntry(zip, 'manifest.json', [Buffer.from(JSON.stringify(manifest, null, 2))], made, true);
  zip.end();
}

/** Adds one entry and resolves when all of it went into the ZIP. */
function addEntry(
  zip: ZipFile,
  path: string,
  source: Iterable<Buffer> | AsyncIterable<Buffer>,
  mtime: Date,
  compress: boolean,
): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return new Promise((resolve, reject) => {
    counted.on('end', () => resolve({ path, bytes, sha256: hash.digest('hex') })).on('error', reject);
    Readable.from(source, { objectMode: false })
      .on('error', (cause) => counted.destroy(cause))
      .pipe(counted);
    zip.addReadStream(counted, path, { mtime, compress });
  });
}

async function* jsonOf(
  parts: Privacy,
  tx: Tx<'service'>,
  memberId: string,
  table: PersonalTable,
  count: () => void,
): AsyncGenerator<Buffer> {
  let separator = '[\n';
  for await (const row of rowsOf(parts, tx, memberId, table)) {
    count();
    yield Buffer.from(separator + JSON.stringify(row, written));
    separator = ',\n';
  }
  yield Buffer.from(separator === '[\n' ? '[]\n' : '\n]\n');
}

/** Money is text in JSON: a float would round it. */
function written(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** As a table for spreadsheets; prompts and answers, which are no cells, are in the JSON alone. */
async function* csvOf(
  parts: Privacy,
  tx: Tx<'service'>,
  memberId: string,
  table: PersonalTable,
): AsyncGenerator<Buffer> {
  const names = exportedColumns(table).flatMap(({ name, sealed }) => (sealed === 'body' ? [] : [name]));
  yield Buffer.from(csvLine(names));
  for await (const row of rowsOf(parts, tx, memberId, table))
    yield Buffer.from(
      csvLine(names.map((name) => (row[name] instanceof Date ? row[name].toISOString() : row[name]))),
    );
}

interface StoredFile {
  path: string;
  bytes: AsyncIterable<Buffer>;
}

async function* filesOf(parts: Privacy, tx: Tx<'service'>, memberId: string): AsyncGenerator<StoredFile> {
  const table = tablesOf(parts.inventory).find((one) => one.table === 'artifacts.file');
  if (table === undefined) return;
  const key = await parts.vault.keyOf(memberId);
  for await (const row of rowsOf(parts, tx, memberId, table)) {
    const id = String(row.id);
    yield {
      path: `files/${id}-${safeName(String(row.name_sealed))}`,
      bytes: parts.store.read(key, id, Number(row.bytes)),
    };
  }
}

/** A name that a person gave, as the end of a path in a ZIP: never a path itself (ASVS 5.4). */
function safeName(name: string): string {
  return (
    name
      .replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
      .replace(/^\.+/, '')
      .slice(0, 100) || 'file'
  );
}

const FOLDERS: Record<string, string> = {
  identity: 'account',
  ledger: 'wallet',
  payments: 'wallet',
  artifacts: 'files',
};

/** `identity.session` → `account/session`. */
function pathOf(table: string): string {
  const [schema, name] = table.split('.') as [string, string];
  return `${FOLDERS[schema] ?? schema}/${name}`;
}

/** What is held and not in here, and why. */
function omitted({ inventory }: Privacy) {
  return inventory.personal.flatMap(({ table, columns, export: exported }) =>
    exported === true ? [] : [{ table, columns, why: exported.no }],
  );
}
