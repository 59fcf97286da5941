import type { Generation, GenerationEvent, TurnPlace } from '#contract/generations.ts';
import { checkMessages } from '#server/catalogue/text-params.ts';
import { asMember, asService, type Tx } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import { walletOf } from '#server/ledger/ledger.ts';
import { holdIdOf } from '#server/ledger/transfer.ts';
import { toAccept } from '#server/privacy/acceptance.ts';
import { isClosing } from '#server/privacy/closing.ts';
import { isRestricted } from '#server/privacy/restriction.ts';
import type { TextMessage } from '#server/providers/text-params.ts';
import { refuseUntold, toldOf } from './acknowledgement.ts';
import { loadFiles } from './files.ts';
import { findGeneration } from './history.ts';
import { hold } from './hold.ts';
import type { Parts } from './parts.ts';
import { type AskValue, askHash, checkQuote, priceAsk, signQuote } from './quote.ts';
import { takeUp } from './reaper.ts';
import { recallReasoning } from './recall.ts';
import { isIn } from './routing.ts';
import { noRouteInRegion, wishFor, wishOf } from './routing-wish.ts';
import type { Runs } from './runs.ts';
import { can } from './states.ts';
import type { Wish } from './tries.ts';
import { keepTurns, turnsFor } from './turns.ts';
import { markUsed } from './unused-files.ts';
import { firstWay } from './ways.ts';

/** The price before. Nothing is written. */
export async function quote(
  parts: Parts,
  memberId: string,
  ask: AskValue,
  given: { availableMicro: bigint; heldMicro: bigint; wish: Wish },
  now = Date.now(),
) {
  const { wish, ...balance } = given;
  const files = await loadFiles(parts, memberId, ask.fileIds, false);
  const priced = priceAsk(parts, memberId, ask, files, await recalled(parts, memberId, ask));
  refuseRegion(parts, priced.model.providerId, wishFor(wish, ask.routing));
  const missing = priced.boundMicro - balance.availableMicro;
  return {
    ...signQuote(parts, memberId, ask, priced, now),
    boundMicro: priced.boundMicro,
    usualMicro: priced.usualMicro,
    exact: priced.exact,
    lines: priced.lines,
    changes: priced.changes,
    missingMicro: missing > 0n ? missing : 0n,
    ...balance,
  };
}

/**
 * Holds the quoted bound and begins. The caller made the id: a repeat answers the first generation and charges
 * nothing more. Throws `insufficient-funds` with what is missing, and every refusal of the quote.
 */
export async function start(
  parts: Parts,
  runs: Runs,
  memberId: string,
  given: { id: string; quote: string; ask: AskValue; place?: TurnPlace | undefined },
  now = Date.now(),
): Promise<Generation> {
  const { isKnown, settings, told } = await admit(parts, memberId, given.id);
  if (isKnown) return (await findGeneration(parts, memberId, given.id))!;
  const files = await loadFiles(parts, memberId, given.ask.fileIds, true);
  const priced = priceAsk(parts, memberId, given.ask, files, await recalled(parts, memberId, given.ask));
  checkQuote(parts, memberId, given.ask, given.quote, priced, now);
  const { model } = priced;
  refuseUntold(parts, told, model.providerId);
  const wish = wishFor(settings, given.ask.routing);
  const way = await firstWay(parts, { memberId, files, ...priced }, wish);
  const turns = await turnsFor(parts, memberId, given.id, given.place);
  const walletId = await walletOf(parts.pools, memberId);
  if (walletId === null) throw insufficientFunds(priced.boundMicro, 0n);
  const { id, ask } = given;
  const asked = {
    id,
    memberId,
    walletId,
    source: 'studio' as const,
    apiKeyId: null,
    fileIds: ask.fileIds,
    requestHash: askHash(ask),
  };
  const { running, held } = await hold(parts, asked, priced, { ...way, wish }, now);
  const { status, availableMicro } = held;
  refuse(status, priced.boundMicro, availableMicro);
  if (status === 'ok') {
    await markUsed(parts, memberId, files);
    await keepTurns(parts, memberId, turns);
    runs.begin(running, way.route, files);
  }
  return (await findGeneration(parts, memberId, given.id))!;
}

/** What goes along with a text's messages is held for too. Messages that are none are refused when they are checked. */
async function recalled(parts: Parts, memberId: string, { params }: AskValue) {
  return checkMessages(params.messages) === null
    ? recallReasoning(parts, memberId, params.messages as TextMessage[])
    : undefined;
}

function refuse(status: string, boundMicro: bigint, availableMicro: bigint) {
  if (status === 'insufficient') throw insufficientFunds(boundMicro, availableMicro);
  if (status === 'capped') throw capReached(boundMicro, availableMicro);
  if (status === 'stopped') throw new ProblemError('posting-paused');
  if (status === 'mismatch') throw new ProblemError('already-exists');
  if (status === 'restricted') throw new ProblemError('processing-restricted');
  if (status === 'closed' || status === 'frozen') throw new ProblemError('account-restricted');
}

