import { createHmac, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { type Inbound, type Outbound, ProviderFault, type Route } from '#server/providers/provider.ts';
import { AddressRefused, isPublicAddress, publicLookup } from './address.ts';
import { faultOf } from './faults.ts';
import { createInbound, type Listener, type Underway } from './inbound.ts';

/** What left for whom, one a request (clause 5.1). The hash is keyed with the member's key and dies with it. */
export interface Receipt {
  at: string;
  provider: string;
  host: string;
  region: string;
  kinds: string[];
  bytes: number;
  hash: string;
}

/** One call's permission: to this route's own address and the provider's result hosts, nowhere else. */
export interface Passage {
  provider: string;
  route: OpenRoute;
  resultHosts: string[];
  hashKey: KeyObject;
  onReceipt(receipt: Receipt): void;
}

/** A route that operators opened: its own address may be private (a model on the same network). */
export interface OpenRoute extends Route {
  /** Leads to a simulator: results may come from this machine as well. */
  sandbox: boolean;
}

/** The only way out of the house. No redirect is followed. */
export interface Egress {
  /** The whole answer by promise; see `Send`. */
  send(passage: Passage, request: Outbound): Promise<Inbound>;
  /** The same without a body stream in between: for the hot path. */
  exchange(passage: Passage, request: Outbound, listener: Listener): Underway;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
const IDLE_MS = 120_000;
const MOST_BYTES = 512 * 1024 * 1024;
/** One connection a stream on HTTP/1.1, so the pool is as wide as the streams we want. */
const CONNECTIONS = 2_048;

export function openEgress(): Egress {
  const shared = {
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    maxResponseSize: MOST_BYTES,
  };
  const toPublic = new Agent({ ...shared, connect: { timeout: CONNECT_MS, lookup: publicLookup } });
  const toOwnRoutes = new Agent({ ...shared, connect: { timeout: CONNECT_MS } });

  const exchange = (passage: Passage, request: Outbound, listener: Listener) => {
    const url = new URL(request.url);
    const own = isOwnAddress(passage.route, url);
    refuseForeign(passage, url, own);
    passage.onReceipt(receiptFor(passage, url, request));
    const dispatcher = own ? toOwnRoutes : toPublic;
    return start(dispatcher, url, request, listener);
  };
  return {
    exchange,
    send: (passage, request) => createInbound((listener) => exchange(passage, request, listener), request),
    close: async () => void (await Promise.all([toPublic.destroy(), toOwnRoutes.destroy()])),
  };
}

/** The route's own origin, or (for a simulator) another port of this machine. */
function isOwnAddress(route: OpenRoute, url: URL): boolean {
  if (url.origin === new URL(route.baseUrl).origin) return true;
  return route.sandbox && url.hostname === '127.0.0.1';
}

function refuseForeign({ provider, resultHosts }: Passage, url: URL, own: boolean) {
  if (own) return;
  const known = resultHosts.some((host) =>
    host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : url.hostname === host,
  );
  const literal = isIP(url.hostname.replace(/^\[|\]$/g, ''));
  if (
    url.protocol !== 'https:' ||
    !known ||
    (literal !== 0 && !isPublicAddress(url.hostname.replace(/^\[|\]$/g, '')))
  ) {
    throw new ProviderFault('unknown', `${provider} pointed at a host that is not its own`, {
      accepted: 'maybe',
      cause: new AddressRefused(url.hostname),
    });
  }
}

function receiptFor(passage: Passage, url: URL, request: Outbound): Receipt {
  const body = request.body ?? '';
  return {
    at: new Date().toISOString(),
    provider: passage.provider,
    host: url.host,
    region: passage.route.region,
    kinds: request.kinds,
    bytes: Buffer.byteLength(body),
    hash: createHmac('sha256', passage.hashKey).update(body).digest('base64url'),
  };
}

function start(dispatcher: Dispatcher, url: URL, request: Outbound, listener: Listener): Underway {
  let controller: Dispatcher.DispatchController | undefined;
  let ended: Error | undefined;
  let head = false;
  const stop = (reason: Error = new Error('stopped by us')) => {
    ended ??= reason;
    controller?.abort(reason);
  };
  const idle = request.idleMs ?? IDLE_MS;
  dispatcher.dispatch(
    {
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: request.headers ?? {},
      body: request.body,
      headersTimeout: idle,
      bodyTimeout: idle,
    },
    {
      onRequestStart(started) {
        controller = started;
        if (ended !== undefined) started.abort(ended);
      },
      onResponseStart(_, status, headers) {
        if (status < 200) return;
        head = true;
        listener.onHead(status, headers as Record<string, string | undefined>);
      },
      onResponseData: (_, chunk) => listener.onData(chunk),
      onResponseEnd: () => listener.onEnd(),
      onResponseError: (_, error) => listener.onFault(faultOf(error, head)),
    },
  );
  request.signal?.addEventListener('abort', () => stop(request.signal?.reason), { once: true });
  if (request.signal?.aborted) stop(request.signal.reason);
  return { stop, pause: () => controller?.pause(), resume: () => controller?.resume() };
}
