import { objectIn } from '../kit/body.ts';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { type ContentRequest, countPrompt } from './content-request.ts';
import { refuse } from './refusals.ts';

/** A beginning that is kept for an hour or what was asked; its storage is billed apart. */
export interface CachedContent {
  name: string;
  model: string;
  displayName?: string;
  tokens: number;
  createdAt: number;
  expiresAt: number;
}

const LEAST_TOKENS = 1024;
let caches = 0;

/** `/v1beta/cachedContents` and below it. */
export function serveCaches(
  exchange: Exchange,
  world: World,
  stored: Map<string, CachedContent>,
  id: string,
): void {
  const now = world.clock.now();
  for (const cache of stored.values()) if (cache.expiresAt <= now) stored.delete(cache.name);
  if (id === '' && exchange.method === 'POST') create(exchange, stored, now);
  else if (id === '') sendJson(exchange, 200, { cachedContents: [...stored.values()].map(describe) });
  else serveOne(exchange, stored, `cachedContents/${id}`, now);
}

function create(exchange: Exchange, stored: Map<string, CachedContent>, now: number): void {
  const body = objectIn(exchange.body) as Record<string, unknown>;
  const tokens = [...countPrompt({ contents: [], ...body } as unknown as ContentRequest).values()].reduce(
    (sum, count) => sum + count,
    0,
  );
  if (tokens < LEAST_TOKENS) {
    refuse(
      exchange,
      400,
      `Cached content is too small. total_token_count=${tokens}, min_total_token_count=${LEAST_TOKENS}`,
    );
    return;
  }
  caches += 1;
  const cache: CachedContent = {
    name: `cachedContents/${caches.toString(36).padStart(12, '0')}`,
    model: String(body.model),
    displayName: body.displayName as string | undefined,
    tokens,
    createdAt: now,
    expiresAt: now + secondsOf(body.ttl) * 1000,
  };
  stored.set(cache.name, cache);
  sendJson(exchange, 200, describe(cache));
}

function serveOne(exchange: Exchange, stored: Map<string, CachedContent>, name: string, now: number): void {
  const cache = stored.get(name);
  if (cache === undefined) refuse(exchange, 403, 'CachedContent not found (or permission denied)');
  else if (exchange.method === 'DELETE') {
    stored.delete(name);
    sendJson(exchange, 200, {});
  } else {
    if (exchange.method === 'PATCH')
      cache.expiresAt = now + secondsOf((objectIn(exchange.body) as { ttl?: unknown }).ttl) * 1000;
    sendJson(exchange, 200, describe(cache));
  }
}

const secondsOf = (ttl: unknown) => Number(/^(\d+(?:\.\d+)?)s$/.exec(String(ttl ?? '3600s'))?.[1] ?? 3600);

function describe({ tokens, createdAt, expiresAt, ...cache }: CachedContent) {
  return {
    ...cache,
    createTime: new Date(createdAt).toISOString(),
    updateTime: new Date(createdAt).toISOString(),
    expireTime: new Date(expiresAt).toISOString(),
    usageMetadata: { totalTokenCount: tokens },
  };
}
