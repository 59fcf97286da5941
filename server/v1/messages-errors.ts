import type { ServerResponse } from 'node:http';
import type { ApiError } from './openai-errors.ts';

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  504: 'timeout_error',
};

/** A refusal in the shape that Anthropic's clients read. */
export function refuseAsMessages(
  response: ServerResponse,
  error: ApiError,
  headers: Record<string, string> = {},
): void {
  const overloaded = error.code === 'server_is_overloaded';
  const requestId = headers['request-id'] ?? requestIdOf(headers['x-mluen-generation']);
  const body = JSON.stringify({
    type: 'error',
    error: {
      type: overloaded ? 'overloaded_error' : (TYPES[error.status] ?? 'api_error'),
      message: error.message.replaceAll('max_completion_tokens', 'max_tokens'),
    },
    request_id: requestId,
  });
  response.writeHead(overloaded ? 529 : error.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(requestId === null ? {} : { 'request-id': requestId }),
    ...headers,
    ...error.headers,
  });
  response.end(body);
}

/** The generation's id, as Anthropic's clients know ids of requests. */
export function requestIdOf(generationId: string): string;
export function requestIdOf(generationId: string | undefined): string | null;
export function requestIdOf(generationId: string | undefined): string | null {
  return generationId === undefined ? null : `req_${generationId.replaceAll('-', '')}`;
}
