import { randomBytes } from 'node:crypto';
import { newWorld, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { type Exchange, misbehavesAtOnce, sendBytes, type World } from './exchange.ts';

export interface Media {
  bytes: Buffer;
  type: string;
}

interface Offer {
  token: string;
  expiresAt: number;
  produce: () => Promise<Media>;
}

const KEPT = 5000;

/** The host from which a provider's results are fetched: another one than its API, with addresses that die. */
export class Delivery {
  readonly #offers = new Map<string, Offer>();
  readonly #world: World;
  /** Set when the host is started. */
  origin = '';

  constructor(world: World) {
    this.#world = world;
  }

  /** An address for a result, which is made when it is fetched. The same path keeps its address. */
  offer(path: string, expiresAt: number, produce: () => Promise<Media>): string {
    const found = this.#offers.get(path);
    const token = found?.token ?? randomBytes(9).toString('base64url');
    if (found === undefined) {
      this.#offers.set(path, { token, expiresAt, produce });
      if (this.#offers.size > KEPT) this.#offers.delete(this.#offers.keys().next().value as string);
    }
    return `${this.origin}${path}?Expires=${Math.floor(expiresAt / 1000)}&Signature=${token}`;
  }

  async serve(exchange: Exchange): Promise<void> {
    const { path, query, headers } = exchange;
    const found = this.#offers.get(path);
    // Results are protected against being linked from a page.
    if (
      found === undefined ||
      query.get('Signature') !== found.token ||
      this.#world.clock.now() > found.expiresAt ||
      headers.referer
    ) {
      exchange.response.writeHead(403, { 'content-type': 'application/xml' });
      exchange.response.end('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>');
      return;
    }
    const fault = this.#world.faults.takeByPath(path);
    if (await misbehavesAtOnce(exchange, fault, (status) => ({ error: status }))) return;
    const { bytes, type } = await found.produce();
    if (fault.cutAfterChunks === undefined) {
      sendBytes(exchange, type, bytes);
      return;
    }
    exchange.response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
    exchange.response.write(bytes.subarray(0, bytes.length / 2), () => exchange.request.socket.destroy());
  }
}

/** Starts the API of a provider together with the host of its results. */
export async function startWithDelivery(
  id: string,
  options: SimulatorOptions & { deliveryPort?: number },
  define: (world: World, delivery: Delivery) => Omit<Parameters<typeof startSimulator>[0], 'id' | 'stop'>,
): Promise<Simulator> {
  const world = newWorld();
  const delivery = new Delivery(world);
  const host = await startSimulator(
    { id: `${id}-delivery`, handle: (exchange) => delivery.serve(exchange) },
    { host: options.host, port: options.deliveryPort },
    world,
  );
  delivery.origin = host.url;
  const api = await startSimulator(
    { id, ...define(world, delivery), stop: () => host.close() },
    options,
    world,
  );
  return { ...api, otherUrls: { [`${id}-delivery`]: host.url } };
}
