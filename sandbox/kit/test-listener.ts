import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Call {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A place for webhooks to arrive, for tests. */
export interface Listener {
  url: string;
  calls: Call[];
  /** Resolves once `count` calls have come. */
  received(count: number): Promise<Call[]>;
  close(): void;
}

export async function startListener(): Promise<Listener> {
  const calls: Call[] = [];
  const waiting: { count: number; resolve: (calls: Call[]) => void }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      response.end();
      calls.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      for (const { count, resolve } of waiting) if (calls.length >= count) resolve(calls);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    calls,
    received: (count) =>
      calls.length >= count
        ? Promise.resolve(calls)
        : new Promise((resolve) => waiting.push({ count, resolve })),
    close: () => server.close(),
  };
}
