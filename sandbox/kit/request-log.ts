import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

interface Seen {
  at: number;
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const KEPT = 1000;
const KEPT_BODY_BYTES = 64 * 1024 * 1024;

/** The last requests that a simulator saw, whole, so that a test can say what travelled and what did not. */
export class RequestLog {
  readonly #seen: Seen[] = [];
  #bodyBytes = 0;

  add(seen: Seen): void {
    this.#seen.push(seen);
    this.#bodyBytes += seen.body.length;
    // Large uploads would otherwise fill the memory of a long session.
    while (this.#seen.length > KEPT || (this.#bodyBytes > KEPT_BODY_BYTES && this.#seen.length > 1)) {
      this.#bodyBytes -= this.#seen.shift()?.body.length ?? 0;
    }
  }

  clear(): void {
    this.#seen.length = 0;
    this.#bodyBytes = 0;
  }

  /** Oldest first. The body comes as text, or as base64 where it is not text. */
  show(): Record<string, unknown>[] {
    return this.#seen.map(({ at, method, url, headers, body }) => {
      const text = body.toString('utf8');
      const isText = Buffer.byteLength(text) === body.length && Buffer.from(text).equals(body);
      return {
        at: new Date(at).toISOString(),
        method,
        path: url,
        headers,
        bodyBytes: body.length,
        bodySha256: hash('sha256', body, 'hex'),
        ...(isText ? { body: text } : { bodyBase64: body.toString('base64') }),
      };
    });
  }
}
