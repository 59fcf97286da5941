import type { ServerResponse } from 'node:http';
import type { ApiError } from './openai-errors.ts';

const STATUSES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** A refusal in the shape that Google's clients read. */
export function refuseAsGemini(
  response: ServerResponse,
  error: ApiError,
  headers: Record<string, string> = {},
): void {
  const retry = error.headers['retry-after'];
  const details = [
    ...(error.code === null
      ? []
      : [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: error.code.toUpperCase(),
            domain: 'mluen',
          },
        ]),
    ...(retry === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retry}s` }]),
  ];
  const message = error.message.replaceAll('max_completion_tokens', 'maxOutputTokens');
  const status = STATUSES[error.status] ?? 'INTERNAL';
  const body = JSON.stringify({ error: { code: error.status, message, status, details } });
  response.writeHead(error.status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
    ...error.headers,
  });
  response.end(body);
}
