import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { RoutingAsk } from '#contract/generations.ts';
import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { ProviderRoute } from '#server/generations/configured-routes.ts';
import type { Parts } from '#server/generations/parts.ts';
import { regionsOf } from '#server/generations/routing-wish.ts';
import type { Try, Wish } from '#server/generations/tries.ts';
import type { Caller } from './keys.ts';
import { ApiError } from './openai-errors.ts';

/**
 * The route for a call of `/v1`, among the chosen provider's own. One that is busy for a moment is waited for. Throws
 * `ApiError`: 403 for a provider that the member was never told of, 400 where none lies in the region, 429 and 503.
 */
export async function wayFor(
  { routing, config }: Parts,
  caller: Caller,
  model: CatalogueModel,
  { region }: Wish,
): Promise<ProviderRoute> {
  const { id, providerId, providerName } = model;
  refuseUntold(config, caller, model);
  const picked = routing.pick(providerId, { modelId: id, region });
  if (picked.route !== null) {
    if (picked.waitMs > 0) await delay(picked.waitMs);
    return picked.route;
  }
  switch (picked.why) {
    case 'no_region':
      throw new ApiError(
        400,
        'invalid_request_error',
        'no_route_in_region',
        `${providerName} is reached in ${regionsOf({ routing }, providerId).join(', ')} alone, and ${region} was asked for. Nothing was charged.`,
        { param: 'mluen.region' },
      );
    case 'busy':
      throw new ApiError(
        429,
        'rate_limit_error',
        'rate_limit_exceeded',
        'The provider is taking no more requests at the moment. You were not charged.',
        { headers: { 'retry-after': String(Math.ceil(picked.retryAfterMs / 1000)) } },
      );
    case 'unavailable':
      throw new ApiError(
        503,
        'service_unavailable_error',
        'provider_unavailable',
        `${providerName} is not answering at the moment. Try again in a minute. Nothing was charged.`,
      );
    default:
      return picked satisfies never;
  }
}

/** Throws `ApiError` 403 for a provider that the member was never told of (clause 5.3). */
export function refuseUntold(
  config: Pick<Parts['config'], 'PUBLIC_URL'>,
  { told }: Caller,
  { id, providerId, providerName }: CatalogueModel,
): void {
  if (told.has(providerId)) return;
  throw new ApiError(
    403,
    'invalid_request_error',
    'provider_not_acknowledged',
    `${providerName} came after you made your API key. Read who it is at ${config.PUBLIC_URL ?? ''}/models/${id} and say there that you have; then call again. Nothing was charged.`,
    { headers: { 'x-should-retry': 'false' } },
  );
}

/** What a call demands of the way by headers, for dialects whose body has no place for it. Throws `ApiError` 400. */
export function routingInHead({ headers }: IncomingMessage): z.output<typeof RoutingAsk> | undefined {
  const region = headers['x-mluen-region'];
  const fallback = headers['x-mluen-fallback'];
  if (region === undefined && fallback === undefined) return undefined;
  const { success, data } = RoutingAsk.safeParse({
    ...(region === undefined ? {} : { region: region === 'any' ? null : region }),
    ...(fallback === undefined
      ? {}
      : { fallback: { true: true, false: false }[String(fallback)] ?? fallback }),
  });
  if (success) return data;
  throw new ApiError(
    400,
    'invalid_request_error',
    'invalid_value',
    'x-mluen-region names a region or is `any`, and x-mluen-fallback is `true` or `false`.',
  );
}

/** By which route the answer came, and which took nothing before. */
export function routeHeaders({
  route,
  tries,
}: {
  route: ProviderRoute;
  tries: readonly Try[];
}): Record<string, string> {
  const passed = tries.filter(({ routeId }) => routeId !== route.id);
  return {
    'x-mluen-route': route.id,
    'x-mluen-region': route.region,
    ...(passed.length === 0
      ? {}
      : { 'x-mluen-fallback': passed.map(({ routeId, outcome }) => `${routeId} ${outcome}`).join(', ') }),
  };
}
