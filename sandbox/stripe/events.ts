import { createHmac } from 'node:crypto';
import type { World } from '../kit/exchange.ts';
import type { WebhookFault } from '../kit/faults.ts';
import { deliver } from '../kit/webhook.ts';
import { type Books, newId, type StripeObject } from './books.ts';
import { API_VERSION } from './refusals.ts';

const RETRY_AFTER_MS = [500, 2000, 5000, 15_000, 60_000];

/** `Stripe-Signature` of a body. `at` is in ms. */
export function signatureOf(secret: string, at: number, body: string): string {
  const t = Math.floor(at / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

/** Records what happened and tells the endpoint. */
export class Events {
  readonly #books: Books;
  readonly #world: World;
  /** Events of one cause leave in the order they happened; nothing else waits for them. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(books: Books, world: World) {
    this.#books = books;
    this.#world = world;
  }

  /** `before` holds the fields that an update changed, as they were. */
  happened(type: string, subject: StripeObject, before?: Record<string, unknown>): StripeObject {
    const event = this.#books.add({
      id: newId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: Math.floor(this.#world.clock.now() / 1000),
      data: {
        object: structuredClone(subject),
        ...(before !== undefined && { previous_attributes: before }),
      },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    });
    this.tell(event, this.#world.faults.takeByPath(`webhook/${type}`).webhook);
    return event;
  }

  /** Sends an event, once more perhaps, or misdelivers it as told. */
  tell(event: StripeObject, fault?: WebhookFault): void {
    const send = () => this.#send(event, fault);
    // A late event must not hold the next ones back: being overtaken is its point.
    if (fault === 'late' || fault === 'reordered') void send();
    else this.#queue = this.#queue.then(send, send);
  }

  async #send(event: StripeObject, fault?: WebhookFault): Promise<void> {
    const endpoint = this.#books.data.endpoint;
    if (endpoint === null) return;
    const first = deliver(
      {
        url: endpoint.url,
        body: JSON.stringify(event, null, 2),
        sign: (at, body) => ({
          'stripe-signature': signatureOf(endpoint.secret, at, body),
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        }),
        retryAfterMs: RETRY_AFTER_MS,
      },
      () => this.#world.clock.now(),
      fault,
    );
    // An endpoint that refuses one event still gets the next, as with the real one.
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
  }
}
