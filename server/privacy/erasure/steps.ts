import { sql } from 'kysely';
import { asIdentity, asService, type Tx } from '#server/database/transaction.ts';
import { queueMail } from '#server/mail/outbox.ts';
import { tablesOf } from '../inventory.ts';
import type { Privacy } from '../parts.ts';
import { providersOf } from './ask.ts';
import { certify } from './certificate.ts';
import type { Erasing } from './erasing.ts';
import { stays } from './kept.ts';
import { erasedLetter } from './letters.ts';

interface Step {
  name: string;
  /** Does it, however much was done before; answers what it found, or `later` when something must end first. */
  work(parts: Privacy, erasing: Erasing): Promise<Record<string, unknown> | 'later'>;
}

/** In this order: the key goes before the rows, so that from then on nothing sealed can be opened, whatever happens. */
export const steps: readonly Step[] = [
  { name: 'credentials', work: endCredentials },
  { name: 'generations', work: stopGenerations },
  { name: 'last-mail', work: writeLastMail },
  { name: 'last-mail-sent', work: lastMailSent },
  { name: 'key', work: destroyKey },
  { name: 'bodies', work: wipeBodies },
  { name: 'files', work: removeFiles },
  { name: 'rows', work: eraseRows },
  { name: 'jobs', work: sweepJobs },
  { name: 'certificate', work: certify },
];

async function endCredentials({ pools, members }: Privacy, { memberId }: Erasing) {
  await asIdentity(pools, (tx) => members.endCredentials(tx, memberId));
  return {};
}

/** The pipeline ends what runs and settles its hold; an outcome that cannot be known does not keep a person here. */
async function stopGenerations({ pools }: Privacy, { memberId }: Erasing) {
  return asService(pools, async (tx) => {
    await tx
      .updateTable('generations.generation')
      .set({ cancelAsked: true })
      .where('userId', '=', memberId)
      .where('finishedAt', 'is', null)
      .execute();
    const running = await tx
      .selectFrom('generations.generation')
      .select('id')
      .where('userId', '=', memberId)
      .where('finishedAt', 'is', null)
      .where('state', '!=', 'unknown')
      .limit(1)
      .executeTakeFirst();
    return running === undefined ? { providers: await providersOf(tx, memberId) } : 'later';
  });
}

async function writeLastMail({ pools, publicUrl }: Privacy, { memberId, erasureId }: Erasing) {
  return asService(pools, async (tx) => {
    const person = await tx
      .selectFrom('identity.member')
      .select('email')
      .where('id', '=', memberId)
      .executeTakeFirst();
    if (person === undefined) return {};
    const mailId = await queueMail(tx, {
      kind: 'erased',
      to: person.email,
      personId: memberId,
      ...erasedLetter(publicUrl, erasureId),
    });
    return { mailId };
  });
}

const MAIL_WAIT_MS = 24 * 60 * 60_000;

/** The mail must leave before the address is erased with it; after a day the erasure goes on without. */
async function lastMailSent({ pools }: Privacy, { memberId, found, now }: Erasing) {
  const written = found.get('last-mail')!;
  const queued = await asService(pools, (tx) =>
    tx
      .selectFrom('mail.outbox')
      .select('id')
      .where('personId', '=', memberId)
      .where('id', '=', String(written.counts.mailId ?? memberId))
      .where('state', '=', 'queued')
      .executeTakeFirst(),
  );
  return queued !== undefined && now.getTime() - written.doneAt.getTime() < MAIL_WAIT_MS ? 'later' : {};
}

async function destroyKey({ pools, vault }: Privacy, { memberId }: Erasing) {
  await asService(pools, async (tx) => {
    await vault.destroyKey(tx, memberId);
    await sql`select mluen.tell('vault-key', ${memberId})`.execute(tx); // other processes drop their copy
  });
  return {};
}

const ROWS_AT_ONCE = 500;

