import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Exchange } from './exchange.ts';
import type { Fault } from './faults.ts';

/** How a stream ended: whole, cut by us, or given up by the client; and how many chunks had left by then. */
interface Streamed {
  end: 'whole' | 'cut' | 'given_up';
  sent: number;
}

/**
 * Sends chunks one by one, at `paceMs` apart or as the fault says, and stops when the client hangs up.
 * Resolves when the last byte is handed to the socket.
 */
export async function sendStream(
  exchange: Exchange,
  contentType: string,
  chunks: readonly (string | Buffer)[],
  options: { fault: Readonly<Fault>; paceMs: number; headers?: Record<string, string> },
): Promise<Streamed> {
  const { response } = exchange;
  const { fault } = options;
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache', ...options.headers });
  response.flushHeaders();
  const paceMs = fault.chunkMs ?? options.paceMs;
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  for (const [sent, chunk] of chunks.entries()) {
    if (sent === fault.cutAfterChunks) {
      // Lets the last chunk reach the wire, else the client sees fewer than were counted.
      await wait(20);
      exchange.request.socket.destroy();
      return { end: 'cut', sent };
    }
    if (sent === fault.silentAfterChunks) {
      await gone;
      return { end: 'given_up', sent };
    }
    if (response.destroyed) return { end: 'given_up', sent };
    if (!response.write(chunk)) {
      await Promise.race([new Promise<void>((resolve) => response.once('drain', resolve)), gone]);
    }
    await (paceMs === 0 ? nextTurn() : wait(paceMs));
  }
  if (response.destroyed) return { end: 'given_up', sent: chunks.length };
  response.end();
  return { end: 'whole', sent: chunks.length };
}
