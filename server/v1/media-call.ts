import { hash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { z } from 'zod';
import type { Generation, RoutingAsk } from '#contract/generations.ts';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { ProviderRoute } from '#server/generations/configured-routes.ts';
import { loadFiles } from '#server/generations/files.ts';
import { findFile, findGeneration, outputFileId } from '#server/generations/history.ts';
import { hold } from '#server/generations/hold.ts';
import type { Parts } from '#server/generations/parts.ts';
import { priceAsk } from '#server/generations/quote.ts';
import type { Running } from '#server/generations/record.ts';
import { wishFor } from '#server/generations/routing-wish.ts';
import type { Runs } from '#server/generations/runs.ts';
import { markUsed } from '#server/generations/unused-files.ts';
import { firstWay } from '#server/generations/ways.ts';
import {
  type FaultKind,
  type InputFile,
  ProviderFault,
  type SoundPiece,
} from '#server/providers/provider.ts';
import { claimKeyOfMedia, freeKey } from './idempotency.ts';
import type { Caller } from './keys.ts';
import { ApiError, errorOfFault, refuseHold, usd } from './openai-errors.ts';
import { refuseUntold, routeHeaders } from './way.ts';

/** A call for something that is not a text, in the model's own parameters. */
export interface MediaAsk {
  id: string;
  caller: Caller;
  model: CatalogueModel;
  params: Record<string, unknown>;
  fileIds: string[];
  routing: z.output<typeof RoutingAsk> | undefined;
  /** Hears a recording while it is made, and the head of its answer as far as it is known by then. */
  onSound?: (piece: SoundPiece, headers: Record<string, string>) => void;
}

/** What makes two calls the same one: the caller's key, and what was asked with it. */
export interface Sameness {
  key: string | null;
  body: Buffer;
}

export interface Made {
  generation: Generation;
  headers: Record<string, string>;
}

/** So long a caller is kept waiting; the work goes on after it, and is in the history. */
const WAIT_MOST_MS = 15 * 60_000;
const LOOK_MS = 2_000;

/** What was held for, and has yet to begin. */
export interface HeldMedia {
  running: Running;
  route: ProviderRoute;
  files: InputFile[];
  /** What is available after the hold, in micro. */
  availableMicro: bigint;
}

/** Checks and holds as the studio does: the same parameters, the same pipeline. Throws `ApiError` and `ProblemError`. */
async function holdMedia(parts: Parts, ask: MediaAsk): Promise<HeldMedia> {
  const { caller, id, model, routing } = ask;
  const { memberId } = caller;
  const files = await loadFiles(parts, memberId, ask.fileIds, true);
  const given = { modelId: model.id, params: ask.params, fileIds: ask.fileIds, routing };
  const priced = priceAsk(parts, memberId, given, files);
  refuseUntold(parts.config, caller, model);
  const wish = wishFor(caller.wish, routing);
  const way = await firstWay(parts, { memberId, files, ...priced }, wish);
  const asked = {
    id,
    memberId,
    walletId: caller.walletId,
    source: 'api' as const,
    apiKeyId: caller.keyId,
    fileIds: ask.fileIds,
    requestHash: hash('sha256', JSON.stringify([model.id, priced.params]), 'buffer').subarray(0, 16),
  };
  const { running, held } = await hold(parts, asked, priced, { ...way, wish });
  refuseHold(parts.config, held, priced.boundMicro, 'ask for less');
  await markUsed(parts, memberId, files);
  return { running, route: way.route, files, availableMicro: held.availableMicro };
}

/**
 * Holds once for each idempotency key: answers the generation that was made before, or null and `held`. Throws 409 and
 * 422, and what `holdMedia` throws; then the key is free again.
 */
export async function holdOnce(
  parts: Parts,
  { key, body }: Sameness,
  ask: MediaAsk,
): Promise<{ held: HeldMedia; before: null } | { held: null; before: Generation }> {
  const { caller, id } = ask;
  if (key !== null) {
    const known = await claimKeyOfMedia(parts, caller, key, body, id);
    const before = known === null ? null : await findGeneration(parts, caller.memberId, known);
    if (before !== null) return { held: null, before };
  }
  try {
    return { held: await holdMedia(parts, ask), before: null };
  } catch (error) {
    if (key !== null) await freeKey(parts, caller, id);
    throw error;
  }
}

/** The head of an answer that is given again. */
export function repeatedHeaders({ id, chargedMicro }: Generation): Record<string, string> {
  return {
    'idempotent-replayed': 'true',
    'x-mluen-generation': id,
    'x-mluen-cost': usd(BigInt(chargedMicro)),
  };
}

/** Holds, runs, and waits for the end. Throws for what came to nothing, too: that costs nothing. */
export async function makeMedia(
  parts: Parts,
  runs: Runs,
  ask: MediaAsk,
  same: Sameness,
  gone: AbortSignal,
): Promise<Made> {
  const { held, before } = await holdOnce(parts, same, ask);
  if (held === null) return { generation: before, headers: repeatedHeaders(before) };
  const { running, route, files, availableMicro } = held;
  const { id, memberId, heldMicro } = running;
  const ended = untilEnd(parts, memberId, id, gone);
  const head = () => ({
    'x-mluen-generation': id,
    ...routeHeaders({ route: parts.routing.byId(running.routeId) ?? route, tries: running.tries }),
  });
  const { onSound } = ask;
  runs.begin(running, route, files, onSound && ((piece) => onSound(piece, head())));
  const generation = await ended;
  const chargedMicro = BigInt(generation?.chargedMicro ?? 0);
  const headers = {
    ...head(),
    'x-mluen-cost': usd(chargedMicro),
    'x-mluen-balance': usd(availableMicro + heldMicro - chargedMicro),
  };
  if (generation?.state === 'settled') return { generation, headers };
  throw cameToNothing(generation, headers);
}

/** The generation once it has ended; null when it takes too long, is not known, or nobody waits any more. */
async function untilEnd(
  parts: Parts,
  memberId: string,
  id: string,
  gone: AbortSignal,
): Promise<Generation | null> {
  const until = Date.now() + WAIT_MOST_MS;
  const ends = Promise.withResolvers<void>();
  const stop = parts.live.subscribe(`generation:${id}`, (event) => {
    const { type } = event as { type: string };
    if (type === 'end' || type === 'gone') ends.resolve();
  });
  gone.addEventListener('abort', () => ends.resolve(), { once: true });
  try {
    // Who ends it may be another process, and a notification may be missed: it is looked at now and then.
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, LOOK_MS);
      });
      await Promise.race([ends.promise, pause]);
      clearTimeout(timer);
      if (gone.aborted) return null;
      const found = await findGeneration(parts, memberId, id);
      if (found === null || found.finishedAt !== null) return found;
      if (found.state === 'unknown' || Date.now() > until) return null;
    }
  } finally {
    stop();
  }
}