/** The 402 of a spend limit: `leftMicro` is what it still allows. */
function capReached(boundMicro: bigint, leftMicro: bigint): ProblemError {
  return new ProblemError('cap-reached', {
    missingMicro: (boundMicro - leftMicro).toString(),
    availableMicro: leftMicro.toString(),
  });
}

/** The 402 that says what is missing and where to add it. */
export function insufficientFunds(boundMicro: bigint, availableMicro: bigint): ProblemError {
  const missing = boundMicro - availableMicro;
  return new ProblemError('insufficient-funds', {
    missingMicro: missing.toString(),
    availableMicro: availableMicro.toString(),
    topUpUrl: `/wallet/top-up?amount=${missing}`,
  });
}

/**
 * What must hold before a person begins, in one look. Clause 0.1: nothing is generated without acceptance of the current
 * terms and policy; clause 9.3: nor while the account closes; clause 9.5: nor while processing is restricted.
 */
async function admit(parts: Parts, memberId: string, id: string) {
  const { missing, closing, restricted, ...rest } = await asMember(parts.pools, memberId, async (tx) => ({
    isKnown: await isKnown(tx, memberId, id),
    missing: await toAccept(tx, memberId),
    closing: await isClosing(tx, memberId),
    restricted: await isRestricted(tx, memberId),
    settings: await wishOf(tx, memberId),
    told: await toldOf(parts, tx, memberId),
  }));
  if (rest.isKnown) return rest;
  if (closing) throw new ProblemError('account-restricted');
  if (restricted) throw new ProblemError('processing-restricted');
  if (missing.length > 0) throw new ProblemError('acceptance-required');
  return rest;
}

async function isKnown(tx: Tx<'member'>, memberId: string, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('generations.generation')
    .select('id')
    .where('userId', '=', memberId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Said with the price already, not only when it is too late. */
function refuseRegion(parts: Parts, providerId: string, { region }: Wish) {
  if (region !== null && !parts.routing.routesOf(providerId).some((route) => isIn(route, region)))
    throw noRouteInRegion(parts, providerId, region);
}

/** Stops a generation, wherever it runs. Answers it as it is once it has stopped (or after a moment). */
export async function cancel(parts: Parts, runs: Runs, memberId: string, id: string): Promise<Generation> {
  const found = await findGeneration(parts, memberId, id);
  if (found === null) throw new ProblemError('not-found');
  if (!can('cancel', found.state))
    throw new ProblemError('not-possible-now', { detail: 'It has already ended.' });
  await asService(parts.pools, (tx) =>
    tx
      .updateTable('generations.generation')
      .set({ cancelAsked: true })
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .execute(),
  );
  const ended = untilEnd(parts, id);
  // Nobody watches over an unknown outcome: it is given up here.
  if (found.state === 'unknown') await takeUp(parts, runs, memberId, id, holdIdOf(id));
  else {
    runs.cancel(id);
    await ended;
  }
  return (await findGeneration(parts, memberId, id)) ?? found;
}

const CANCEL_WAIT_MS = 3_000;

function untilEnd(parts: Parts, id: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = parts.live.subscribe(`generation:${id}`, (event) => {
      if ((event as GenerationEvent).type === 'end') done();
    });
    const timer = setTimeout(() => done(), CANCEL_WAIT_MS);
    const done = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
  });
}

/** Removes prompt, files and outputs for good: rows, sealed bytes, stored files. The ledger keeps the charge. */
export async function remove(parts: Parts, memberId: string, id: string): Promise<void> {
  const found = await findGeneration(parts, memberId, id);
  if (found === null) throw new ProblemError('not-found');
  if (!can('delete', found.state))
    throw new ProblemError('not-possible-now', { detail: 'It is still running. Stop it first.' });
  const { fileIds, bodies } = await asService(parts.pools, async (tx) => {
    const row = await tx
      .deleteFrom('generations.generation')
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .returning(['askBody', 'answerBody', 'fileIds'])
      .executeTakeFirst();
    await tx.deleteFrom('generations.turn').where('userId', '=', memberId).where('id', '=', id).execute();
    await tx
      .deleteFrom('artifacts.fileFetch')
      .where('userId', '=', memberId)
      .where('generationId', '=', id)
      .execute();
    const outputs = await tx
      .deleteFrom('artifacts.file')
      .where('userId', '=', memberId)
      .where('generationId', '=', id)
      .returning('id')
      .execute();
    // An uploaded file may serve several generations: it goes with the last one.
    const inputs = await tx
      .deleteFrom('artifacts.file')
      .where('userId', '=', memberId)
      .where('id', 'in', row?.fileIds.length ? row.fileIds : [id])
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('generations.generation as other')
              .select('other.id')
              .where('other.userId', '=', memberId)
              .whereRef('artifacts.file.id', '=', ({ fn }) => fn.any('other.fileIds')),
          ),
        ),
      )
      .returning('id')
      .execute();
    return {
      fileIds: [...outputs, ...inputs].map((file) => file.id),
      bodies: [row?.askBody, row?.answerBody].filter((body) => body != null),
    };
  });
  await parts.bodies.wipe(bodies);
  await parts.store.remove(fileIds);
}
