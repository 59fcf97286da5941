import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock } from './kit/clock.ts';
import { answerControl, type ControlRoutes } from './kit/control.ts';
import { type Exchange, sendJson, type World } from './kit/exchange.ts';
import { FaultQueue } from './kit/faults.ts';
import { RequestLog } from './kit/request-log.ts';
import { Tally } from './kit/tally.ts';

/** A running simulator of one system of the outside world. */
export interface Simulator {
  id: string;
  /** Origin without a trailing slash. */
  url: string;
  /** Origins of other hosts that belong to it, such as the one that delivers results. */
  otherUrls?: Record<string, string>;
  close(): Promise<void>;
}

export interface SimulatorOptions {
  /** 0 or absent: any free port. */
  port?: number;
  host?: string;
}

interface Definition {
  id: string;
  handle(exchange: Exchange, world: World): void | Promise<void>;
  /**
   * Refuses a request that could not be read, in the provider's words. A mistake of the simulator looks the same to the
   * client, but is told on the error output.
   */
  malformed?(exchange: Exchange, why: string): void;
  /** Control routes of its own, such as `POST /_control/webhook-endpoint`. */
  control?: ControlRoutes;
  /** Runs when the simulator stops. */
  stop?(): void | Promise<void>;
}

const MAX_BODY_BYTES = 128 * 1024 * 1024;
const noQuery = new URLSearchParams();

/** Starts a simulator. Rejects when the port is taken. */
export async function startSimulator(
  definition: Definition,
  options: SimulatorOptions = {},
  world: World = newWorld(),
): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer((request, response) => receive(definition, world, request, response));
  // Clients keep sockets for longer than Node's five seconds, and a reused dead socket looks like a lost answer.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    id: definition.id,
    url: `http://${host}:${port}`,
    async close() {
      world.clock.stop();
      await definition.stop?.();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

export function newWorld(): World {
  return { clock: new Clock(), faults: new FaultQueue(), tally: new Tally(), requests: new RequestLog() };
}

function receive(
  definition: Definition,
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) request.socket.destroy();
    else parts.push(part);
  });
  request.on('error', () => response.destroy());
  // A client that hangs up is part of what we simulate, not a fault of ours.
  response.on('error', () => undefined);
  request.on('end', () => {
    const body = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const exchange: Exchange = {
      method: request.method ?? 'GET',
      path: mark === -1 ? url : url.slice(0, mark),
      query: mark === -1 ? noQuery : new URLSearchParams(url.slice(mark + 1)),
      headers: request.headers,
      body,
      origin: `http://${request.headers.host ?? 'localhost'}`,
      request,
      response,
    };
    if (url.startsWith('/_control/')) {
      answerControl(exchange, world, definition.control ?? {});
      return;
    }
    world.requests.add({
      at: world.clock.now(),
      method: exchange.method,
      url,
      headers: request.headers,
      body,
    });
    void answer(definition, exchange, world);
  });
}

async function answer(definition: Definition, exchange: Exchange, world: World): Promise<void> {
  try {
    await definition.handle(exchange, world);
  } catch (error) {
    // A mistake of the simulator must not pass for a fault of the provider.
    console.error(`sandbox ${definition.id}: ${exchange.method} ${exchange.path} failed`, error);
    if (exchange.response.headersSent) exchange.response.destroy();
    else if (error instanceof TypeError && definition.malformed !== undefined) {
      definition.malformed(exchange, `The request could not be read: ${error.message}`);
    } else sendJson(exchange, 500, { sandbox_error: String(error) });
  }
}

/** Runs a simulator as a process of its own: `node sandbox/openai/openai.ts --port 4010`. */
export async function runAlone(start: (options: SimulatorOptions) => Promise<Simulator>): Promise<void> {
  const at = process.argv.indexOf('--port');
  const simulator = await start({ port: at === -1 ? 0 : Number(process.argv[at + 1]) });
  console.log(`${simulator.id} at ${simulator.url}`);
}