const FAULTS = new Set<string>([
  'rejected_content',
  'bad_input',
  'rate_limited',
  'overloaded',
  'auth',
  'timeout',
  'unknown',
] satisfies FaultKind[]);

function cameToNothing(generation: Generation | null, headers: Record<string, string>): ApiError {
  const { 'x-mluen-balance': _, 'x-mluen-cost': __, ...told } = headers;
  if (generation === null)
    return new ApiError(
      504,
      'server_error',
      'provider_timeout',
      'This is not finished yet. It goes on, and what comes of it is in your history; nothing is charged unless it succeeds.',
      { headers: { ...told, 'x-should-retry': 'false' } },
    );
  const why = generation.ending?.why ?? 'unknown';
  const kind = FAULTS.has(why) ? (why as FaultKind) : 'unknown';
  const { status, type, code, headers: own } = errorOfFault(new ProviderFault(kind, '', { accepted: 'no' }));
  const message = generation.ending?.message ?? 'The provider could not finish this. You were not charged.';
  return new ApiError(status, type, code, message, { headers: { ...headers, ...own } });
}

/** What a generation made, whole. */
export async function outputsOf(
  parts: Parts,
  memberId: string,
  { id, outputs }: Generation,
): Promise<{ fileId: string; mediaType: string; bytes: Buffer }[]> {
  const key = await parts.vault.keyOf(memberId);
  return Promise.all(
    outputs.map(async (_, index) => {
      const fileId = await outputFileId(parts, memberId, id, index);
      const file = fileId === null ? null : await findFile(parts, memberId, fileId);
      if (fileId === null || file === null)
        throw new ApiError(502, 'server_error', 'provider_error', 'The result is gone from the history.');
      return {
        fileId,
        mediaType: file.mediaType,
        bytes: await buffer(parts.store.read(key, fileId, file.bytes)),
      };
    }),
  );
}

/** Billing units of a generation as numbers. */
export function unitsOf({ units }: Generation): Partial<Record<string, number>> {
  const sums: Partial<Record<string, number>> = {};
  for (const { unit, quantity } of units) sums[unit] = (sums[unit] ?? 0) + Number(quantity);
  return sums;
}
