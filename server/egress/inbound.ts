import { type Inbound, type Outbound, ProviderFault } from '#server/providers/provider.ts';

/** Called in this order: head, data…, then end or fault. `onHead` may be skipped by `onFault`. */
export interface Listener {
  onHead(status: number, headers: Record<string, string | undefined>): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFault(fault: ProviderFault): void;
}

/** An exchange that goes on. Paused, the other side is slowed down by its own connection; silence then counts as none. */
export interface Underway {
  stop(reason?: Error): void;
  pause(): void;
  resume(): void;
}

/** So much may lie here unread. */
const UNREAD_MOST_BYTES = 1024 * 1024;

/** Turns the callbacks of one exchange into an `Inbound`: the promise answers with the head, the body follows. */
export function createInbound(begin: (listener: Listener) => Underway, request: Outbound): Promise<Inbound> {
  const { promise, resolve, reject } = Promise.withResolvers<Inbound>();
  const most = request.maxBytes ?? Number.POSITIVE_INFINITY;
  const queue: Buffer[] = [];
  let size = 0;
  let unread = 0;
  let paused = false;
  let over: true | ProviderFault | undefined;
  let wake: () => void = () => undefined;

  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const chunk = queue.shift();
        if (chunk !== undefined) {
          unread -= chunk.length;
          if (paused && unread < UNREAD_MOST_BYTES) {
            paused = false;
            underway.resume();
          }
          yield chunk;
        } else if (over === true) return;
        else if (over !== undefined) throw over;
        else
          await new Promise<void>((go) => {
            wake = go;
          });
      }
    } finally {
      if (over === undefined) underway.stop(new Error('the reader left'));
    }
  }
  async function bytes(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const chunk of chunks()) parts.push(chunk);
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }
  const end = (how: true | ProviderFault) => {
    over ??= how;
    wake();
  };
  const underway = begin({
    onHead: (status, headers) =>
      resolve({ status, headers, chunks, bytes, json: async () => parse(await bytes()) }),
    onData(chunk) {
      size += chunk.length;
      if (size > most) {
        end(new ProviderFault('unknown', `the answer is larger than ${most} bytes`, { accepted: 'yes' }));
        underway.stop();
        return;
      }
      queue.push(chunk);
      unread += chunk.length;
      if (unread >= UNREAD_MOST_BYTES) {
        paused = true;
        underway.pause();
      }
      wake();
    },
    onEnd: () => end(true),
    onFault(fault) {
      reject(fault);
      end(fault);
    },
  });
  return promise;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new ProviderFault('unknown', 'the answer is not JSON', { accepted: 'yes', cause });
  }
}
