import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Host {
  url: string;
  /** Ends it, and what is still being answered. */
  close(): void;
}

/** A host of the test's own, in a provider's place: how it answers is the test's. */
export async function startHost(answer: RequestListener): Promise<Host> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
