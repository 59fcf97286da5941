import { hash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Exchange, loseAnswer, sendJson } from '../kit/exchange.ts';
import { newWorld, runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { type Account, nowOf } from './account.ts';
import { Books, type StripeObject } from './books.ts';
import { controlOf } from './control.ts';
import { Events } from './events.ts';
import { type Form, formAt, formOf, listAt, textAt } from './form.ts';
import { showPage } from './hosted-page.ts';
import { customerOf } from './other-objects.ts';
import { expanded, lineItemsOf, listOf, searchFor } from './reading.ts';
import { createRefund, endRefund } from './refunds.ts';
import { failureBody, hasGoodKey, headersOf, invalid, noSuch, StripeRefusal } from './refusals.ts';
import { createSession, expire, expireNow } from './sessions.ts';
import { metadataOf } from './validation.ts';

export interface StripeOptions extends SimulatorOptions {
  /** Where events go; `POST /_control/webhook-endpoint` changes it. */
  webhook?: { url: string; secret: string };
  /** Keeps payments over a restart. */
  dataDir?: string;
}

const KEPT_ANSWER_MS = 24 * 3_600_000;

/** Stripe's API for card payments on the hosted page, with signed events. Any key that begins with `sk_test_` is good. */
export function startStripe(options: StripeOptions = {}): Promise<Simulator> {
  const world = newWorld();
  const books = new Books(options.dataDir === undefined ? undefined : join(options.dataDir, 'stripe.json'));
  if (options.webhook !== undefined) books.data.endpoint = options.webhook;
  const account: Account = {
    books,
    world,
    events: new Events(books, world),
    nextPayment: null,
    isBookedAtOnce: true,
  };
  const busyKeys = new Set<string>();
  return startSimulator(
    {
      id: 'stripe',
      malformed: (exchange, why) =>
        send(exchange, 400, { error: { type: 'invalid_request_error', message: why } }),
      handle: (exchange) => answer(exchange, account, busyKeys),
      control: controlOf(account),
    },
    options,
    world,
  );
}

async function answer(exchange: Exchange, account: Account, busyKeys: Set<string>): Promise<void> {
  if (exchange.path.startsWith('/pay/')) {
    showPage(exchange, account);
    return;
  }
  if (!hasGoodKey(exchange)) return;
  const key = exchange.headers['idempotency-key'];
  if (exchange.method !== 'POST' || typeof key !== 'string') {
    await execute(exchange, account, null);
    return;
  }
  if (key.length > 255) {
    send(exchange, 400, {
      error: { type: 'idempotency_error', message: 'Idempotency keys must be at most 255 characters.' },
    });
    return;
  }
  const kept = account.books.data.answers[key];
  const fingerprint = fingerprintOf(exchange);
  if (kept !== undefined && account.world.clock.now() - kept.at < KEPT_ANSWER_MS) {
    if (kept.fingerprint === fingerprint) {
      send(exchange, kept.status, kept.body, { 'idempotent-replayed': 'true' });
      return;
    }
    const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
    send(exchange, 400, { error: { type: 'idempotency_error', message } });
    return;
  }
  if (busyKeys.has(key)) {
    const message = `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}.`;
    send(exchange, 409, { error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message } });
    return;
  }
  busyKeys.add(key);
  try {
    await execute(exchange, account, key);
  } finally {
    busyKeys.delete(key);
  }
}

/** Does the work and answers. What was executed is kept under its key, even a 500; a refused form is not. */
async function execute(exchange: Exchange, account: Account, key: string | null): Promise<void> {
  const { books, world } = account;
  const fault = world.faults.take({ path: exchange.path });
  if (fault.latencyMs !== undefined) await wait(fault.latencyMs);
  if (fault.silentAfterChunks !== undefined) return;
  const keep = (status: number, body: unknown) => {
    if (key !== null)
      books.data.answers[key] = { fingerprint: fingerprintOf(exchange), status, body, at: world.clock.now() };
  };
  if (fault.status !== undefined && !fault.lost) {
    if (fault.status >= 500) keep(fault.status, failureBody(fault.status));
    books.keep();
    send(
      exchange,
      fault.status,
      failureBody(fault.status),
      fault.retryAfterSeconds === undefined ? {} : { 'retry-after': fault.retryAfterSeconds },
    );
    return;
  }
  try {
    const result = route(exchange, account);
    // A 500 after the work was done is what the caller of a payment must survive.
    const status = fault.status ?? 200;
    const body = fault.status === undefined ? result : failureBody(status);
    keep(status, body);
    books.keep();
    if (fault.lost && fault.status === undefined) loseAnswer(exchange);
    else send(exchange, status, body);
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    send(exchange, error.status, { error: error.body });
  }
}

function send(
  exchange: Exchange,
  status: number,
  body: unknown,
  headers: Record<string, string | number> = {},
): void {
  sendJson(exchange, status, body, { ...headersOf(exchange), ...headers });
}