/** Overwrites prompts and answers where they lie: the rows that tell where are still there. */
async function wipeBodies({ pools, inventory, bodies }: Privacy, { memberId }: Erasing) {
  let wiped = 0;
  for (const { table, person, entries } of tablesOf(inventory)) {
    const columns = entries.flatMap((entry) => (entry.sealed === 'body' ? entry.columns : []));
    if (columns.length === 0) continue;
    for await (const rows of pagesOf(pools, table, person, memberId, columns)) {
      const addresses = rows
        .flatMap((row) => columns.map((column) => row[column]))
        .filter((one) => one != null);
      await bodies.wipe(addresses.map(String));
      wiped += addresses.length;
    }
  }
  return { bodies: wiped };
}

/** Uploads, outputs and exports: their rows name the files in the store by id. */
async function removeFiles({ pools, inventory, store }: Privacy, { memberId }: Erasing) {
  const counts: Record<string, number> = {};
  for (const table of ['artifacts.file', 'privacy.export']) {
    if (!tablesOf(inventory).some((one) => one.table === table)) continue;
    counts[table] = 0;
    for await (const rows of pagesOf(pools, table, 'user_id', memberId, [])) {
      await store.remove(rows.map(({ id }) => String(id)));
      counts[table] += rows.length;
    }
  }
  return counts;
}

/** The person's rows of a table by id, some at a time. */
async function* pagesOf(
  pools: Privacy['pools'],
  table: string,
  person: string,
  memberId: string,
  columns: readonly string[],
): AsyncGenerator<Record<string, unknown>[]> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await asService(pools, async (tx) => {
      const selected = sql.join(['id', ...columns].map((name) => sql`${sql.ref(name)}`));
      const found = await sql<Record<string, unknown>>`
        select to_jsonb(page) as row from (
          select ${selected} from ${sql.table(table)}
          where ${sql.ref(person)} = ${memberId} and id > ${after} order by id limit ${ROWS_AT_ONCE}
        ) page`.execute(tx);
      return found.rows.map(({ row }) => row as Record<string, unknown>);
    });
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS_AT_ONCE) return;
    after = String(rows.at(-1)!.id);
  }
}

/** Row by the inventory: gone where nothing of it stays, else emptied of what need not stay. */
async function eraseRows({ pools, inventory }: Privacy, { memberId }: Erasing) {
  const tables = tablesOf(inventory);
  // The account itself goes last: other rows hang on it.
  const ordered = [
    ...tables.filter(({ person }) => person !== 'id'),
    ...tables.filter(({ person }) => person === 'id'),
  ];
  const counts: Record<string, number> = {};
  for (const { table, person, entries } of ordered) {
    const going = entries.filter((entry) => !stays(entry));
    if (going.length === 0) continue;
    const emptied = going.length === entries.length ? [] : going.flatMap(({ columns }) => columns);
    counts[table] = await asService(pools, (tx) => erase(tx, table, person, emptied, memberId));
  }
  return counts;
}

/** Removes the person's rows of a table, or empties these columns of them; answers how many rows it touched. */
export async function erase(
  tx: Tx<'service'>,
  table: string,
  person: string,
  emptied: readonly string[],
  memberId: string,
): Promise<number> {
  const { rows } = await sql<{ touched: bigint }>`
    select privacy.erase_rows(${table}, ${person}, ${[...emptied]}::text[], ${memberId}::uuid) as touched`.execute(
    tx,
  );
  return Number(rows[0]!.touched);
}

async function sweepJobs({ pools }: Privacy, { memberId }: Erasing) {
  const { swept, running } = await asService(pools, async (tx) => {
    const { rows } = await sql<{ swept: bigint; running: bigint }>`
      select swept, running from privacy.sweep_jobs(${memberId}::uuid)`.execute(tx);
    return rows[0]!;
  });
  return running > 0n ? 'later' : { jobs: Number(swept) };
}
