import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { asMember, type Tx } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { ProviderTerms } from '#server/providers/provider-terms.ts';
import type { Parts } from './parts.ts';

/**
 * Clause 5.3: before anything of a person's goes to a provider, the person is told once who that is, by what terms, where,
 * and what it keeps and trains on. Told at the first use in the studio, or for all providers when an API key is made.
 * Facts that change are told anew.
 */

export type Via = 'first-use' | 'api-key';

/** Names what a provider publishes about itself: the day it was read, and a digest of what a person is shown. */
export function factsVersion(terms: ProviderTerms): string {
  const { readOn, ...facts } = terms;
  return `${readOn}-${digestOf(facts)}`;
}

/** Read again without a change is no news. */
const sameFacts = (a: string, b: string) => a.slice(-DIGEST) === b.slice(-DIGEST);
const DIGEST = 10;

function digestOf(facts: Omit<ProviderTerms, 'readOn'>): string {
  const { name, company, termsUrl, privacyUrl, regions, retention, training } = facts;
  return createHash('sha256')
    .update(JSON.stringify([name, company, termsUrl, privacyUrl, regions, retention, training]))
    .digest('hex')
    .slice(0, DIGEST);
}

export interface Acknowledged {
  providerId: string;
  version: string;
  via: Via;
  at: Date;
}

export async function acknowledgementsOf<R extends 'member' | 'service'>(
  tx: Tx<R>,
  memberId: string,
): Promise<Acknowledged[]> {
  const rows = await tx
    .selectFrom('generations.acknowledgement')
    .select(['providerId', 'version', 'via', 'at'])
    .where('userId', '=', memberId)
    .orderBy('at', 'desc')
    .limit(1_000)
    .execute();
  return rows as Acknowledged[];
}

/** Providers whose present facts the person was told of. */
export async function toldOf<R extends 'member' | 'service'>(
  parts: Pick<Parts, 'routing'>,
  tx: Tx<R>,
  memberId: string,
): Promise<Set<string>> {
  const rows = await acknowledgementsOf(tx, memberId);
  return new Set(rows.filter((row) => isCurrent(parts, row)).map((row) => row.providerId));
}

/** Providers that the person was told of at some time. A program cannot be shown that their facts have changed, and goes on. */
export async function everToldOf<R extends 'member' | 'service'>(
  tx: Tx<R>,
  memberId: string,
): Promise<Set<string>> {
  const rows = await acknowledgementsOf(tx, memberId);
  return new Set(rows.map((row) => row.providerId));
}

/** Whether the provider still publishes what the person was told. */
export function isCurrent(
  { routing }: Pick<Parts, 'routing'>,
  { providerId, version }: Acknowledged,
): boolean {
  const terms = routing.find(providerId)?.terms;
  return terms !== undefined && sameFacts(version, factsVersion(terms));
}

/** Throws `provider-not-acknowledged` with what is to be shown. */
export function refuseUntold(parts: Pick<Parts, 'routing'>, told: ReadonlySet<string>, providerId: string) {
  if (told.has(providerId)) return;
  const { terms } = parts.routing.provider(providerId);
  throw new ProblemError('provider-not-acknowledged', {
    detail: `${terms.name} has not worked for you before. Look at who it is and what it does with what you send, then go on. Nothing was charged.`,
    providerId,
    providerVersion: factsVersion(terms),
  });
}

/** Notes that the person was told of this provider. Twice is harmless. Throws when other facts are in force by now. */
export async function acknowledge(
  parts: Pick<Parts, 'routing' | 'pools'>,
  memberId: string,
  given: { providerId: string; version: string },
): Promise<void> {
  const terms = parts.routing.find(given.providerId)?.terms;
  if (terms === undefined) throw new ProblemError('not-found');
  if (!sameFacts(given.version, factsVersion(terms)))
    throw new ProblemError('not-possible-now', {
      detail: 'What is known of this provider has changed. Look again.',
    });
  await asMember(parts.pools, memberId, (tx) => record(tx, memberId, [given], 'first-use'));
}

/** With an API key, programs may name any model: the key's page lists every provider, and so all are noted. */
export async function acknowledgeAll<R extends 'member' | 'service'>(
  { routing }: Pick<Parts, 'routing'>,
  tx: Tx<R>,
  memberId: string,
): Promise<void> {
  const given = [...routing.openProviders()].map((providerId) => ({
    providerId,
    version: factsVersion(routing.provider(providerId).terms),
  }));
  await record(tx, memberId, given, 'api-key');
}

async function record<R extends 'member' | 'service'>(
  tx: Tx<R>,
  memberId: string,
  given: { providerId: string; version: string }[],
  via: Via,
) {
  if (given.length === 0) return;
  await tx
    .insertInto('generations.acknowledgement')
    .values(given.map(({ providerId, version }) => ({ userId: memberId, providerId, version, via })))
    .onConflict((conflict) => conflict.columns(['userId', 'providerId', 'version']).doNothing())
    .execute();
  // Callers of /v1 are kept in memory.
  await sql`select mluen.tell('member', ${memberId})`.execute(tx);
}