function fingerprintOf({ path, body }: Exchange): string {
  return hash('sha256', Buffer.concat([Buffer.from(path), body]), 'hex');
}

/** By the word in the path. */
const kinds: Record<string, { object: string; prefix: string }> = {
  'checkout/sessions': { object: 'checkout.session', prefix: 'cs_' },
  payment_intents: { object: 'payment_intent', prefix: 'pi_' },
  charges: { object: 'charge', prefix: 'ch_' },
  refunds: { object: 'refund', prefix: 're_' },
  disputes: { object: 'dispute', prefix: 'du_' },
  balance_transactions: { object: 'balance_transaction', prefix: 'txn_' },
  events: { object: 'event', prefix: 'evt_' },
  customers: { object: 'customer', prefix: 'cus_' },
  payouts: { object: 'payout', prefix: 'po_' },
  'radar/early_fraud_warnings': { object: 'radar.early_fraud_warning', prefix: 'issfr_' },
};

function route(exchange: Exchange, account: Account): unknown {
  const { method, path, query } = exchange;
  const match = /^\/v1\/(checkout\/sessions|radar\/early_fraud_warnings|\w+)(?:\/(\w+))?(?:\/(\w+))?$/.exec(
    path,
  );
  const [, word = '', id, action] = match ?? [];
  if (method === 'GET' && path === '/v1/balance') return balanceOf(account.books);
  const kind = kinds[word];
  if (kind === undefined)
    throw new StripeRefusal(404, 'invalid_request_error', `Unrecognized request URL (${method}: ${path}).`);
  const form = method === 'POST' ? formOf(exchange.body.toString('utf8')) : {};
  if (method === 'GET' && id === undefined) return listOf(account.books, kind.object, path, query);
  if (method === 'GET' && id === 'search')
    return searchFor(account.books, kind.object, path, query.get('query') ?? '');
  const expand =
    method === 'POST'
      ? listAt(form, 'expand').map(String)
      : [...query].filter(([name]) => /^expand\[\d*\]$/.test(name)).map(([, value]) => value);
  if (method === 'POST' && id === undefined)
    return expanded(account.books, create(exchange, account, word, form), expand);
  const object = account.books.find(id ?? '');
  if (object?.object !== kind.object)
    throw noSuch(kind.object, id ?? '', word === 'checkout/sessions' ? 'session' : 'id');
  if (object.object === 'checkout.session' && nowOf(account) >= Number(object.expires_at))
    expire(account, object);
  // After a restart the page may be at another port.
  if (object.object === 'checkout.session' && object.status === 'open')
    object.url = `${exchange.origin}/pay/${object.id}`;
  if (method === 'GET' && action === 'line_items') return lineItemsOf(object);
  return expanded(
    account.books,
    method === 'GET' && action === undefined ? object : change(account, word, object, action, form),
    expand,
  );
}

function create(exchange: Exchange, account: Account, word: string, form: Form): StripeObject {
  switch (word) {
    case 'checkout/sessions':
      return createSession(account, form, exchange.origin);
    case 'refunds':
      return createRefund(account, form);
    case 'customers':
      return account.books.add(
        customerOf(
          {
            email: textAt(form, 'email') ?? null,
            name: textAt(form, 'name') ?? null,
            metadata: metadataOf(formAt(form, 'metadata')),
          },
          nowOf(account),
        ),
      );
    default:
      throw new StripeRefusal(
        404,
        'invalid_request_error',
        `Unrecognized request URL (POST: ${exchange.path}).`,
      );
  }
}

function change(
  account: Account,
  word: string,
  object: StripeObject,
  action: string | undefined,
  form: Form,
): StripeObject {
  if (word === 'checkout/sessions' && action === 'expire') return expireNow(account, object);
  if (word === 'payment_intents' && action === 'cancel') {
    if (object.status === 'succeeded') {
      throw invalid(
        'You cannot cancel this PaymentIntent because it has a status of succeeded.',
        undefined,
        'payment_intent_unexpected_state',
      );
    }
    object.status = 'canceled';
    account.events.happened('payment_intent.canceled', object);
    return object;
  }
  if (word === 'refunds' && action === 'cancel') {
    if (object.status !== 'pending')
      throw invalid('This refund cannot be canceled.', undefined, 'refund_not_cancelable');
    endRefund(account, object, 'canceled');
    return object;
  }
  if (action !== undefined)
    throw new StripeRefusal(404, 'invalid_request_error', 'Unrecognized request URL.');
  object.metadata = { ...(object.metadata as object), ...metadataOf(formAt(form, 'metadata')) };
  return object;
}

function balanceOf(books: Books): unknown {
  const sums = new Map<string, number>();
  for (const row of books.all('balance_transaction')) {
    if (row.payout !== undefined) continue;
    sums.set(String(row.currency), (sums.get(String(row.currency)) ?? 0) + Number(row.net));
  }
  const pending = [...sums].map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }));
  return {
    object: 'balance',
    available: [],
    livemode: false,
    pending,
    refund_and_dispute_prefunding: { available: [], pending: [] },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startStripe);
