import { type Exchange, sendJson } from '../kit/exchange.ts';

/** A refusal in Stripe's words. */
export class StripeRefusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, type: string, message: string, other: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.body = { ...other, message, type };
  }
}

export function invalid(message: string, param?: string, code?: string): StripeRefusal {
  const docs =
    code === undefined
      ? {}
      : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` };
  return new StripeRefusal(400, 'invalid_request_error', message, {
    ...docs,
    ...(param !== undefined && { param }),
  });
}

export function noSuch(kind: string, id: string, param: string): StripeRefusal {
  return new StripeRefusal(404, 'invalid_request_error', `No such ${kind}: '${id}'`, {
    code: 'resource_missing',
    doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
    param,
  });
}

/** The body that Stripe sends with a status that says nothing about the request. */
export function failureBody(status: number): unknown {
  const error =
    status === 429
      ? { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' }
      : {
          type: 'api_error',
          message: 'An unknown error occurred. If this error persists, please contact us.',
        };
  return { error };
}

let requests = 0;

export function headersOf({ headers }: Exchange): Record<string, string> {
  requests += 1;
  const key = headers['idempotency-key'];
  return {
    'request-id': `req_${requests.toString(36).padStart(14, '0')}`,
    'stripe-version': API_VERSION,
    ...(typeof key === 'string' && { 'idempotency-key': key }),
  };
}

export const API_VERSION = '2026-10-28.endive';

/** Keys begin with `sk_test_` or `rk_test_`. Answers itself when the key is not good. */
export function hasGoodKey(exchange: Exchange): boolean {
  const header = exchange.headers.authorization ?? '';
  const key = header.startsWith('Basic ')
    ? Buffer.from(header.slice(6), 'base64').toString().split(':')[0]
    : header.replace(/^Bearer /, '');
  if (key === undefined || key === '') {
    const message =
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
    sendJson(exchange, 401, { error: { message, type: 'invalid_request_error' } }, headersOf(exchange));
    return false;
  }
  if (/^[sr]k_test_\w{4,}$/.test(key)) return true;
  const message = `Invalid API Key provided: ${key.slice(0, 8)}****${key.slice(-4)}`;
  sendJson(exchange, 401, { error: { message, type: 'invalid_request_error' } }, headersOf(exchange));
  return false;
}
