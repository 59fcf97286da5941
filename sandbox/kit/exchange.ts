import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import type { Fault, FaultQueue } from './faults.ts';
import type { RequestLog } from './request-log.ts';
import type { Tally } from './tally.ts';

/** What every simulator has beside its own routes. */
export interface World {
  clock: Clock;
  faults: FaultQueue;
  tally: Tally;
  requests: RequestLog;
}

/** One request, read whole, and its answer. */
export interface Exchange {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The origin that the client used. */
  origin: string;
  request: IncomingMessage;
  response: ServerResponse;
}

export function sendJson(
  { response }: Exchange,
  status: number,
  body: unknown,
  headers: Record<string, string | number> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

export function sendBytes(
  { response }: Exchange,
  contentType: string,
  bytes: Buffer,
  headers: Record<string, string | number> = {},
): void {
  response.writeHead(200, { 'content-type': contentType, 'content-length': bytes.length, ...headers });
  response.end(bytes);
}

/** The client sees the connection break. */
export function loseAnswer({ request }: Exchange): void {
  request.socket.destroy();
}

/** Whatever head the answer gets, these headers stand in it. */
function writeBeside(response: ServerResponse, headers: Record<string, string>): void {
  const write = response.writeHead.bind(response) as (status: number, headers: object) => ServerResponse;
  response.writeHead = ((status: number, own: object = {}) =>
    write(status, { ...own, ...headers })) as ServerResponse['writeHead'];
}

const EARLY_MS = 1000;

/** The answer is whole, and leaves only after this while. */
function holdBack(response: ServerResponse): void {
  const end = response.end.bind(response) as (...parts: unknown[]) => ServerResponse;
  response.end = ((...parts: unknown[]) => {
    setTimeout(() => end(...parts), EARLY_MS);
    return response;
  }) as ServerResponse['end'];
}

/**
 * Does what every operation does first: waits, refuses, breaks the connection, or stays silent.
 * True: the request is dealt with, and nothing was accepted.
 */
export async function misbehavesAtOnce(
  exchange: Exchange,
  fault: Readonly<Fault>,
  errorBody: (status: number) => unknown,
  isStream = false,
): Promise<boolean> {
  if (fault.headers !== undefined) writeBeside(exchange.response, fault.headers);
  if (fault.latencyMs !== undefined) await wait(fault.latencyMs);
  if (fault.status !== undefined) {
    const headers: Record<string, string> =
      fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
    sendJson(exchange, fault.status, errorBody(fault.status), headers);
    return true;
  }
  if (fault.dropped) {
    loseAnswer(exchange);
    return true;
  }
  if (fault.webhook === 'early') holdBack(exchange.response);
  // The socket stays open until the client gives up.
  return fault.silentAfterChunks !== undefined && !isStream;
}
