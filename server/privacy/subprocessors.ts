import { sql } from 'kysely';
import type { z } from 'zod';
import type { NewSubprocessor, Subprocessor } from '#contract/privacy-subprocessors.ts';
import { recordAudit } from '#server/audit/audit.ts';
import type { Pools } from '#server/database/connections.ts';
import { asVisitor, type Tx } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';

type Version = z.output<typeof Subprocessor>;
type Added = z.output<typeof NewSubprocessor>;

/** All versions of all entries, newest first. */
export async function listSubprocessors(pools: Pools): Promise<Version[]> {
  const rows = await asVisitor(pools, (tx) =>
    tx
      .selectFrom('privacy.subprocessor')
      .select(['name', 'version', 'category', 'purpose', 'country', 'safeguard', 'isEnd'])
      .select(dates)
      .orderBy('effectiveOn', 'desc')
      .orderBy('name')
      .limit(1000)
      .execute(),
  );
  return rows.map(
    (row): Version => ({
      ...row,
      category: row.category as Version['category'],
      safeguard: row.safeguard as Version['safeguard'],
    }),
  );
}

// As text: a date has no hour, and must not get one from a time zone on the way.
const dates = [
  sql<string>`contract_on::text`.as('contractOn'),
  sql<string>`announced_on::text`.as('announcedOn'),
  sql<string>`effective_on::text`.as('effectiveOn'),
];

/** What the database's constraints refuse, in words, by the field that it is about. */
const REFUSALS: Record<string, [path: string, message: string]> = {
  announced_two_weeks_ahead: [
    'effectiveOn',
    'It is announced today: the first day it may work for us is in two weeks.',
  ],
  bound_before_it_begins: ['contractOn', 'The contract comes before the first day.'],
  safeguard_where_not_adequate: [
    'safeguard',
    'The law of this country is not found adequate: name the safeguard of the transfer.',
  ],
};

/** Announces it, today. Throws `invalid-input` with the field that the database's rules refuse. */
export async function addSubprocessorVersion(
  tx: Tx<'operator'>,
  staffId: string,
  added: Added,
  requestId: string,
): Promise<Version> {
  const before = await tx
    .selectFrom('privacy.subprocessor')
    .select((select) => select.fn.max('version').as('version'))
    .where('name', '=', added.name)
    .executeTakeFirst();
  const version = (before?.version ?? 0) + 1;
  const { announcedOn } = await tx
    .insertInto('privacy.subprocessor')
    .values({ ...added, version, announcedOn: sql`current_date` })
    .returning(sql<string>`announced_on::text`.as('announcedOn'))
    .executeTakeFirstOrThrow()
    .catch(inWords);
  await recordAudit(tx, {
    action: 'privacy.subprocessor',
    actorId: staffId,
    reason: `${added.name}, version ${version}`,
    requestId,
  });
  return { ...added, version, announcedOn };
}

function inWords(error: unknown): never {
  const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : '';
  const refusal = REFUSALS[constraint];
  if (refusal === undefined) throw error;
  const [path, message] = refusal;
  throw new ProblemError('invalid-input', { errors: [{ path, message }] });
}
