import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** An answer that was written and compressed before it is asked for: it costs no work per request. */
export class Encoded {
  readonly #bodies: Record<'br' | 'gzip' | 'identity', Buffer>;

  private constructor(bodies: Record<'br' | 'gzip' | 'identity', Buffer>) {
    this.#bodies = bodies;
  }

  static async of(json: string): Promise<Encoded> {
    const identity = Buffer.from(json);
    // 9 of 11: within a tenth of the smallest, for 40 ms in place of a second (750 kB of catalogue).
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_SIZE_HINT]: identity.byteLength,
    };
    const [br, zip] = await Promise.all([brotli(identity, { params }), deflate(identity, { level: 9 })]);
    return new Encoded({ br, gzip: zip, identity });
  }

  /** The body in the best way that the client takes; sets the headers that say so. */
  for(request: FastifyRequest, reply: FastifyReply): Buffer {
    const accepted = request.headers['accept-encoding'];
    const coding = (['br', 'gzip'] as const).find((each) => takes(accepted, each)) ?? 'identity';
    reply.header('vary', 'accept-encoding');
    if (coding !== 'identity') reply.header('content-encoding', coding);
    return this.#bodies[coding];
  }
}

/** Whether an Accept-Encoding names this coding and does not give it the weight nought (RFC 9110, 12.5.3). */
function takes(accepted: string | string[] | undefined, coding: string): boolean {
  const found = String(accepted ?? '')
    .split(',')
    .map((part) => part.trim().split(/\s*;\s*q=/i))
    .find(([name]) => name === coding);
  return found !== undefined && Number(found[1] ?? 1) > 0;
}
