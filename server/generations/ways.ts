import { setTimeout as delay } from 'node:timers/promises';
import { boundOf, type CatalogueModel, priceOf } from '#server/catalogue/catalogue.ts';
import { asService } from '#server/database/transaction.ts';
import { ProblemError } from '#server/http/problem.ts';
import type { Call, InputFile, Units } from '#server/providers/provider.ts';
import { toldOf } from './acknowledgement.ts';
import type { ProviderRoute } from './configured-routes.ts';
import { takesType } from './file-limits.ts';
import type { Parts } from './parts.ts';
import { boundUnits } from './quote.ts';
import type { Picked } from './routing.ts';
import { noRouteInRegion } from './routing-wish.ts';
import { resellersOf, type Serving } from './serving.ts';
import { beginTry, type Try, type Wish } from './tries.ts';

/** A call that looks for its way: what was asked, and the price that was shown for it. */
export interface Asked {
  memberId: string;
  model: CatalogueModel;
  params: Record<string, unknown>;
  files: InputFile[];
  bound: Units;
  boundMicro: bigint;
}

/** By which route a call begins, and what was passed over before. */
export interface Way {
  route: ProviderRoute;
  tries: Try[];
  /** The most it can use there. */
  bound: Units;
}

/**
 * The way for a new call: a route of the chosen provider, else of one that resells the model. A route that is busy for a
 * moment is waited for. Throws `no-route-in-region`, and `provider-fault` when nobody takes it now.
 */
export async function firstWay(parts: Parts, asked: Asked, wish: Wish): Promise<Way> {
  const { model, bound } = asked;
  const picked = parts.routing.pick(model.providerId, { modelId: model.id, region: wish.region });
  if (picked.route !== null) {
    if (picked.waitMs > 0) await delay(picked.waitMs);
    return { route: picked.route, tries: [], bound };
  }
  if (picked.why === 'no_region') throw noRouteInRegion(parts, model.providerId, wish.region!);
  const other = wish.fallback ? await elsewhere(parts, asked, wish, new Set([model.providerId])) : null;
  if (other === null) throw notNow(model.providerName, picked);
  const tries: Try[] = [];
  const [passed] = parts.routing.routesOf(model.providerId);
  if (passed !== undefined) beginTry(tries, passed, 'unavailable');
  return { ...other, tries };
}

/**
 * A route of another provider that makes the same model, just as asked, and whom the person was told of. Its cost may
 * not pass the price that was shown, which stays the price. Null when there is none that takes a call now.
 */
export async function elsewhere(
  parts: Parts,
  asked: Asked,
  { region }: Wish,
  not: ReadonlySet<string>,
): Promise<Omit<Way, 'tries'> | null> {
  const resellers = resellersOf(parts, asked.model, asked.params).filter(
    ({ model }) => !not.has(model.providerId) && parts.routing.isOpen(model.providerId),
  );
  if (resellers.length === 0) return null;
  const told = await asService(parts.pools, (tx) => toldOf(parts, tx, asked.memberId));
  for (const serving of resellers) {
    const bound = told.has(serving.model.providerId) ? boundAt(parts, asked, serving) : null;
    if (bound === null) continue;
    const picked = parts.routing.pick(serving.model.providerId, { modelId: asked.model.id, region });
    if (picked.route !== null) return { route: picked.route, bound };
  }
  return null;
}

/** The most that a reseller can use for it; null where it takes other files, counts in other units, or costs too much. */
function boundAt(parts: Parts, asked: Asked, { model, params }: Serving): Units | null {
  const { files } = asked;
  const takes = (file: InputFile) => takesType(model, file.mediaType);
  if (files.length > model.accepts.maxFiles || !files.every(takes)) return null;
  const call: Call = {
    generationId: '',
    operation: model.kind,
    upstreamModel: model.upstream,
    params,
    files,
    memberHash: '',
  };
  const bound = boundUnits(parts, model, call);
  if (priceOf(asked.model, bound, asked.params).unpriced.length > 0) return null;
  return boundOf(model, bound, params).costMicro <= asked.boundMicro ? bound : null;
}

function notNow(provider: string, picked: Exclude<Picked, { route: ProviderRoute }>): ProblemError {
  if (picked.why !== 'busy')
    return new ProblemError('provider-fault', {
      detail: `${provider} is not answering at the moment. Try again in a minute. Nothing was charged.`,
    });
  const seconds = Math.ceil(picked.retryAfterMs / 1000);
  return new ProblemError('provider-fault', {
    detail: `${provider} takes no more requests for ${seconds} seconds. Try again then. Nothing was charged.`,
    retryAfterSeconds: seconds,
  });
}
