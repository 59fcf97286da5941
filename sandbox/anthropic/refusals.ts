import { type Exchange, sendJson } from '../kit/exchange.ts';

let requests = 0;

export function newRequestId(): string {
  requests += 1;
  return `req_${requests.toString(36).padStart(22, '0')}`;
}

const resetsAt = () => new Date(Date.now() + 60_000).toISOString().replace(/\.\d+Z$/, 'Z');

export function headersOf(requestId: string): Record<string, string> {
  const limits: Record<string, string> = {};
  for (const [kind, limit] of [
    ['requests', 4000],
    ['tokens', 2_400_000],
    ['input-tokens', 2_000_000],
    ['output-tokens', 400_000],
  ] as const) {
    limits[`anthropic-ratelimit-${kind}-limit`] = String(limit);
    limits[`anthropic-ratelimit-${kind}-remaining`] = String(limit - 1);
    limits[`anthropic-ratelimit-${kind}-reset`] = resetsAt();
  }
  return { 'request-id': requestId, 'anthropic-organization-id': 'sandbox', ...limits };
}

const types: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export function errorBody(status: number, message: string, requestId: string): Record<string, unknown> {
  return { type: 'error', error: { type: types[status] ?? 'api_error', message }, request_id: requestId };
}

export function failureBody(status: number): unknown {
  const messages: Record<number, string> = {
    429: 'This request would exceed your rate limit.',
    503: 'Overloaded',
    529: 'Overloaded',
  };
  return errorBody(status, messages[status] ?? 'Internal server error', newRequestId());
}

export function refuse(exchange: Exchange, status: number, message: string): void {
  const requestId = newRequestId();
  sendJson(exchange, status, errorBody(status, message, requestId), headersOf(requestId));
}

/** Keys begin with `sk-ant-`. Either header will do. Answers itself when the key or the version is not good. */
export function isAdmitted(exchange: Exchange): boolean {
  const { headers } = exchange;
  const bearer = headers.authorization?.startsWith('Bearer ') ? headers.authorization.slice(7) : undefined;
  const key = headers['x-api-key'] ?? bearer;
  if (key === undefined || key === '') refuse(exchange, 401, 'x-api-key header is required');
  else if (!String(key).startsWith('sk-ant-') || String(key).startsWith('sk-ant-invalid'))
    refuse(exchange, 401, 'invalid x-api-key');
  else if (String(key).startsWith('sk-ant-broke'))
    refuse(exchange, 402, 'Your credit balance is too low to access the Anthropic API.');
  else if (headers['anthropic-version'] === undefined)
    refuse(exchange, 400, 'anthropic-version: header is required');
  else if (!versions.includes(String(headers['anthropic-version']))) {
    refuse(exchange, 400, `anthropic-version: "${headers['anthropic-version']}" is not a valid version`);
  } else return true;
  return false;
}

const versions = ['2023-06-01', '2026-10-21'];
