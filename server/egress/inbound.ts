import { type Inbound, type Outbound, ProviderFault } from '#server/providers/provider.ts';

/** Called in this order: head, data…, then end or fault. `onHead` may be skipped by `onFault`. */
export interface Listener {
  onHead(status: number, headers: Record<string, string | undefined>): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFault(fault: ProviderFault): void;
}

/** Turns the callbacks of one exchange into an `Inbound`: the promise answers with the head, the body follows. */
export function createInbound(
  begin: (listener: Listener) => (reason?: Error) => void,
  request: Outbound,
): Promise<Inbound> {
  const { promise, resolve, reject } = Promise.withResolvers<Inbound>();
  const most = request.maxBytes ?? Number.POSITIVE_INFINITY;
  const queue: Buffer[] = [];
  let size = 0;
  let over: true | ProviderFault | undefined;
  let wake: () => void = () => undefined;

  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const chunk = queue.shift();
        if (chunk !== undefined) yield chunk;
        else if (over === true) return;
        else if (over !== undefined) throw over;
        else
          await new Promise<void>((go) => {
            wake = go;
          });
      }
    } finally {
      if (over === undefined) stop(new Error('the reader left'));
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
  const stop = begin({
    onHead: (status, headers) =>
      resolve({ status, headers, chunks, bytes, json: async () => parse(await bytes()) }),
    onData(chunk) {
      size += chunk.length;
      if (size > most) {
        end(new ProviderFault('unknown', `the answer is larger than ${most} bytes`, { accepted: 'yes' }));
        stop();
        return;
      }
      queue.push(chunk);
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
